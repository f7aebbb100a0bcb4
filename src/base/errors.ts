/** Mistakes of the developer: thrown at registration or start, never sent to a caller. */
const mistakes = {
  OPTIONS_INVALID: [500, 'Invalid options', 'The options are invalid'],
  NAME_INVALID: [500, 'Invalid name', 'The name is invalid'],
  NAME_TAKEN: [500, 'Name taken', 'The name is already registered'],
  OPERATION_INVALID: [500, 'Invalid operation', 'The options of the operation are invalid'],
  OPERATION_CONFLICT: [500, 'Conflicting operations', 'Another operation has this method and path'],
  SCHEMA_INVALID: [500, 'Invalid schema', 'The schema cannot be used for validation'],
  ACTION_INVALID: [500, 'Invalid action', 'The action is invalid'],
  CONNECTION_UNKNOWN: [500, 'Unknown connection', 'No connection has this name'],
  PACKAGE_MISSING: [500, 'Missing package', 'A required package is not installed'],
  STORE_REFUSED: [500, 'Store refused', 'The database cannot hold the tables of fusio'],
  NOT_AVAILABLE: [500, 'Not available', 'This version of fusio does not have this feature'],
  STOPPED: [500, 'Stopped', 'This instance was stopped and cannot be started again'],
} as const satisfies Record<string, readonly [status: number, title: string, message: string]>;

/**
 * Error codes with status, title and default message. A code is never reused.
 * A test compares this table with `docs/reference/errors.md` in both directions.
 */
export const errors = {
  // The request does not reach an operation
  OPERATION_NOT_FOUND: [404, 'Not found', 'There is no operation at this path'],
  METHOD_NOT_ALLOWED: [405, 'Method not allowed', 'No operation at this path has this method'],
  OPERATION_GONE: [410, 'Gone', 'This operation is no longer available'],
  PATH_INVALID: [400, 'Invalid path', 'The path has a segment or a character that is not accepted'],

  // Authentication and authorization
  UNAUTHENTICATED: [401, 'Authentication required', 'This operation requires a valid credential'],
  SCOPE_MISSING: [403, 'Missing scope', 'The credential has no scope that allows this operation'],

  // Reading the request
  EXPECTATION_FAILED: [417, 'Expectation failed', 'The only supported expectation is 100-continue'],
  BODY_TOO_LARGE: [413, 'Body too large', 'The body is larger than this operation accepts'],
  BODY_TIMEOUT: [408, 'Body timed out', 'The body did not arrive in time'],
  BODY_INCOMPLETE: [400, 'Incomplete body', 'The body ended before it was complete'],
  BODY_CONSUMED: [
    500,
    'Body already read',
    'A parser before fusio read the body and did not set req.body: mount fusio.router before it, or let it set req.body',
  ],
  ENCODING_UNSUPPORTED: [415, 'Unsupported encoding', 'Content-Encoding must be gzip, deflate or br'],
  ENCODING_INVALID: [400, 'Invalid encoding', 'The body cannot be decompressed as Content-Encoding says'],
  CHARSET_UNSUPPORTED: [415, 'Unsupported charset', 'Text must be UTF-8'],
  MEDIA_TYPE_UNSUPPORTED: [415, 'Unsupported media type', 'The operation does not accept this Content-Type'],
  TEXT_INVALID: [400, 'Invalid text', 'The body is not valid UTF-8'],
  JSON_INVALID: [400, 'Invalid JSON', 'The body is not valid JSON'],
  JSON_TOO_DEEP: [400, 'JSON too deep', 'The body is nested too deeply'],
  KEY_FORBIDDEN: [400, 'Forbidden key', 'A key with this name is not accepted'],
  FORM_INVALID: [400, 'Invalid form', 'The form cannot be read'],
  FORM_TOO_LARGE: [413, 'Form too large', 'The form has more or larger fields or files than this operation accepts'],
  QUERY_INVALID: [400, 'Invalid query', 'The query cannot be read'],
  REQUEST_TOO_COMPLEX: [400, 'Request too complex', 'Checking the request takes more steps than its size allows'],
  REQUEST_INVALID: [400, 'Invalid request', 'The request does not match the schemas of the operation'],

  // Running the action and answering
  EXPRESS_REQUIRED: [501, 'Express required', 'This operation is served by an Express app only'],
  RANGE_NOT_SATISFIABLE: [416, 'Range not satisfiable', 'The requested range is outside the file'],
  CONNECTION_UNAVAILABLE: [503, 'Connection unavailable', 'A service that this operation needs is not reachable'],
  STORE_UNAVAILABLE: [503, 'Store unavailable', 'The database of this API is not reachable'],
  SHUTTING_DOWN: [503, 'Shutting down', 'The server is shutting down'],
  ACTION_TIMEOUT: [504, 'Action timed out', 'The operation took too long'],
  CALL_CANCELLED: [499, 'Call cancelled', 'The caller closed the connection or cancelled the call'],
  CALL_TOO_DEEP: [500, 'Calls nested too deeply', 'Operations call each other too deeply, probably in a circle'],
  RESULT_INVALID: [500, 'Internal error', 'The result does not match the response schema of the operation'],
  INTERNAL_ERROR: [500, 'Internal error', 'An unexpected error occurred'],

  // Codes of `fail(status)` and of errors that have a status and no code
  BAD_REQUEST: [400, 'Bad request', 'The request cannot be processed'],
  PAYMENT_REQUIRED: [402, 'Payment required', 'Payment is required'],
  FORBIDDEN: [403, 'Forbidden', 'The caller is not allowed to do this'],
  NOT_FOUND: [404, 'Not found', 'The resource was not found'],
  NOT_ACCEPTABLE: [406, 'Not acceptable', 'The requested representation is not available'],
  CONFLICT: [409, 'Conflict', 'The request conflicts with the current state of the resource'],
  GONE: [410, 'Gone', 'The resource is no longer available'],
  PRECONDITION_FAILED: [412, 'Precondition failed', 'The resource has changed since it was read'],
  UNPROCESSABLE: [422, 'Unprocessable content', 'The request is well formed, but its content cannot be processed'],
  LOCKED: [423, 'Locked', 'The resource is locked'],
  PRECONDITION_REQUIRED: [428, 'Precondition required', 'The request must be conditional'],
  TOO_MANY_REQUESTS: [429, 'Too many requests', 'The caller has sent too many requests'],
  NOT_IMPLEMENTED: [501, 'Not implemented', 'This is not implemented'],
  BAD_GATEWAY: [502, 'Bad gateway', 'An upstream service gave an invalid response'],
  SERVICE_UNAVAILABLE: [503, 'Service unavailable', 'The service is temporarily unavailable'],
  GATEWAY_TIMEOUT: [504, 'Gateway timeout', 'An upstream service did not answer in time'],

  ...mistakes,
} as const satisfies Record<string, readonly [status: number, title: string, message: string]>;

/** A code of the error table. */
export type ErrorCode = keyof typeof errors;

/** A code of the table, or one of the application's: it adds codes by using them. `string & {}` keeps the table in completions. */
export type AnyErrorCode = ErrorCode | (string & {});

/** A fault of a request at one place. */
export interface Issue {
  /** JSON pointer (RFC 6901) that begins with the slot: `/body/title`. */
  readonly pointer: string;
  readonly message: string;
  /** Kind of the fault, such as `UNKNOWN_PROPERTY`: for programs, where `message` is for people. */
  readonly code: string;
}

/** Problem document, `application/problem+json` (RFC 9457), with the fields `success` and `message` of Fusio. */
export interface Problem {
  /** URN of the code: `urn:fusio:error:request-invalid`. */
  readonly type: string;
  /** Short text that is the same for each error with the code. */
  readonly title: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** Text about this error. Of an error of the server's it is the one of the error table, so that nothing leaks. */
  readonly detail: string;
  /** Path of the request. */
  readonly instance?: string;
  /** Code of the error table, or one of the application's. */
  readonly code: AnyErrorCode;
  /** Id of the request, as in `X-Request-Id` and in the log. */
  readonly requestId?: string;
  /** Faults of the request, all at once. */
  readonly errors?: readonly Issue[];
  /** Always false: Fusio's own clients look for it. */
  readonly success: false;
  /** The same as `detail`, for Fusio's own clients. */
  readonly message: string;
}

/** Header fields of a reply by name: a number becomes text, an array several fields, undefined is left out. */
export type ReplyHeaders = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Options of a `FusioError`. */
export interface FusioErrorOptions {
  /** HTTP status from 400 to 599. Default: the status of the code in the error table, else 500. */
  status?: number;
  /** Default: the title of the code in the error table, else that of the status. */
  title?: string;
  /** True: the caller sees the message. Default: true for a status below 500. */
  expose?: boolean;
  /** Faults of the request, for the member `errors` of the problem document. */
  errors?: readonly Issue[];
  /** Header fields of the answer. */
  headers?: ReplyHeaders;
  /** The error behind this one: for the log, never for the caller. */
  cause?: unknown;
  /** Further members of the problem document. */
  extra?: Readonly<Record<string, unknown>>;
}

// A message may repeat what it is about, however long that is.
const maxDetail = 4_000;

// The ESM and the CommonJS copy of fusio have different classes, so `instanceof` would fail: the symbol marks both.
const brand = Symbol.for('fusio.error');

/** An error with a code, a status and a message for the caller. Thrown in an action, it is the answer. */
export class FusioError extends Error {
  /** Code of the error table, or one of the application's. */
  readonly code: AnyErrorCode;
  /** HTTP status, from 400 to 599. */
  readonly status: number;
  /** Short text that is the same for each error with the code. */
  readonly title: string;
  /** Whether the caller sees the message. */
  readonly expose: boolean;
  /** Faults of the request, where it is one that does not fit. */
  declare readonly errors?: readonly Issue[];
  /** Header fields of the answer. */
  declare readonly headers?: ReplyHeaders;
  /** Further members of the problem document. */
  declare readonly extra?: Readonly<Record<string, unknown>>;

  constructor(code: AnyErrorCode, message?: string, options: FusioErrorOptions = {}) {
    // JavaScript callers may pass any value. An error that throws while it is made would hide its cause.
    const known = typeof code === 'string' && code !== '' ? code : 'INTERNAL_ERROR';
    const row: readonly [number, string, string] = isErrorCode(known) ? errors[known] : [500, 'Error', known];
    super(message ?? row[2], options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FusioError';
    this.code = known;
    this.status = isErrorStatus(options.status) ? options.status : row[0];
    this.title = options.title ?? (row[1] === 'Error' ? titleOf(this.status) : row[1]);
    this.expose = options.expose ?? this.status < 500;
    if (options.errors) this.errors = options.errors;
    if (options.headers) this.headers = options.headers;
    if (options.extra) this.extra = options.extra;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Makes the problem document for the caller. `detail` is the message only if `expose` is true, up to 4,000 characters. */
  toProblem(): Problem {
    const text = this.expose ? this.message : tableMessage(this.code, this.status);
    const detail = text.length > maxDetail ? `${text.slice(0, maxDetail)}…` : text;
    return {
      ...this.extra,
      type: `urn:fusio:error:${this.code.toLowerCase().replaceAll('_', '-')}`,
      title: this.title,
      status: this.status,
      detail,
      code: this.code,
      ...(this.errors && { errors: this.errors }),
      success: false,
      message: detail,
    };
  }
}

/** Tells whether an error is a `FusioError`, of either copy of fusio (ESM or CommonJS). */
export function isFusioError(error: unknown): error is FusioError {
  try {
    return (
      typeof error === 'object' &&
      error !== null &&
      brand in error &&
      'toProblem' in error &&
      typeof error.toProblem === 'function'
    );
  } catch {
    // `in` may throw: the error may be a proxy.
    return false;
  }
}

/** Tells an error for the developer, which says nothing to a caller; an app may use its code with a status of its own. */
export function isMistake({ code, status }: FusioError): boolean {
  return status === 500 && Object.hasOwn(mistakes, code);
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errors, code);
}

/** Tells a status that an error may have: a whole number from 400 to 599. */
export function isErrorStatus(status: unknown): status is number {
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599;
}

/** Ends the action with an error: `const todo = rows[0] ?? fail(404, 'No todo 12')`. */
export function fail(
  status: number,
  message?: string,
  options: Omit<FusioErrorOptions, 'status'> & { code?: AnyErrorCode } = {},
): never {
  const { code, ...rest } = options;
  if (!isErrorStatus(status)) {
    throw new FusioError('INTERNAL_ERROR', `fail() takes a status from 400 to 599, got ${String(status)}`);
  }
  throw new FusioError(code ?? codeOf(status), message, { ...rest, status });
}

/** The code for an error that has only a status: 404 is `NOT_FOUND`, 418 is `HTTP_418`. */
export function codeOf(status: number): string {
  return codesByStatus[status] ?? `HTTP_${status}`;
}

const codesByStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  402: 'PAYMENT_REQUIRED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  409: 'CONFLICT',
  410: 'GONE',
  412: 'PRECONDITION_FAILED',
  413: 'BODY_TOO_LARGE',
  415: 'MEDIA_TYPE_UNSUPPORTED',
  422: 'UNPROCESSABLE',
  423: 'LOCKED',
  428: 'PRECONDITION_REQUIRED',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_ERROR',
  501: 'NOT_IMPLEMENTED',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
};

function titleOf(status: number): string {
  const code = codesByStatus[status];
  if (code) return errors[code][1];
  return status < 500 ? 'Request failed' : 'Internal error';
}

function tableMessage(code: string, status: number): string {
  if (isErrorCode(code)) return errors[code][2];
  const known = codesByStatus[status];
  return known ? errors[known][2] : errors.INTERNAL_ERROR[2];
}
