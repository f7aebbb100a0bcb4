import type { Readable } from 'node:stream';
import type { ReplyHeaders } from '../errors.js';
import type { Schema, Static } from '../schema/static.js';

// In a file without types of Node, because `fusio/client` has it too.
export type { RawBody } from './call.js';

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

/** What `respond` returns: a body with its own status and headers. */
export interface Reply {
  readonly '~reply': true;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: unknown;
}

/** Answers with any status, outside an action's context. In an action prefer `context.respond`, which knows the operation's statuses. */
export function respond(status: number, body?: unknown, headers?: ReplyHeaders): Reply {
  const reply: Reply = {
    '~reply': true,
    status,
    headers: headers === undefined ? noHeaders : cleanHeaders(headers),
    body,
  };
  return Object.defineProperty(reply, brand, { value: true });
}

// A symbol, which no JSON can make: a body that an action hands back must not become a reply with headers of a stranger's choosing.
// Shared, because the ESM and the CommonJS copy of fusio may meet in one process.
const brand = Symbol.for('fusio.reply');

export function isReply(value: unknown): value is Reply {
  // The name first: to look for a symbol in values of ever new shapes takes long.
  return typeof value === 'object' && value !== null && (value as Partial<Reply>)['~reply'] === true && brand in value;
}

const noHeaders: Reply['headers'] = Object.freeze({});

function cleanHeaders(headers: ReplyHeaders): Reply['headers'] {
  const clean: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) clean[name] = typeof value === 'number' ? String(value) : value;
  }
  return clean;
}
