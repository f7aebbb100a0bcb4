import { type TSchema, Type } from 'typebox';
import type { Action, Around } from '../action/action.js';
import type { Context } from '../action/context.js';
import type { Method, Stability } from '../action/handle.js';
import type { Reply } from '../action/reply.js';
import type { RawValues, Request, Slot, Texts, ValueOf } from '../action/request.js';
import type { Plain, RepliesOf } from '../action/result.js';

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

/** A media type to read, for `multipart/form-data` with its limits. */
export type Consumes =
  | string
  | {
      readonly type: 'multipart/form-data';
      /** Default: 10. */
      readonly maxFiles?: number;
      /** Default: 10 MiB. */
      readonly maxFileBytes?: number;
      /** Default: 100. */
      readonly maxFields?: number;
      /** Default: 64 KiB. */
      readonly maxFieldBytes?: number;
    };

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
      Plain<R> | Reply,
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

type MultipartLimits = Omit<Exclude<Consumes, string>, 'type'>;

/** The media types of an operation's body, each with its limits; empty where it says nothing. */
export function consumesOf({ consumes = [] }: OperationBase): readonly (MultipartLimits & { readonly type: string })[] {
  const list: readonly Consumes[] = Array.isArray(consumes) ? consumes : [consumes as Consumes];
  return list.map((one) => (typeof one === 'string' ? { type: one } : one));
}

const limit = Type.Integer({ minimum: 0 });
const texts = Type.Array(Type.String());
const multipart = Type.Object(
  {
    type: Type.Literal('multipart/form-data'),
    maxFiles: Type.Optional(limit),
    maxFileBytes: Type.Optional(limit),
    maxFields: Type.Optional(limit),
    maxFieldBytes: Type.Optional(limit),
  },
  { additionalProperties: false },
);
const consumes = Type.Union([Type.String(), multipart]);
// Schemas, actions and wrappers are checked where they are used; here only their place.
const anything = Type.Unknown();

/** What `fusio.operation` takes; unknown keys are errors. */
export const operationSchema: TSchema = Type.Object(
  {
    name: Type.String(),
    method: Type.Enum([
      'GET',
      'HEAD',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
    ] as const satisfies readonly Method[]),
    path: Type.String({ maxLength: 1024 }),
    description: Type.Optional(Type.String()),
    summary: Type.Optional(Type.String()),
    tags: Type.Optional(texts),
    params: Type.Optional(anything),
    query: Type.Optional(anything),
    headers: Type.Optional(anything),
    body: Type.Optional(anything),
    response: Type.Optional(anything),
    throws: Type.Optional(anything),
    status: Type.Optional(Type.Integer({ minimum: 200, maximum: 299 })),
    // RFC 6749, 3.3 allows more; these are the characters that need no quoting anywhere.
    scopes: Type.Optional(Type.Array(Type.String({ pattern: '^[a-zA-Z0-9_:-]+(\\.[a-zA-Z0-9_:-]+)*$' }))),
    public: Type.Optional(Type.Boolean()),
    costs: Type.Optional(limit),
    stability: Type.Optional(Type.Enum(['experimental', 'stable', 'deprecated', 'legacy'] as const)),
    deprecation: Type.Optional(
      Type.Object(
        { since: Type.Optional(anything), sunset: Type.Optional(anything), link: Type.Optional(Type.String()) },
        { additionalProperties: false },
      ),
    ),
    active: Type.Optional(Type.Boolean()),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 })),
    maxBodyBytes: Type.Optional(limit),
    unknown: Type.Optional(Type.Enum(['drop', 'reject', 'keep'] as const)),
    checkResponse: Type.Optional(Type.Enum(['enforce', 'report'] as const)),
    consumes: Type.Optional(Type.Union([consumes, Type.Array(consumes, { minItems: 1 })])),
    around: Type.Optional(anything),
    cache: Type.Optional(
      Type.Object(
        {
          maxAgeMs: Type.Optional(limit),
          private: Type.Optional(Type.Boolean()),
          vary: Type.Optional(texts),
          etag: Type.Optional(Type.Boolean()),
        },
        { additionalProperties: false },
      ),
    ),
    expose: Type.Optional(
      Type.Object(
        {
          jsonrpc: Type.Optional(Type.Boolean()),
          mcp: Type.Optional(Type.Boolean()),
          openapi: Type.Optional(Type.Boolean()),
          sdk: Type.Optional(Type.Boolean()),
        },
        { additionalProperties: false },
      ),
    ),
    examples: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Object(
          {
            request: Type.Optional(anything),
            response: Type.Optional(anything),
            summary: Type.Optional(Type.String()),
          },
          { additionalProperties: false },
        ),
      ),
    ),
    action: anything,
  },
  { additionalProperties: false },
);
