import type { Principal } from '../access/caller.js';

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
export interface OperationHandle<Params = any, Query = any, Headers = any, Body = any, Result = any, Errors = any>
  extends OperationInfo {
  readonly kind: 'operation';
  /** The one media type of the body, where it is not JSON: what a client sends it as. */
  readonly consumes?: string;
  /** Types only; there is nothing here at run time. */
  readonly '~types'?: { params: Params; query: Query; headers: Headers; body: Body; result: Result; errors: Errors };
}

/** A stream of `node:stream` as far as it must be told from other values. Types of Node are `any` in a browser's project. */
interface NodeStream {
  readonly readable: boolean;
  pipe(destination: never): unknown;
  destroy(): unknown;
}

/** A body that is sent as it is. */
export type RawBody = NodeStream | ReadableStream | Uint8Array | string | Blob;

/** One slot of an input. */
export type Part<Name extends string, Value> = {} extends Value
  ? { readonly [N in Name]?: Value }
  : undefined extends Value
    ? { readonly [N in Name]?: Value }
    : { readonly [N in Name]: Value };

/** What a caller passes to an operation. A slot may be left out when nothing in it is required. */
export type Input<Params, Query, Headers, Body> = Part<'params', Params> &
  Part<'query', Query> &
  Part<'headers', Headers> &
  Part<'body', Body>;

type Arguments<Input, Options> = {} extends Input
  ? [input?: Input, options?: Options]
  : [input: Input, options?: Options];

export interface CallOptions {
  /** Who calls: a principal, or `'system'`. Default: the caller of the surrounding action, else the system. */
  as?: Principal | 'system';
  signal?: AbortSignal;
}

export interface Call {
  /** Runs an operation in process: same validation, same limits and log, no HTTP. Rejects with a `FusioError`. */
  <Params, Query, Headers, Body, Result>(
    operation: OperationHandle<Params, Query, Headers, Body, Result, any>,
    ...input: Arguments<NoInfer<Input<Params, Query, Headers, Body>>, CallOptions>
  ): Promise<Result>;
}
