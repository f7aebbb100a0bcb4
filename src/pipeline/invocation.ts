import type { Readable } from 'node:stream';
import type { Caller } from '../access/caller.js';
import type { UploadedFile } from '../action/request.js';
import { FusioError } from '../base/errors.js';
import { discard, heed } from '../base/streams.js';
import { describeError } from '../log/redact.js';
import type { Deadline } from './deadlines.js';
import type { PipelineParts } from './parts.js';
import type { Recorded } from './recorder.js';
import type { Runnable } from './runnable.js';
import type { Answered, Origin, Transport, Transported } from './transport.js';

/** Takes the answer of an invocation, or the error that it failed with. Called once. */
export type Deliver = (answer: Answered | undefined, error: FusioError | undefined) => void;

// How long a stream of events may take to end by itself once its signal has aborted.
const graceMs = 100;

/** One run of a runnable, from its arrival to the last byte of its answer. */
export class Invocation implements Transported, Recorded, Deadline {
  readonly id: string;
  readonly startedAt: number;
  caller: Caller | undefined = undefined;
  files: AsyncIterable<UploadedFile> | undefined = undefined;
  expiresAt = 0;
  isEndless = false;
  /** True once the answer or the error was delivered: a result that comes later is dropped. */
  isDelivered = false;
  /** Why it was ended before it was done. */
  abortReason: FusioError | undefined = undefined;
  private isWatched = false;
  private isEnded = false;
  private held: Readable | undefined = undefined;
  private controller: AbortController | undefined = undefined;
  private endings: (() => void)[] | undefined = undefined;

  constructor(
    readonly parts: PipelineParts,
    readonly runnable: Runnable,
    readonly origin: Origin,
    readonly transport: Transport,
    readonly deliver: Deliver,
    readonly depth: number,
    id: string | undefined,
  ) {
    this.startedAt = parts.deadlines.clock.now();
    this.id = id ?? parts.nextRequestId();
  }

  /** Made on first use: most actions never look at it. */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.abortReason) this.controller.abort(this.abortReason);
      else this.onEnd(this.transport.onGone(() => this.abort(new FusioError('CALL_CANCELLED'))));
    }
    return this.controller.signal;
  }

  /** From here on the clock and a shutdown may end it: it waits for something. */
  watch(): void {
    if (this.isWatched || this.isDelivered) return;
    const { timeoutMs } = this.runnable;
    this.isWatched = true;
    this.expiresAt = timeoutMs > 0 ? this.startedAt + timeoutMs : 0;
    this.parts.deadlines.add(this);
  }

  /** Throws where the invocation is over: its time is up, fusio stops, or an answer or an error was delivered. */
  refuseLate(): void {
    const { deadlines } = this.parts;
    if (this.isWatched && this.expiresAt > 0 && deadlines.clock.now() >= this.expiresAt) {
      // Now, and not at the next look at the clock.
      deadlines.delete(this);
      this.expire('time');
    }
    if (this.isDelivered) throw this.abortReason ?? new FusioError('CALL_CANCELLED');
  }

  hold(body: Readable, isEndless: boolean): void {
    heed(body);
    this.watch();
    this.held = body;
    this.isEndless = isEndless;
    // Events may be quiet for as long as they want.
    if (isEndless) this.expiresAt = 0;
    this.onEnd(this.transport.onGone(() => discard(body)));
  }

  expire(reason: 'time' | 'shutdown'): void {
    this.isWatched = false;
    const error = new FusioError(reason === 'time' ? 'ACTION_TIMEOUT' : 'SHUTTING_DOWN');
    this.abort(error);
    const { held } = this;
    if (held && this.isEndless) setTimeout(() => discard(held), graceMs).unref();
    else if (held) discard(held, error);
    this.fail(error);
  }

  /** Delivers the answer. The time limit ends here: a stream that has begun may take as long as it wants. */
  succeed(answer: Answered): void {
    this.isDelivered = true;
    this.expiresAt = 0;
    this.deliver(answer, undefined);
  }

  /** Ends it where middleware of the host has answered, with a status: nothing is left to deliver. True: it goes on. */
  goOn(went: true | number): void {
    if (went === true || this.isDelivered) return;
    this.isDelivered = true;
    this.expiresAt = 0;
    this.end(went);
  }

  /** Delivers an error for anything that was thrown. Does nothing once an answer or an error was delivered. */
  fail(thrown: unknown): void {
    if (this.isDelivered) return;
    this.isDelivered = true;
    this.expiresAt = 0;
    const { id, runnable, origin, parts } = this;
    const about = { id, operation: runnable.handle, source: origin.source };
    let error: FusioError;
    try {
      error = parts.failureOf(thrown, this.abortReason, about);
    } catch (cause) {
      // An error of the app's own class, which can be read once only.
      error = new FusioError('INTERNAL_ERROR', undefined, { cause });
    }
    try {
      this.deliver(undefined, error);
    } catch (cause) {
      this.end(500, new FusioError('INTERNAL_ERROR', undefined, { cause }));
    }
  }

  onEnd(callback: () => void): void {
    if (this.isEnded) callback();
    else if (this.endings) this.endings.push(callback);
    else this.endings = [callback];
  }

  /**
   * Ends the invocation, after the last byte of its answer: records it, then calls the callbacks of `onEnd`, the last one first.
   * Every invocation ends here, and once.
   */
  end(status: number, error?: FusioError): void {
    if (this.isEnded) return;
    this.isEnded = true;
    const { recorder, deadlines } = this.parts;
    if (this.isWatched) deadlines.delete(this);
    this.attempt(() => recorder.end(this, status, error));
    const endings = this.endings?.reverse() ?? [];
    this.endings = undefined;
    for (const ending of endings) this.attempt(ending);
  }

  /** Does one thing of the end: if it throws, the others are still done. */
  private attempt(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.parts.recorder.log.error({ error: describeError(thrown) }, 'an invocation could not end cleanly');
    }
  }

  /** Says why the invocation is over; a signal that is made later has the reason, too. */
  private abort(reason: FusioError): void {
    this.abortReason ??= reason;
    this.controller?.abort(reason);
  }
}
