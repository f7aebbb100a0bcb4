import type { Readable } from 'node:stream';
import type { Caller } from '../access/caller.js';
import type { Awaitable } from '../action/action.js';
import type { HttpExchange, Run } from '../action/context.js';
import type { FileBody } from '../action/file.js';
import type { Reply } from '../action/reply.js';
import type { UploadedFile } from '../action/request.js';
import type { Middleware } from '../operation/before.js';
import type { Source } from '../signal/signals.js';

/**
 * Brings one invocation in and takes its answer out: HTTP, or a call in process. The pipeline asks for each thing when its step
 * needs it, so that no body is read for a caller who is refused.
 */
export interface Transport<Sent extends Answered = Answered> {
  /**
   * Runs middleware of the host. Gives true where the invocation goes on, else the status with which the middleware has answered.
   * Throws what the middleware throws, and `EXPRESS_REQUIRED` where the transport has nothing for it.
   */
  before(middleware: readonly Middleware[]): Awaitable<true | number>;
  /** Finds out who calls; may ask the host. */
  authenticate(): Awaitable<Caller>;
  /** Gives the four slots as they came; only now is a body read. */
  read(invocation: Transported): Awaitable<RawRequest>;
  /** Brings the outcome into the form in which it is sent. */
  answer(invocation: Transported, outcome: Outcome): Awaitable<Sent>;
  /** Calls `listener` when the caller goes away; returns a function that stops listening. */
  onGone(listener: () => void): () => void;
}

/** Where an invocation comes from: facts, which never change on its way. */
export interface Origin {
  readonly source: Source;
  /** Which readers fit: those for text and JSON from the wire, or those for values. */
  readonly form: 'wire' | 'values';
  readonly ip: string | undefined;
  readonly http: HttpExchange | undefined;
  readonly run: Run | undefined;
  /** True where the caller went away before anything was sent. */
  readonly isUnsent: boolean;
}

/** The part of an invocation that its transport may use. */
export interface Transported {
  readonly id: string;
  /** The files of a form, for `context.files`. */
  files: AsyncIterable<UploadedFile> | undefined;
  /** Calls back when the invocation has ended; at once where it has ended already. */
  onEnd(callback: () => void): void;
  /**
   * Ties a stream that is sent to the invocation: it is destroyed when the caller goes away, when the time is up before its
   * first byte, and when fusio stops. One that is `isEndless`, a stream of events, ends as soon as fusio stops.
   */
  hold(body: Readable, isEndless: boolean): void;
}

/** The four slots as a transport found them, before they are checked. */
export interface RawRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
}

/** A checked result, of which a transport makes its answer. */
export type Outcome = OutcomeBody & {
  readonly status: number;
  readonly headers: Reply['headers'] | undefined;
};

type OutcomeBody =
  | { readonly kind: 'empty'; readonly body: undefined }
  /** Checked and in its JSON form. */
  | { readonly kind: 'json'; readonly body: unknown }
  /** Nothing is declared of it. */
  | { readonly kind: 'value'; readonly body: unknown }
  /** Sent as it is; the media type where the operation declares one. */
  | { readonly kind: 'raw'; readonly body: RawResult; readonly mediaType: string | undefined }
  | { readonly kind: 'events'; readonly body: AsyncIterable<unknown> };

/** A result that is sent as it is. */
export type RawResult =
  | string
  | Uint8Array<ArrayBuffer>
  | Readable
  | ReadableStream
  | Blob
  | FileBody
  | Response
  /** A stream of another copy of readable-stream. */
  | AsyncIterable<unknown>;

/** The form in which a transport sends an outcome. */
export interface Answered {
  readonly status: number;
  /** Let go of where the answer comes too late to be sent. */
  readonly body?: unknown;
}
