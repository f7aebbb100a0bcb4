import type { Principal } from '../access/caller.js';
import type { Member } from '../base/member.js';

/** An HTTP method that an operation may have. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** How far an operation may be relied on. `deprecated` and `legacy` send a `Deprecation` field (RFC 9745). */
export type Stability = 'experimental' | 'stable' | 'deprecated' | 'legacy';

/** An operation as handles, documents and logs show it. */
export interface OperationInfo {
  /** Unique name, dotted: `todo.create`. */
  readonly name: string;
  /** HTTP method, in upper case. */
  readonly method: Method;
  /** Path as it was registered, without the mount path: `/todo/:id`. */
  readonly path: string;
  /** Scopes of which a caller needs one. Empty: any credential will do, or none where the operation is public. */
  readonly scopes: readonly string[];
  /** Default: `stable`. */
  readonly stability: Stability;
}

/** A registered operation: pass it to `call`, put it in a record for a typed client. */
export interface OperationHandle<
  Params = unknown,
  Query = unknown,
  Headers = unknown,
  Body = unknown,
  Result = unknown,
  Errors = unknown,
> extends OperationInfo {
  readonly kind: 'operation';
  /** Media type in which a client sends the body; undefined for JSON and where the operation takes several. */
  readonly consumes?: string;
  /** Types only; there is nothing here at run time. */
  readonly '~types'?: { params: Params; query: Query; headers: Headers; body: Body; result: Result; errors: Errors };
}

/** The members by which a stream of `node:stream` is told from other values. The types of Node are `any` in a browser's project. */
interface NodeStream {
  readonly readable: boolean;
  pipe(destination: never): unknown;
  destroy(): unknown;
}

/** A file of the disk as a body: made by `file()`. */
export interface FileBody<MediaType = string> {
  /** Absolute, or relative to the working directory. */
  readonly path: string;
  /** Types only: the media type that the operation declares, by which a client knows what it gets. */
  readonly '~mediaType'?: MediaType;
  /** Types only; there is nothing here at run time. */
  readonly '~file': true;
}

/** A body that is sent as it is, without JSON: the result of an operation whose `response` is a media type. */
export type RawBody<MediaType = string> =
  | NodeStream
  | ReadableStream
  | Uint8Array
  | string
  | Blob
  | FileBody<MediaType>;

/** The input of an operation for `call`: params, query, headers and body. A slot may be left out when nothing in it is required. */
export type Input<Params, Query, Headers, Body> = Member<'params', Params> &
  Member<'query', Query> &
  Member<'headers', Headers> &
  Member<'body', Body>;

type Arguments<Input, Options> = {} extends Input
  ? [input?: Input, options?: Options]
  : [input: Input, options?: Options];

/** Options of a call in process. */
export interface CallOptions {
  /** The caller: a principal, or `'system'`, which may call everything. Default: the caller of the surrounding action, else the system. */
  as?: Principal | 'system';
  /** Cancels the call: it rejects with `CALL_CANCELLED`, and the `signal` of the action aborts. */
  signal?: AbortSignal;
}

/** Runs an operation in process, without HTTP. */
export interface Call {
  /** Runs an operation in process: same validation, same limits and log, no HTTP. Rejects with a `FusioError`. */
  <Params, Query, Headers, Body, Result>(
    operation: OperationHandle<Params, Query, Headers, Body, Result>,
    ...input: Arguments<NoInfer<Input<Params, Query, Headers, Body>>, CallOptions>
  ): Promise<Result>;
}
