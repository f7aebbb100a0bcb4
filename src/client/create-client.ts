import type { Member } from '../base/member.js';
import type { FileBody, OperationHandle, RawBody } from '../index.js';
import type { ServerSentEvent } from './events.js';
import type { CallInput, Route } from './request.js';
import { type ClientCallOptions, type SendOptions, send } from './send.js';

/** Record of operation handles, nested to any depth: `{ todo: { create: createTodo } }`. */
export interface Operations {
  readonly [name: string]: OperationHandle | Operations;
}

/** Operation handles of a module: `OperationsOf<typeof import('./api.js')>` drops all other exports. */
export type OperationsOf<Module> = {
  readonly [Name in keyof Module as Module[Name] extends OperationHandle ? Name : never]: Module[Name];
};

/** Bodies that are sent unchanged: forms with files, bytes, streams. */
type WireBody = FormData | URLSearchParams | Blob | ArrayBuffer | Uint8Array | ReadableStream<Uint8Array>;

/** Body of a call. An operation without a body schema may still take a form that has only files. */
type BodyPart<Body> = unknown extends Body
  ? Member<'body', Body>
  : [Body] extends [undefined]
    ? { readonly body?: WireBody | undefined }
    : Member<'body', Body | WireBody>;

type InputOf<P, Q, H, B> = Member<'params', P> & Member<'query', Q> & Member<'headers', H> & BodyPart<B>;

type ArgumentsOf<In> = {} extends In
  ? [input?: In, options?: ClientCallOptions]
  : [input: In, options?: ClientCallOptions];

/** Result of a call over HTTP: events for an event stream, text for `text/*`, a blob for any other media type. */
type Received<Result> = unknown extends Result
  ? Result
  : [RawBody<never>] extends [Result]
    ? Exclude<Result, RawBody> | ReceivedBody<Extract<Result, FileBody>>
    : Result extends AsyncIterable<unknown>
      ? AsyncIterable<ServerSentEvent>
      : Result;

type ReceivedBody<Body> = Body extends FileBody<infer MediaType> ? ReadBody<Lowercase<MediaType & string>> : never;

type Json = 'application/json' | `${string}+json`;

/** What `readAnswer` makes of a body of the media type; any of it where the type is known at run time only. */
type ReadBody<MediaType extends string> = MediaType extends `text/${string}`
  ? string
  : MediaType extends Json | `${Json};${string}`
    ? unknown
    : 'text/~' extends MediaType
      ? string | Blob
      : Blob;

/** Function of a client that calls one operation. */
export interface ClientMethod<Arguments extends readonly unknown[], Result, Errors> {
  (...input: Arguments): Promise<Result>;
  /** Exists in the types only, for `ClientError.is(error, client.todo.get, 404)` in programs without the handles. */
  readonly '~types'?: { errors: Errors };
}

/** Client with one method for each operation, typed by its handle. */
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

/** Record of routes in place of handles, with the same names. `fusio routes` writes it as JSON for browsers; a handle is a route too. */
export type Routes<Api> = {
  readonly [Name in keyof Api]: Api[Name] extends OperationHandle ? Route : Routes<Api[Name]>;
};

/** Options of `createClient`. */
export interface ClientOptions<Routes> extends SendOptions {
  /** The operations by name: their handles, or what `fusio routes` writes of them. */
  routes: Routes;
}

/** Makes a client from the handles, on a server and in tests. */
export function createClient<Api extends Operations>(options: ClientOptions<Api>): Client<Api>;
/** Makes a client in a browser from the type of the handles and the JSON of their routes: `createClient<typeof api>({ routes })`. */
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
  // Without a prototype, because an operation may have any name, such as `toString`.
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

/** Tells a plain record from the other exports of a module (functions, instances, text), which are skipped. */
function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
