import { type Caller, callerOf, system } from '../access/caller.js';
import type { Context, HttpEntrance, Run } from '../action/context.js';
import type { Dispatch } from '../action/dispatch.js';
import type { Call, CallOptions, OperationHandle } from '../action/handle.js';
import { respond } from '../action/reply.js';
import type { UploadedFile } from '../action/request.js';
import type { Linked } from '../base/chain.js';
import type { Clock } from '../base/clock.js';
import { FusioError } from '../base/errors.js';
import type { Connections } from '../connection/connections.js';
import type { Logger } from '../log/logger.js';
import type { Operation } from '../operation/operation.js';
import type { SignalBoard, Source } from '../signal/signals.js';
import type { Outcome } from './check.js';

/** The four slots as an entrance found them, before they are checked. */
export interface RawRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
}

/**
 * How a call came in: HTTP, in process. The corridor asks it for what it needs, when it needs it, and tells it how the call
 * ended.
 */
export interface Entrance {
  readonly source: Source;
  /** Which readers fit: text and JSON from the wire, or values. */
  readonly origin: 'wire' | 'values';
  readonly ip: string | undefined;
  readonly http: HttpEntrance | undefined;
  readonly run: Run | undefined;
  /** Who calls; may ask the host. */
  identify(): Caller | Promise<Caller>;
  /** Reads the slots; only now is a body taken from the wire. */
  read(visit: Visit): RawRequest | Promise<RawRequest>;
  /** Calls back when the caller goes away; gives a function that stops listening. */
  onGone(listener: () => void): () => void;
  /** The call is done. Either this or `fail` is called, once. */
  arrive(visit: Visit, outcome: Outcome): void;
  /** The call was stopped by what somebody threw. */
  fail(visit: Visit, thrown: unknown): void;
}

/** What the corridor is given by the door. */
export interface Hall {
  readonly clock: Clock;
  readonly log: Logger;
  readonly connections: Connections;
  readonly signals: SignalBoard;
  readonly dispatch: Dispatch<any>;
  readonly visits: Visits;
  /** What a call from this entrance has to wait for first: connections and adapters; undefined where all is there. */
  readonly notReady: (source: Source) => Promise<void> | undefined;
  readonly nextRequestId: () => string;
  readonly find: (handle: OperationHandle) => Operation;
  readonly call: (operation: Operation, input: unknown, caller: Caller, options: CallerOptions) => Promise<unknown>;
  /** Whether anyone would see a record of each call. */
  readonly keepsRecords: boolean;
  /** Whether anyone would see how long each call takes. */
  readonly isTimed: boolean;
  /** Spans and metrics; undefined where nobody asked for them. */
  readonly watcher: Watcher | undefined;
}

/** Watches calls from the outside: spans and metrics. */
export interface Watcher {
  /** Runs the call; what runs inside may see the call's span as the active one. */
  around(visit: Visit, walk: () => void): void;
  end(visit: Visit, status: number, error: FusioError | undefined): void;
  /** A request that reached no operation. */
  refused?(req: HttpEntrance['req'], status: number): void;
}

export interface CallerOptions {
  readonly signal?: AbortSignal | undefined;
  readonly depth: number;
  readonly requestId?: string;
}

/** Calls that wait for something: what a shutdown drains and what the clock may end. */
export interface Visits {
  add(visit: Visit): void;
  delete(visit: Visit): void;
}

const graceMs = 100;

/** One call of one operation on its way through the corridor. */
export class Visit implements Linked {
  isLinked = false;
  previous: Linked | undefined = undefined;
  next: Linked | undefined = undefined;
  caller: Caller | undefined = undefined;
  files: AsyncIterable<UploadedFile> | undefined = undefined;
  /** Lets go of what the entrance still holds when the call is over: files of a form that nobody read. */
  dispose: (() => void) | undefined = undefined;
  /** When the time is up, in milliseconds since 1970; 0 where there is no limit. */
  expiresAt = 0;
  /** Ends the waiting with an error: while something is awaited, or a stream is sent. */
  expire: ((visit: Visit, error: FusioError) => void) | undefined = undefined;
  /** Its entrance was told how it ended: whatever comes now comes too late. */
  isOver = false;
  /** Why the call was ended before it was done. */
  abortReason: FusioError | undefined = undefined;
  /** An event stream: ends at once when fusio stops. */
  isStreaming = false;
  private ownId: string | undefined;
  private started: number | undefined = undefined;
  private controller: AbortController | undefined = undefined;
  private forget: (() => void) | undefined = undefined;

  constructor(
    readonly hall: Hall,
    readonly operation: Operation,
    readonly entrance: Entrance,
    readonly depth: number,
    id: string | undefined,
  ) {
    if (hall.isTimed) this.started = hall.clock.now();
    this.ownId = id;
  }

  /** Asked only where somebody wants to know how long a call takes, or where it waits: the clock is not free. */
  get startedAt(): number {
    this.started ??= this.hall.clock.now();
    return this.started;
  }

  get id(): string {
    this.ownId ??= this.hall.nextRequestId();
    return this.ownId;
  }

  /** Made on first use: most actions never look at it. */
  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.abortReason) this.controller.abort(this.abortReason);
      else this.forget = this.entrance.onGone(() => this.abort(new FusioError('CALL_CANCELLED')));
    }
    return this.controller.signal;
  }

  /** Says why the call is over, whether anybody listens yet or not. */
  abort(reason: FusioError): void {
    this.abortReason ??= reason;
    this.controller?.abort(reason);
  }

  /**
   * The answer is a stream: it ends with its caller, with the time until its first byte, and with fusio.
   * One that `isEndless`, of events, gets its signal at once and a moment to end by itself.
   */
  stream(body: { destroy(error?: Error): void }, isEndless: boolean): void {
    this.isStreaming = isEndless;
    this.expiresAt = isEndless || this.operation.timeoutMs === 0 ? 0 : this.startedAt + this.operation.timeoutMs;
    this.expire = (_visit, error) => {
      this.abort(error);
      if (isEndless) setTimeout(() => body.destroy(), graceMs).unref();
      else body.destroy(error);
    };
    this.hall.visits.add(this);
    const forget = this.forget;
    const forgetStream = this.entrance.onGone(() => body.destroy());
    this.forget = () => {
      forget?.();
      forgetStream();
    };
  }

  /** Lets go of the caller once it is answered. */
  close(): void {
    this.forget?.();
    this.forget = undefined;
    this.dispose?.();
    this.dispose = undefined;
  }
}

/** What an action sees. Every function is free of `this`: a context may be taken apart. */
export class ActionContext implements Context<any, any, any> {
  readonly #visit: Visit;
  #call: Call | undefined;

  constructor(visit: Visit) {
    this.#visit = visit;
  }

  get connections(): any {
    return this.#visit.hall.connections.clients;
  }
  get connection(): Context['connection'] {
    return this.#visit.hall.connections.get;
  }
  get user() {
    return this.#caller.user;
  }
  get app() {
    return this.#caller.app;
  }
  get token() {
    return this.#caller.token;
  }
  get scopes() {
    return this.#caller.scopes;
  }
  get operation() {
    return this.#visit.operation.handle;
  }
  get source() {
    return this.#visit.entrance.source;
  }
  get requestId() {
    return this.#visit.id;
  }
  get ip() {
    return this.#visit.entrance.ip;
  }
  get log(): Logger {
    const { hall, operation, id } = this.#visit;
    return hall.log.child?.({ operation: operation.name, requestId: id }) ?? hall.log;
  }
  get signal() {
    return this.#visit.signal;
  }
  get run() {
    return this.#visit.entrance.run;
  }
  get http() {
    return this.#visit.entrance.http;
  }
  get files(): AsyncIterable<UploadedFile> {
    return this.#visit.files ?? noFiles;
  }
  get dispatch() {
    return this.#visit.hall.dispatch;
  }
  get respond(): Context['respond'] {
    return respond as Context['respond'];
  }
  get call(): Call {
    this.#call ??= callWithin(this.#visit);
    return this.#call;
  }

  get #caller(): Caller {
    // The corridor identifies before it runs an action.
    return this.#visit.caller as Caller;
  }
}

/** `context.call`: keeps the caller, the request's id and its signal, and counts how deep calls are nested. */
function callWithin(visit: Visit): Call {
  return function call(handle: OperationHandle, input?: unknown, options: CallOptions = {}) {
    const { hall } = visit;
    checkCallOptions(options);
    const caller = callerFor(options, visit.caller as Caller);
    const signal = options.signal ? AbortSignal.any([visit.signal, options.signal]) : visit.signal;
    return hall.call(hall.find(handle), input, caller, { signal, depth: visit.depth + 1, requestId: visit.id });
  } as Call;
}

/** The caller that `as` names. One that is there and undefined is a mistake, and must not become the system. */
export function callerFor(options: { readonly as?: CallOptions['as'] }, otherwise: Caller): Caller {
  if (!('as' in options)) return otherwise;
  return options.as === 'system' ? system : callerOf(options.as);
}

/** Refuses what is no option of a call: a mistyped `as` would run it as the system. */
export function checkCallOptions(options: unknown): void {
  const known = ['as', 'signal'];
  const keys = typeof options === 'object' && options !== null ? Object.keys(options) : undefined;
  const wrong = keys?.find((key) => !known.includes(key));
  if (keys && wrong === undefined) return;
  throw new FusioError(
    'OPTIONS_INVALID',
    `call: the options are { as, signal }, got ${wrong === undefined ? typeof options : `"${wrong}"`}`,
  );
}

const noFiles: AsyncIterable<UploadedFile> = Object.freeze({
  async *[Symbol.asyncIterator]() {},
});
