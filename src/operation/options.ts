import type { Action, Around } from '../action/action.js';
import type { Context } from '../action/context.js';
import type { Method, Stability } from '../action/handle.js';
import type { Reply } from '../action/reply.js';
import type { RawValues, Request, Slot, Texts, ValueOf } from '../action/request.js';
import type { Plain, RepliesOf, Undeclared } from '../action/result.js';
import { groupOf } from '../base/option.js';
import { checkOptions } from '../schema/check-options.js';
import { type MultipartOptions, multipartSchema } from './multipart.js';

export interface CacheOptions {
  /** `Cache-Control: max-age`, in milliseconds; 0 asks for a check each time. */
  maxAgeMs?: number;
  /** Only the caller's own cache may keep it. Default: true, unless the operation is public. */
  private?: boolean;
  /** Request headers that the answer depends on. */
  vary?: readonly string[];
  /** An entity tag over the answer, and 304 where the caller has it already (RFC 9110, 13). */
  etag?: boolean;
}

/** When an operation was deprecated and when it will be gone: the `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) fields. */
export interface Deprecation {
  since?: Date | string;
  sunset?: Date | string;
  /** Where the way out is told: `Link: <…>; rel="deprecation"`. */
  link?: string;
}

/** A media type of the body, such as `text/csv`; for `multipart/form-data` with its limits. */
export type Consumes = string | MultipartOptions;

/** What all operations have, whatever their slots. */
export interface OperationBase {
  /** Unique, dotted: `todo.create`. */
  name: string;
  method: Method;
  /** `/todo/:id`, `/file/*rest`, `/report/$year<[0-9]+>`. */
  path: string;
  description?: string;
  summary?: string;
  tags?: readonly string[];
  /** Default: 200, or the lowest 2xx of a response map; 204 when there is no body. */
  status?: number;
  /** The caller needs any one of these. `todo` covers `todo.*`. None: any credential will do. */
  scopes?: readonly string[];
  /** Default: false, a caller without a credential gets 401. */
  public?: boolean;
  /** Points that a call costs. */
  costs?: number;
  /** Default: `stable`. `deprecated` and `legacy` send a `Deprecation` field. */
  stability?: Stability;
  deprecation?: Deprecation;
  /** Default: true. Otherwise callers get 410. */
  active?: boolean;
  /** How long a call may take in all. Default: 60,000; 0: as long as it wants. Afterwards the caller gets 504 and `signal` aborts. */
  timeoutMs?: number;
  /** Of the body, after inflating. Default: 1 MiB; for `multipart/form-data` 100 MiB. */
  maxBodyBytes?: number;
  /** Properties of query and body that the schema does not declare. Default: `drop`. */
  unknown?: 'drop' | 'reject' | 'keep';
  /** A result that breaks its schema: 500 and a report (`enforce`, the default), or logged and sent (`report`). */
  checkResponse?: 'enforce' | 'report';
  /** Media types of the body. Default: `application/json`. Also forms, `multipart/form-data`, `text/*` and binary types. */
  consumes?: Consumes | readonly Consumes[];
  /** Wrappers of this operation's action, the first one outermost; inside those of `fusio.around`. */
  around?: Around | readonly Around[];
  cache?: CacheOptions;
  /** Where the operation shows, besides its own path. */
  expose?: { jsonrpc?: boolean; mcp?: boolean; openapi?: boolean; sdk?: boolean };
  /** Calls and their answers, by name: documented, and run by `checkContract` of `fusio/testing`. */
  examples?: Readonly<Record<string, { request?: unknown; response?: unknown; summary?: string }>>;
}

/** A body whose schema is `Type.Optional` may not have come. */
export type BodyOf<B> = [B] extends [{ readonly '~optional': true }]
  ? ValueOf<B, undefined> | undefined
  : ValueOf<B, undefined>;

export interface OperationOptions<P, Q, H, B, R, T, Connections, Events> extends OperationBase {
  params?: P;
  query?: Q;
  headers?: H;
  body?: B;
  /** One schema, a map of statuses to schemas, or a media type. */
  response?: R;
  /** Statuses that are thrown, with a schema or a text for the documents. */
  throws?: T;
  /** NoInfer keeps the compiler from inferring schemas out of the action: do not remove it. */
  action: NoInfer<
    Action<
      Request<ValueOf<P, Texts>, ValueOf<Q, RawValues>, ValueOf<H, RawValues>, BodyOf<B>>,
      Plain<R> | Reply | Undeclared,
      Context<Connections, Events, RepliesOf<R, T>>
    >
  >;
}

/** The options without their types: what registration works with. */
export type AnyOperationOptions = OperationBase & {
  params?: Slot;
  query?: Slot;
  headers?: Slot;
  body?: Slot;
  response?: object | string;
  throws?: Readonly<Record<number, object | string>>;
  action: unknown;
};

/** The media types of an operation's body, each with its limits; empty where it says nothing. */
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

export const operationDefaults = {
  public: false,
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
const exampleProperties = { request: anything, response: anything, summary: text } satisfies Record<
  keyof NonNullable<OperationBase['examples']>[string],
  object
>;
const consumes = { anyOf: [text, multipartSchema] };

const properties = {
  name: text,
  method: { enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] satisfies Method[] },
  path: { type: 'string', maxLength: 1024 },
  description: text,
  summary: text,
  tags: texts,
  params: anything,
  query: anything,
  headers: anything,
  body: anything,
  response: anything,
  throws: anything,
  status: { type: 'integer', minimum: 200, maximum: 299 },
  // RFC 6749, 3.3 allows more; these are the characters that need no quoting anywhere.
  scopes: { type: 'array', items: { type: 'string', pattern: '^[a-zA-Z0-9_:-]+(\\.[a-zA-Z0-9_:-]+)*$' } },
  public: flag,
  costs: count,
  stability: { enum: ['experimental', 'stable', 'deprecated', 'legacy'] satisfies Stability[] },
  deprecation: groupOf(deprecationProperties),
  active: flag,
  timeoutMs: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 },
  maxBodyBytes: count,
  unknown: { enum: ['drop', 'reject', 'keep'] satisfies OperationBase['unknown'][] },
  checkResponse: { enum: ['enforce', 'report'] satisfies OperationBase['checkResponse'][] },
  consumes: { anyOf: [consumes, { type: 'array', items: consumes, minItems: 1 }] },
  around: anything,
  cache: groupOf(cacheProperties),
  expose: groupOf(exposeProperties),
  examples: { type: 'object', additionalProperties: groupOf(exampleProperties) },
  action: anything,
} satisfies Record<keyof AnyOperationOptions, object>;

export const operationSchema = { ...groupOf(properties), required: ['name', 'method', 'path', 'action'] };

// Options of an operation that come with later versions.
const later = ['rate', 'idempotent', 'async'];

/** Checks the options of an operation: throws `OPERATION_INVALID` with every mistake. Unknown keys are errors. */
export function checkOperationOptions(options: unknown, where: string): void {
  checkOptions(operationSchema, options, where, 'OPERATION_INVALID', later);
}
