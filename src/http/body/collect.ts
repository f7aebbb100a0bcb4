// The global of this name is an accessor.
import { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Linked } from '../../base/chain.js';
import type { Clock } from '../../base/clock.js';
import { FusioError } from '../../base/errors.js';
import { divert, release } from '../incoming.js';
import { unwatch, type Wait, watch } from './sweep.js';

export interface CollectLimits {
  readonly maxBytes: number;
  /** For the whole of it. */
  readonly timeoutMs: number;
}

/** The clock, and what it said last: to ask it again for every body costs something. */
export interface Moment {
  readonly clock: Clock;
  readonly now: number;
}

/** Takes the chunks of a body as they come: a stream that hands them over itself need not emit events. */
export interface Sink {
  take(chunk: Buffer | Uint8Array | string): void;
  end(): void;
  /** It broke off. */
  breakOff(cause?: unknown): void;
  /** No more chunks come by themselves: what is left comes with the events of the stream. */
  listen(): void;
}

/** Reads a stream to its end and resolves with what `use` makes of the bytes; lets go of the stream whatever happens. */
export function collect<Value>(
  stream: Readable,
  limits: CollectLimits,
  moment: Moment,
  use: (bytes: Buffer) => Value | PromiseLike<Value>,
): Promise<Value> {
  // One promise, resolved with the value: every further one costs a microsecond on Node 20.
  return new Promise((resolve, reject) => {
    new Collector(stream, limits, moment, use, resolve, reject).begin();
  });
}

class Collector<Value> implements Sink, Wait {
  isLinked = false;
  previous: Linked | undefined = undefined;
  next: Linked | undefined = undefined;
  readonly clock: Clock;
  readonly expiresAt: number;
  private readonly maxBytes: number;
  private first: Buffer | undefined = undefined;
  private chunks: Buffer[] | undefined = undefined;
  private size = 0;

  constructor(
    private readonly stream: Collected,
    { maxBytes, timeoutMs }: CollectLimits,
    { clock, now }: Moment,
    private readonly use: (bytes: Buffer) => Value | PromiseLike<Value>,
    private readonly resolve: (value: Value | PromiseLike<Value>) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.clock = clock;
    this.maxBytes = maxBytes;
    this.expiresAt = now + timeoutMs;
  }

  begin(): void {
    watch(this);
    if (!divert(this.stream, this)) this.listen();
  }

  listen(): void {
    const { stream } = this;
    stream[collector] = this;
    stream.on('end', onEnd).on('error', onError).on('close', onClose).on('data', onData);
  }

  take(chunk: Buffer | Uint8Array | string): void {
    const bytes = bufferOf(chunk, this.stream);
    this.size += bytes.length;
    if (this.size > this.maxBytes) {
      this.fail(tooLarge(this.maxBytes));
      return;
    }
    if (this.first === undefined) this.first = bytes;
    else if (this.chunks === undefined) this.chunks = [this.first, bytes];
    else this.chunks.push(bytes);
  }

  end(): void {
    this.letGo();
    try {
      this.resolve(this.use(this.chunks ? Buffer.concat(this.chunks, this.size) : (this.first ?? nothing)));
    } catch (error) {
      this.reject(error);
    }
  }

  breakOff(cause?: unknown): void {
    this.fail(incomplete(cause));
  }

  expire(): void {
    this.fail(tooSlow());
  }

  private fail(error: FusioError): void {
    this.letGo();
    giveUp(this.stream);
    this.reject(error);
  }

  private letGo(): void {
    unwatch(this);
    const { stream } = this;
    release(stream);
    if (stream[collector] === undefined) return;
    stream[collector] = undefined;
    stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
  }
}

const collector = Symbol('collector');

type Collected = Readable & { [collector]?: Sink | undefined };

// The same functions for every stream: closures would be made anew for each.
function onData(this: Collected, chunk: Buffer | Uint8Array | string): void {
  this[collector]?.take(chunk);
}
function onEnd(this: Collected): void {
  this[collector]?.end();
}
function onError(this: Collected, cause: unknown): void {
  this[collector]?.breakOff(cause);
}
function onClose(this: Collected): void {
  this[collector]?.breakOff();
}

const nothing = Buffer.alloc(0);

/** Stops a stream that nobody reads to its end any more. */
export function giveUp(stream: Readable): void {
  if ('socket' in stream) {
    // To destroy it would destroy the connection, and with it our answer; a paused one holds no more than its buffer.
    if (isShort((stream as IncomingMessage).headers)) stream.resume();
    else stream.pause();
    return;
  }
  // Its source may still fail, or has just failed: "closed" is true a tick before "error" is emitted.
  if (!stream.closed || stream.errored) stream.on('error', ignore).destroy();
}

/** Whether swallowing the whole body costs less than a new connection. */
function isShort(headers: IncomingHttpHeaders): boolean {
  return Number(headers['content-length']) <= 64 * 1024;
}

export function ignore(): void {}

/** A web stream has `Uint8Array`s, which have other methods; where somebody has set an encoding there are texts. */
export function bufferOf(chunk: Buffer | Uint8Array | string, stream: Readable): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, stream.readableEncoding ?? 'utf8');
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

export function tooLarge(maxBytes: number): FusioError {
  return new FusioError('BODY_TOO_LARGE', `The body is larger than ${maxBytes} bytes`);
}

// RFC 9110, 15.5.9: whoever is told of a time-out is told that the connection ends.
export function tooSlow(): FusioError {
  return new FusioError('BODY_TIMEOUT', undefined, { headers: { connection: 'close' } });
}

export function incomplete(cause?: unknown): FusioError {
  return new FusioError('BODY_INCOMPLETE', undefined, { cause });
}
