import type { OperationHandle, Part, RawBody } from '../action/handle.js';
import type { ServerSentEvent } from './events.js';
import type { CallInput, Route } from './request.js';
import { type ClientCallOptions, type SendOptions, send } from './send.js';

/** A record of operation handles, nested as you like: `{ todo: { create: createTodo } }`. */
export interface Operations {
  readonly [name: string]: OperationHandle | Operations;
}

/** Type arguments of a client: `OperationsOf<typeof import('./api.js')>` keeps the handles of a module and drops the rest. */
export type OperationsOf<Module> = {
  readonly [Name in keyof Module as Module[Name] extends OperationHandle ? Name : never]: Module[Name];
};

/** What goes over the wire as it is: forms with files, bytes, streams. */
type WireBody = FormData | URLSearchParams | Blob | ArrayBuffer | Uint8Array | ReadableStream<Uint8Array>;

/** A form that has only files is a body without a schema. */
type BodyPart<Body> = unknown extends Body
  ? Part<'body', Body>
  : [Body] extends [undefined]
    ? { readonly body?: WireBody | undefined }
    : Part<'body', Body | WireBody>;

type InputOf<P, Q, H, B> = Part<'params', P> & Part<'query', Q> & Part<'headers', H> & BodyPart<B>;

type ArgumentsOf<In> = {} extends In
  ? [input?: In, options?: ClientCallOptions]
  : [input: In, options?: ClientCallOptions];

/** What comes over the wire: an event stream has events, a media type is text for `text/*` and a blob for all others. */
type Received<Result> = unknown extends Result
  ? Result
  : [RawBody] extends [Result]
    ? Exclude<Result, RawBody> | string | Blob
    : Result extends AsyncIterable<unknown>
      ? AsyncIterable<ServerSentEvent>
      : Result;

/** One operation of a client. */
export interface ClientMethod<Arguments extends readonly unknown[], Result, Errors> {
  (...input: Arguments): Promise<Result>;
  /** Types only: `ClientError.is(error, client.todo.get, 404)` works where the handles are not. */
  readonly '~types'?: { errors: Errors };
}

/** One method an operation, typed by its handle. */
export type Client<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends OperationHandle<
    infer P,
    infer Q,
    infer H,
    infer B,
    infer Result,
    infer Errors
  >
    ? ClientMethod<ArgumentsOf<InputOf<P, Q, H, B>>, Received<Result>, Errors>
    : Client<Api[Name]>;
};

/** The same record with only what the wire needs; handles are that already, `fusio routes` writes it as JSON for browsers. */
export type Routes<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends OperationHandle ? Route : Routes<Api[Name]>;
};

/** Options of `createClient`. */
export interface ClientOptions<Routes> extends SendOptions {
  /** The operations by name: their handles, or what `fusio routes` writes of them. */
  routes: Routes;
}

/** Makes a client of the handles themselves: on a server and in tests. */
export function createClient<Api extends Operations>(options: ClientOptions<Api>): Client<Api>;
/** Makes a client in a browser: `createClient<typeof api>({ routes })`, with a type import of the handles and the JSON of their routes. */
export function createClient<Api = never>(options: ClientOptions<Routes<NoInfer<Api>>>): Client<Api>;
export function createClient(options: ClientOptions<object>): unknown {
  if (typeof options.baseUrl !== 'string') {
    throw new TypeError(`createClient: baseUrl must be text, got ${typeof options.baseUrl}`);
  }
  if (typeof options.routes !== 'object' || options.routes === null) {
    throw new TypeError(`createClient: routes must be a record of handles, got ${options.routes}`);
  }
  return methodsOf(options.routes, '', options, []);
}

function methodsOf(routes: object, prefix: string, options: SendOptions, parents: readonly object[]): object {
  // No prototype: an operation may have any name, and `client.toString` is not one.
  const methods: Record<string, unknown> = Object.create(null);
  for (const [name, route] of Object.entries(routes)) {
    if (isRoute(route)) methods[name] = methodOf(prefix + name, route, options);
    else if (isRecord(route) && !parents.includes(route)) {
      methods[name] = methodsOf(route, `${prefix}${name}.`, options, [...parents, route]);
    }
  }
  return methods;
}

function methodOf(name: string, route: Route, options: SendOptions): unknown {
  const method = (input?: CallInput, callOptions?: ClientCallOptions) => send(name, route, options, input, callOptions);
  return Object.defineProperty(method, 'name', { value: name });
}

function isRoute(value: unknown): value is Route {
  const { method, path } = Object(value);
  return typeof method === 'string' && typeof path === 'string';
}

/** What else a module exports (functions, instances, text) is passed over. */
function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
