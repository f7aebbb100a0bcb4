import type { Readable } from 'node:stream';
import type { Joined } from '../base/joined.js';
import type { FilledOf, InputOf } from '../schema/default.js';
import type { Schema, SlotSchema, Static } from '../schema/static.js';
import type { FilesOf, FormFiles } from './form-files.js';

// In a file without types of Node, because `fusio/client` has it too.
export type { RawBody } from './handle.js';

/** A schema of a slot, or undefined where the operation does not declare it. */
export type Slot = SlotSchema | undefined;

/** The value of a slot, or `Default` where the operation does not declare it. */
export type ValueOf<S, Default> = [S] extends [undefined] ? Default : Static<S>;

/** The values of a slot of text (params, query, headers), in which every default is filled in, or `Default`. */
export type FilledOr<S, Default> = [S] extends [undefined] ? Default : FilledOf<S>;

/** The input of a slot for a caller, or `Default` where the operation does not declare it. */
export type InputOr<S, Default> = [S] extends [undefined] ? Default : InputOf<S>;

/** Path values as text: `request.params` of an operation without a `params` schema. */
export interface Texts {
  readonly [name: string]: string;
}

/** The names of the parameters in a path: of `/todo/:id/*rest` these are `id` and `rest`. */
type ParamNames<Path extends string> = Path extends `${infer Head}/${infer Rest}`
  ? NameIn<Head> | ParamNames<Rest>
  : NameIn<Path>;

type NameIn<Segment extends string> = Segment extends `:${infer Name}` | `*${infer Name}` | `$${infer Name}<${string}`
  ? Name
  : string extends Segment
    ? string
    : never;

/** The values of a path as text, by the names in it; by any name where the path is known at run time only. */
export type PathTexts<Path> = Path extends string ? { readonly [Name in ParamNames<Path>]: string } : {};

/** The parameters of an operation: of its schema, or of its path as text, and those of the groups around it. */
export type ParamsOf<P, Path, Outer> = Joined<Outer, [P] extends [undefined] ? PathTexts<Path> : Static<P>>;

/** Query values and headers as they came, of an operation without a schema for them. */
export interface RawValues {
  readonly [name: string]: string | readonly string[] | undefined;
}

/** The request of an action: values that fit the schemas of the operation. */
export interface Request<Params = unknown, Query = unknown, Headers = unknown, Body = unknown> {
  /** Values of the path's parameters, by name. Text, where the operation declares no schema for them. */
  readonly params: Params;
  /** Values of the query, by name. As they came, where the operation declares no schema for them. */
  readonly query: Query;
  /** Header fields: under the names that the schema gives them, else all of them, in lower case. */
  readonly headers: Headers;
  /** The parsed body; undefined where the operation takes none. */
  readonly body: Body;
}

type Field<S, Name extends string> = S extends { readonly [N in Name]: infer V }
  ? Name extends 'body'
    ? Static<V>
    : FilledOf<V>
  : unknown;

type FilesField<S> = S extends { readonly files: infer F } ? FilesOf<F> : unknown;

/**
 * The request of an action written on its own: `ActionRequest<{ body: typeof Invoice }>`; with declared files in the body:
 * `ActionRequest<{ body: typeof Album, files: typeof files }>`.
 * A slot that is not named is `unknown`, so that the action fits operations which declare more.
 * (An interface with a written variance: comparing `Static` costs every program a million instantiations.)
 */
export interface ActionRequest<
  out Slots extends { params?: Schema; query?: Schema; headers?: Schema; body?: Schema; files?: FormFiles } = {},
> extends Request<
    Field<Slots, 'params'>,
    Field<Slots, 'query'>,
    Field<Slots, 'headers'>,
    Field<Slots, 'body'> & FilesField<Slots>
  > {}

/** One Server-Sent Event (HTML, 9.2); any other value that is yielded becomes `data` as JSON. */
export interface ServerSentEvent {
  /** Type of the event. Default: `message`, as browsers have it. */
  readonly event?: string;
  /** Id of the event: a browser that connects again sends the last one as `Last-Event-ID`. */
  readonly id?: string;
  /** Data of the event: a text as it is, any other value as JSON. */
  readonly data: unknown;
  /** How long a browser waits before it connects again, in milliseconds. */
  readonly retryMs?: number;
}

/** One file of a multipart form, streamed: read it, or go on to the next one, which skips it. */
export interface UploadedFile {
  /** The field's name in the form. */
  readonly field: string;
  /** The base name that the client gave, without control characters. Never a path. */
  readonly filename: string;
  /** Media type as the client states it: not to be trusted. */
  readonly mediaType: string;
  /** The bytes as they arrive. Fails with `FORM_TOO_LARGE` beyond `maxFileBytes`. */
  readonly stream: Readable;
  /** Reads the whole file into memory. */
  bytes(): Promise<Buffer>;
}
