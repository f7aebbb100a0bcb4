import type { AnyAround, OwnOf } from '../action/around.js';
import type { Context } from '../action/context.js';
import type { ActionSlot, AnyForm } from '../action/form.js';
import type { FilesInput, FilesOf, FormFiles } from '../action/form-files.js';
import type { Method, Stability } from '../action/handle.js';
import type { Reply } from '../action/reply.js';
import type { FilledOr, InputOr, ParamsOf, RawValues, Request, ValueOf } from '../action/request.js';
import type { Plain, RepliesOf, Undeclared } from '../action/result.js';
import type { Joined } from '../base/joined.js';
import { groupOf } from '../base/option.js';
import { checkOptions } from '../schema/check-options.js';
import type { Middleware } from './before.js';
import { descriptionSchema, type OperationDescription } from './description.js';
import { filesSchema } from './form-files.js';
import { type MultipartOptions, multipartSchema } from './multipart.js';

/** The cache of an operation's answers: `Cache-Control`, `Vary` and entity tags. */
export interface CacheOptions {
  /** `Cache-Control: max-age`, in milliseconds. Default: `no-cache`, a cache asks again each time. */
  maxAgeMs?: number;
  /** Only the caller's own cache may keep it. Default: true, unless the operation is public. */
  private?: boolean;
  /** Names of the request headers that the answer depends on: `Vary`. */
  vary?: readonly string[];
  /** Whether a GET gets an entity tag over its answer, and 304 where the caller has it already (RFC 9110, 13). Default: false. */
  etag?: boolean;
}

/** The end of an operation: the fields `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`. */
export interface Deprecation {
  /** Date since which the operation is deprecated. Default: 1970, where there is only a sunset or a stability. */
  since?: Date | string;
  /** Date after which the operation may be gone. */
  sunset?: Date | string;
  /** URL of a page that tells how to move: `Link: <…>; rel="deprecation"`. */
  link?: string;
}

/** A media type of the body, such as `text/csv`; for `multipart/form-data` with its limits. */
export type Consumes = string | MultipartOptions;

/** The options that an operation may have of its own, or of a group. */
export interface SharedOptions {
  /** Groups of the documents that the operation belongs to. */
  tags?: readonly string[];
  /**
   * Middleware of Express, run before `authenticate`: `passport.authenticate('jwt', { session: false })`, `rateLimit()`. It gets the `req` and
   * `res` of Express. Where there are none (`handler`, `fetch`, `inject` and calls in process), 501 `EXPRESS_REQUIRED`, unless `as` names
   * the caller. Default: none.
   */
  before?: Middleware | readonly Middleware[];
  /** Scopes of which the caller needs one; `todo` covers `todo.*`. Default: none, any credential will do. */
  scopes?: readonly string[];
  /** Whether a caller needs no credential. Default: false, such a caller gets 401 (`UNAUTHENTICATED`). */
  public?: boolean;
  /**
   * False: the host's `authenticate` is not asked, so that the operation answers while the login is down. Callers over HTTP are
   * anonymous, so it is public: not beside `scopes` and `public: false`. Default: true.
   */
  authenticate?: boolean;
  /** Points that a call costs: shown in the documents. */
  costs?: number;
  /** Default: `stable`. `deprecated` and `legacy` send a `Deprecation` field. */
  stability?: Stability;
  /** Dates and a link for the fields `Deprecation`, `Sunset` and `Link`. */
  deprecation?: Deprecation;
  /** False: callers get 410 (`OPERATION_GONE`). Default: true. */
  active?: boolean;
  /** How long a call may take in all, in milliseconds. Default: 60,000; 0: without limit. Afterwards the caller gets 504 (`ACTION_TIMEOUT`) and `context.signal` aborts. */
  timeoutMs?: number;
  /** Bytes of the body, after inflating. Default: 1 MiB; for `multipart/form-data` 100 MiB. A larger one gets 413 (`BODY_TOO_LARGE`). */
  maxBodyBytes?: number;
  /** Properties of query and body that the schema does not declare: left out (`drop`, the default), refused with 400, or passed on. */
  unknown?: 'drop' | 'reject' | 'keep';
  /**
   * Properties of the body that get their `default` where they do not come: all of them, or only the required ones. Default: `required`
   * for PATCH, where a property that does not come is not changed (RFC 5789), `all` for any other method.
   */
  bodyDefaults?: 'all' | 'required';
  /** A result that does not fit its schema: 500 (`RESULT_INVALID`) and a report (`enforce`, the default), or logged and sent (`report`). */
  checkResponse?: 'enforce' | 'report';
  /** How answers may be cached. Default: `no-store`, and nothing for a public operation. */
  cache?: CacheOptions;
  /** Further places that show the operation, beside its own path. Default: all of them. */
  expose?: { jsonrpc?: boolean; mcp?: boolean; openapi?: boolean; sdk?: boolean };
}

/** The options of an operation without its schemas and its action. */
export interface OperationBase extends SharedOptions {
  /** Unique, dotted: `todo.create`. */
  name: string;
  /** HTTP method. A GET answers HEAD as well. */
  method: Method;
  /** Path without the mount path: `/todo/:id`, `/file/*rest`, `/report/$year<[0-9]+>`. */
  path: string;
  description?: string;
  /** One line for lists of operations in the documents. */
  summary?: string;
  /** Status of a plain result. Default: 200, or the lowest 2xx of a response map; 204 when there is no body. */
  status?: number;
  /** Media types of the body. Default: `application/json`. Also forms, `multipart/form-data`, `text/*` and binary types. */
  consumes?: Consumes | readonly Consumes[];
  /** Calls and their answers, by name: documented, and run by `checkContract` of `fusio/testing`. */
  examples?: Readonly<Record<string, { request?: unknown; response?: unknown; summary?: string }>>;
  /** Further members of the operation in the OpenAPI document: response headers, further media types, security, links, callbacks. */
  openapi?: OperationDescription;
}

/** The body of a request, with the declared files in it: also undefined where its schema is `Type.Optional`. */
export type BodyOf<B, F = undefined> = WithFiles<B, F, FilesOf<F>>;

/** The body as a caller gives it: also undefined where its schema is `Type.Optional` or has a default. */
export type BodyInput<B, F> = [F] extends [undefined]
  ? OptionalInput<B, InputOr<B, undefined>>
  : [B] extends [undefined]
    ? FilesInput<F>
    : OptionalInput<B, InputOr<B, {}> & FilesInput<F>>;

type OptionalInput<B, Value> = [B] extends [{ readonly '~optional': true } | { readonly default: unknown }]
  ? Value | undefined
  : Value;

type WithFiles<B, F, Files> = [F] extends [undefined]
  ? OptionalOf<B, ValueOf<B, undefined>>
  : [B] extends [undefined]
    ? Files
    : OptionalOf<B, ValueOf<B, {}> & Files>;

type OptionalOf<B, Value> = [B] extends [{ readonly '~optional': true }] ? Value | undefined : Value;

/** An operation: a method and a path, bound to an action, with its schemas. */
export interface OperationOptions<
  Path,
  P,
  Q,
  H,
  B,
  R,
  T,
  F,
  A,
  Connections,
  Events,
  Own,
  Params,
  Throws,
  Form = AnyForm,
> extends Omit<OperationBase, 'path'> {
  /** Path without the mount path and below that of the group: `/todo/:id`, `/file/*rest`, `/report/$year<[0-9]+>`. */
  path: Path;
  /** Object schema of the path's parameters; text is converted. Default: they stay text. */
  params?: P;
  /** Object schema of the query; text is converted. Default: values as they came. */
  query?: Q;
  /** Object schema of the header fields that the action needs, in any case; text is converted. Default: all fields as they came. */
  headers?: H;
  /** Schema of the body. Default: the operation takes none. */
  body?: B;
  /** Files of a `multipart/form-data` body by the names of their fields: the action finds them in `request.body`. Default: `context.files` streams them. */
  files?: F;
  /** One schema, a map of statuses to schemas, or a media type such as `'image/png'`. Default: any result, as JSON. */
  response?: R;
  /** Schemas, or texts for the documents, by the status that is thrown: `{ 404: 'No such todo' }`. */
  throws?: T;
  /**
   * Wrappers around this operation's action, the first one outermost; inside those of `fusio.around`. What they hand to `next` is in the
   * action's context: written before `action`, so that TypeScript sees it first.
   */
  around?: A;
  /** The business logic: a function, an object with `handle`, an `ActionHandle`, or the name of a registered action. */
  // NoInfer keeps the compiler from inferring schemas out of the action: do not remove it. It stands at the leaves, because around the
  // whole type it makes TypeScript fix the context before it has seen `around`.
  action: ActionSlot<
    Form,
    Request<
      NoInfer<ParamsOf<P, Path, Params>>,
      NoInfer<FilledOr<Q, RawValues>>,
      NoInfer<FilledOr<H, RawValues>>,
      NoInfer<BodyOf<B, F>>
    >,
    NoInfer<Plain<R> | Reply | Undeclared> extends infer Result ? Result : never,
    Context<Connections, Events, NoInfer<RepliesOf<R, Joined<Throws, T>>>> & NoInfer<Joined<Own, OwnOf<A>>>
  >;
}

/** Options that the operations of a group share; a group within it adds to them, and so does each operation. */
export interface GroupOptions<Path, P, T, A> extends SharedOptions {
  /** Put before the paths of the operations: `/v1`, `/tenant/:tenant`. Default: none. */
  path?: Path;
  /** Object schema of the parameters of this path; text is converted. Default: they stay text. */
  params?: P;
  /** Schemas, or texts for the documents, by the status that any of the actions throws. */
  throws?: T;
  /** Wrappers around the actions, the first one outermost; outside those of a group or an operation within. */
  around?: A;
}

/** The options of a group without the types of its schemas. */
export type AnyGroupOptions = SharedOptions & { path?: string } & Pick<
    AnyOperationOptions,
    'params' | 'throws' | 'around'
  >;

/** The options of an operation without the types of its schemas, for registration. */
export type AnyOperationOptions = OperationBase & {
  params?: object | undefined;
  query?: object | undefined;
  headers?: object | undefined;
  body?: object | undefined;
  files?: FormFiles | undefined;
  response?: object | string;
  throws?: Readonly<Record<number, object | string>>;
  around?: AnyAround | readonly AnyAround[];
  action: unknown;
};

/** Lists the media types of an operation's body, each with its limits; none where `consumes` is not set. */
export function consumesOf({
  consumes = [],
}: OperationBase): readonly (Omit<MultipartOptions, 'type'> & { readonly type: string })[] {
  const list: readonly Consumes[] = isList(consumes) ? consumes : [consumes];
  return list.map((one) => (typeof one === 'string' ? { type: one } : one));
}

/** Tells an array of media types from one: `Array.isArray` does not narrow readonly arrays. */
function isList(consumes: Consumes | readonly Consumes[]): consumes is readonly Consumes[] {
  return Array.isArray(consumes);
}

/** Gives `bodyDefaults`, whose default depends on the method. */
export function bodyDefaultsOf({ bodyDefaults, method }: OperationBase): 'all' | 'required' {
  return bodyDefaults ?? (method === 'PATCH' ? 'required' : 'all');
}

export const operationDefaults = {
  public: false,
  authenticate: true,
  active: true,
  stability: 'stable',
  status: 200,
  timeoutMs: 60_000,
  maxBodyBytes: 1024 * 1024,
  unknown: 'drop',
  checkResponse: 'enforce',
} as const satisfies Partial<OperationBase>;

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const flag = { type: 'boolean' };
const count = { type: 'integer', minimum: 0 };
// Schemas, actions and wrappers are checked where they are used; here only their place.
const anything = {};

const deprecationProperties = { since: anything, sunset: anything, link: text } satisfies Record<
  keyof Deprecation,
  object
>;
const cacheProperties = { maxAgeMs: count, private: flag, vary: texts, etag: flag } satisfies Record<
  keyof CacheOptions,
  object
>;
const exposeProperties = { jsonrpc: flag, mcp: flag, openapi: flag, sdk: flag } satisfies Record<
  keyof NonNullable<OperationBase['expose']>,
  object
>;
const exampleRequest = groupOf({ params: anything, query: anything, headers: anything, body: anything });
const exampleProperties = { request: exampleRequest, response: anything, summary: text } satisfies Record<
  keyof NonNullable<OperationBase['examples']>[string],
  object
>;
// Keywords of objects say nothing of texts, and those of arrays nothing of both: a message is about the form that was meant.
const consumes = { ...multipartSchema, type: ['string', 'object'] };

const sharedProperties = {
  before: anything,
  path: { type: 'string', maxLength: 1024 },
  tags: texts,
  params: anything,
  throws: anything,
  // RFC 6749, 3.3 allows more; these are the characters that need no quoting anywhere.
  scopes: { type: 'array', items: { type: 'string', pattern: '^[a-zA-Z0-9_:-]+(\\.[a-zA-Z0-9_:-]+)*$' } },
  public: flag,
  authenticate: flag,
  costs: count,
  stability: { enum: ['experimental', 'stable', 'deprecated', 'legacy'] satisfies Stability[] },
  deprecation: groupOf(deprecationProperties),
  active: flag,
  timeoutMs: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 },
  maxBodyBytes: count,
  unknown: { enum: ['drop', 'reject', 'keep'] satisfies OperationBase['unknown'][] },
  bodyDefaults: { enum: ['all', 'required'] satisfies OperationBase['bodyDefaults'][] },
  checkResponse: { enum: ['enforce', 'report'] satisfies OperationBase['checkResponse'][] },
  around: anything,
  cache: groupOf(cacheProperties),
  expose: groupOf(exposeProperties),
} satisfies Record<keyof AnyGroupOptions, object>;

const properties = {
  ...sharedProperties,
  name: text,
  method: { enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] satisfies Method[] },
  description: text,
  summary: text,
  query: anything,
  headers: anything,
  body: anything,
  files: filesSchema,
  response: anything,
  status: { type: 'integer', minimum: 200, maximum: 299 },
  consumes: { ...consumes, type: ['string', 'object', 'array'], items: consumes, minItems: 1 },
  examples: { type: 'object', additionalProperties: groupOf(exampleProperties) },
  openapi: descriptionSchema,
  action: anything,
} satisfies Record<keyof AnyOperationOptions, object>;

export const groupSchema = { ...groupOf(sharedProperties), properties: sharedProperties };

export const operationSchema = { ...groupOf(properties), required: ['name', 'method', 'path', 'action'] };

// Options of an operation that come with later versions.
const later = ['rate', 'idempotent', 'async'];

/** Checks the options of an operation: throws `OPERATION_INVALID` with every mistake. Unknown keys are errors. */
export function checkOperationOptions(options: unknown, where: string): void {
  checkOptions(operationSchema, options, where, 'OPERATION_INVALID', later);
}

/** Checks the options of a group: throws `OPERATION_INVALID` with every mistake. Unknown keys are errors. */
export function checkGroupOptions(options: unknown, where: string): void {
  checkOptions(groupSchema, options, where, 'OPERATION_INVALID', later);
}
