import { codeOf, FusioError, isFusioError, type ReplyHeaders } from '../base/errors.js';
import { connectionFailure, upstreamAnswer, upstreamTimeout } from '../connection/failure.js';

/** Makes the error that the caller gets of anything that was thrown. Never throws; `cause` keeps the original. */
export function failureOf(thrown: unknown, abortReason: unknown): FusioError {
  if (isFusioError(thrown)) return thrown;
  // An action that gave up because its signal aborted failed for the signal's reason.
  if (isFusioError(abortReason) && isAbort(thrown)) return abortReason;
  const upstream = upstreamAnswer(thrown);
  if (upstream) {
    const what = upstream.status ?? 'what cannot be read: the cause tells why';
    return new FusioError('BAD_GATEWAY', `A service behind this one answered ${what}`, {
      cause: thrown,
      expose: false,
    });
  }
  if (upstreamTimeout(thrown)) return new FusioError('GATEWAY_TIMEOUT', undefined, { cause: thrown });
  if (connectionFailure(thrown)) return new FusioError('CONNECTION_UNAVAILABLE', undefined, { cause: thrown });
  return httpError(thrown) ?? new FusioError('INTERNAL_ERROR', undefined, { cause: thrown });
}

function isAbort(thrown: unknown): boolean {
  try {
    const { name }: { name?: unknown } = Object(thrown);
    return name === 'AbortError' || name === 'CanceledError' || name === 'TimeoutError';
  } catch {
    return false;
  }
}

/** The http-errors convention: `status` or `statusCode`, and `expose` where the message is for the caller. */
function httpError(thrown: unknown): FusioError | undefined {
  try {
    if (typeof thrown !== 'object' || thrown === null) return undefined;
    const { status, statusCode, expose, message, headers }: Record<string, unknown> = Object(thrown);
    const number = typeof status === 'number' ? status : statusCode;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 400 || number > 599) return undefined;
    const shown = typeof expose === 'boolean' ? expose : number < 500;
    return new FusioError(codeOf(number), typeof message === 'string' && message !== '' ? message : undefined, {
      status: number,
      expose: shown,
      cause: thrown,
      ...(isHeaders(headers) && { headers: passedOn(headers) }),
    });
  } catch {
    // A getter of the error throws.
    return undefined;
  }
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
