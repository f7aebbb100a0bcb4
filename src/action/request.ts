import type { Readable } from 'node:stream';
import type { Schema, Static } from '../schema/static.js';

// In a file without types of Node, because `fusio/client` has it too.
export type { RawBody } from './handle.js';

export type Slot = Schema | undefined;

/** The value of a slot, or `Default` where the operation does not declare it. */
export type ValueOf<S, Default> = [S] extends [undefined] ? Default : Static<S>;

/** Path values as text: `request.params` of an operation without a `params` schema. */
export interface Texts {
  readonly [name: string]: string;
}

/** Query values and headers as they came, of an operation without a schema for them. */
export interface RawValues {
  readonly [name: string]: string | readonly string[] | undefined;
}

/** What an action is given, as values. */
export interface Request<Params = unknown, Query = unknown, Headers = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
}

type Field<S, Name extends string> = S extends { readonly [N in Name]: infer V } ? Static<V> : unknown;

/**
 * The request of an action written on its own: `ActionRequest<{ body: typeof Invoice }>`.
 * A slot that is not named is `unknown`, so that the action fits operations which declare more.
 * (An interface with a written variance: comparing `Static` costs every program a million instantiations.)
 */
export interface ActionRequest<
  out Slots extends { params?: Schema; query?: Schema; headers?: Schema; body?: Schema } = {},
> extends Request<Field<Slots, 'params'>, Field<Slots, 'query'>, Field<Slots, 'headers'>, Field<Slots, 'body'>> {}

/** One Server-Sent Event (HTML, 9.2); any other value that is yielded becomes `data` as JSON. */
export interface ServerSentEvent {
  readonly event?: string;
  readonly id?: string;
  readonly data: unknown;
  readonly retryMs?: number;
}

/** One file of a multipart form, streamed: read it, or go on to the next and it is skipped. */
export interface UploadedFile {
  /** The field's name in the form. */
  readonly field: string;
  /** The base name that the client gave, without control characters. Never a path. */
  readonly filename: string;
  /** What the client says it is: not to be trusted. */
  readonly mediaType: string;
  readonly stream: Readable;
  /** The whole file in memory. */
  bytes(): Promise<Buffer>;
}
