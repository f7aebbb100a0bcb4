import { constants } from 'node:os';
import type { OperationInfo } from '../action/handle.js';
import { codeOf, FusioError, isErrorStatus, isFusioError, isMistake, type ReplyHeaders } from '../base/errors.js';
import { functionOption, type OptionRule } from '../base/option.js';
import { hush, hushError, isPromise } from '../base/promise.js';
import { connectionFailure, upstreamAnswer, upstreamTimeout } from '../connection/failure.js';
import type { Logger } from '../log/logger.js';
import { describeError } from '../log/redact.js';
import type { Source } from '../signal/signals.js';

/** The invocation of which an error came, for `mapError`. */
export interface ErrorContext {
  /** The operation that ran; undefined for a route of the host's that `requireScope` protects. */
  readonly operation: OperationInfo | undefined;
  /** Id of the request, as in the log and in the answer. */
  readonly requestId: string;
  /** The way in which the call came: `http`, `call`, … */
  readonly source: Source;
  /** The logger of the option `logger`. */
  readonly log: Logger;
}

/** The option `mapError`: gives the error that the caller gets for one of the app's own, or undefined. It may also throw it. */
export type MapError = (error: unknown, context: ErrorContext) => FusioError | undefined;

/** The option `mapError`. Default: none. */
export const mapErrorOption: OptionRule<unknown> = functionOption('mapError');

/** Makes the error that the caller gets of anything that was thrown. Never throws; `cause` keeps the original. */
export type FailureOf = (thrown: unknown, abortReason: unknown, about: FailedInvocation) => FusioError;

/** The facts of an invocation that `mapError` is told. */
export interface FailedInvocation {
  readonly id: string;
  readonly operation: OperationInfo | undefined;
  readonly source: Source;
}

export function createFailureOf(mapError: MapError | undefined, log: Logger): FailureOf {
  return function failureOf(thrown, abortReason, about) {
    if (isFusioError(thrown)) return isSound(thrown) ? forCaller(thrown, about.source) : internal(thrown);
    // An action that gave up because its signal aborted failed for the signal's reason.
    if (isFusioError(abortReason) && isAbort(thrown)) return abortReason;
    const mapped = mapError && mappedBy(mapError, thrown, about, log);
    return mapped ? forCaller(mapped, about.source) : ownFailure(thrown);
  };
}

/** Tells whether an error is what its brand says: a subclass, or another version of fusio, may have anything behind it. */
function isSound(error: FusioError): boolean {
  hushError(error);
  try {
    const { code, status, title, message, expose }: { readonly [N in keyof FusioError]: unknown } = error;
    const isText = [code, title, message].every((one) => typeof one === 'string');
    return isText && isErrorStatus(status) && typeof expose === 'boolean';
  } catch {
    // A getter, or a proxy, that throws.
    return false;
  }
}

/** A mistake of the developer's that is found only now: a caller from outside gets the plain 500, the log everything. */
function forCaller(error: FusioError, source: Source): FusioError {
  return source !== 'call' && isMistake(error) ? internal(error) : error;
}

/** Asks the app. An app's function that breaks must not lose the request: the caller gets the plain 500. */
function mappedBy(
  mapError: MapError,
  thrown: unknown,
  { id, operation, source }: FailedInvocation,
  log: Logger,
): FusioError | undefined {
  try {
    const mapped: unknown = mapError(thrown, { operation, requestId: id, source, log });
    if (mapped === undefined || mapped === null) return undefined;
    if (isFusioError(mapped) && isSound(mapped)) return withCause(mapped, thrown);
    // An `async` function cannot be waited for here: its rejection is not left without a handler.
    hush(mapped);
    throw new TypeError(
      `mapError must return a FusioError or undefined, got ${isPromise(mapped) ? 'a promise' : typeof mapped}`,
    );
  } catch (broken) {
    // `fail(…)` in `mapError` throws, and means the same as a returned error.
    if (isFusioError(broken) && isSound(broken)) return withCause(broken, thrown);
    log.error({ requestId: id, error: describeError(broken) }, 'mapError broke');
    return internal(thrown);
  }
}

/** The log of a 500 needs the original error. A copy, because the app may keep one error for all. */
function withCause(error: FusioError, thrown: unknown): FusioError {
  if (error.cause !== undefined || Object.getPrototypeOf(error) !== FusioError.prototype) return error;
  return new FusioError(error.code, error.message, { ...error, cause: thrown });
}

function ownFailure(thrown: unknown): FusioError {
  const upstream = upstreamAnswer(thrown);
  if (upstream) {
    const text = `A service behind this one answered ${whatOf(upstream.status)}`;
    return standIn(new FusioError('BAD_GATEWAY', text, { cause: thrown, expose: false }));
  }
  if (upstreamTimeout(thrown)) return standIn(new FusioError('GATEWAY_TIMEOUT', undefined, { cause: thrown }));
  if (connectionFailure(thrown)) return standIn(new FusioError('CONNECTION_UNAVAILABLE', undefined, { cause: thrown }));
  return httpError(thrown) ?? internal(thrown);
}

/** Names the answer of a service: one of success is here because it could not be read to its end. */
function whatOf(status: number | undefined): string {
  if (status === undefined) return 'what cannot be read';
  return status < 300 ? `${status} with a body that cannot be read` : String(status);
}

function internal(cause: unknown): FusioError {
  hush(cause);
  return standIn(new FusioError('INTERNAL_ERROR', undefined, { cause }));
}

const standIns = new WeakSet<FusioError>();

/** Marks an error that was made here for another one, its cause. */
function standIn(error: FusioError): FusioError {
  standIns.add(error);
  return error;
}

/** Gives what was thrown: for an error that was made here, which has our stack and our text, its cause. */
export function originOf(error: FusioError): unknown {
  return standIns.has(error) ? error.cause : error;
}

function isAbort(thrown: unknown): boolean {
  try {
    const { name }: { name?: unknown } = Object(thrown);
    return name === 'AbortError' || name === 'CanceledError' || name === 'TimeoutError';
  } catch {
    return false;
  }
}

/** The http-errors convention: `status` or `statusCode`, `code`, and `expose` where the message is for the caller. */
function httpError(thrown: unknown): FusioError | undefined {
  try {
    if (typeof thrown !== 'object' || thrown === null) return undefined;
    const { status, statusCode, code, expose, message, headers }: Record<string, unknown> = Object(thrown);
    const number = typeof status === 'number' ? status : statusCode;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 400 || number > 599) return undefined;
    const shown = typeof expose === 'boolean' ? expose : number < 500;
    const text = typeof message === 'string' && message !== '' ? message : undefined;
    return standIn(
      new FusioError(isOwnCode(code) ? code : codeOf(number), text, {
        status: number,
        expose: shown,
        cause: thrown,
        ...(isHeaders(headers) && { headers: passedOn(headers) }),
      }),
    );
  } catch {
    // A getter of the error throws.
    return undefined;
  }
}

/** Tells a code like those of the error table from those of the operating system (`ENOENT`) and of Node (`ERR_STREAM_…`). */
function isOwnCode(code: unknown): code is string {
  return (
    typeof code === 'string' &&
    /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(code) &&
    code.length <= 64 &&
    !code.startsWith('ERR_') &&
    !Object.hasOwn(constants.errno, code)
  );
}

/** Picks the headers that concern our caller: an error may carry those of another service's answer. */
function passedOn(headers: ReplyHeaders): ReplyHeaders {
  const allowed = ['retry-after', 'www-authenticate', 'allow'];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => allowed.includes(name.toLowerCase())));
}

function isHeaders(value: unknown): value is ReplyHeaders {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((one) => typeof one === 'string' || typeof one === 'number')
  );
}
