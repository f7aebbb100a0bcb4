import type { Principal } from '../access/caller.js';

/** An operation as others see it: what handles, documents and logs have in common. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
export type Stability = 'experimental' | 'stable' | 'deprecated' | 'legacy';

export interface OperationInfo {
  readonly name: string;
  readonly method: Method;
  readonly path: string;
  readonly scopes: readonly string[];
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
