import { isFusioError } from '../base/errors.js';

/** Tells whether an error means that the service cannot be reached (503, try again). Never throws, for any value. */
export function connectionFailure(error: unknown): boolean {
  try {
    return isFailure(error, 0);
  } catch {
    return false;
  }
}

/**
 * Tells whether an error means that the service answered badly (502), and gives the status of its answer:
 * an axios error for a status outside 2xx, or an answer that was too large, incomplete or not HTTP. Never throws.
 */
export function upstreamAnswer(error: unknown): { readonly status?: number } | undefined {
  try {
    if (!isObject(error) || error.isAxiosError !== true) return undefined;
    const { response, code } = error;
    if (isObject(response)) return typeof response.status === 'number' ? { status: response.status } : {};
    return typeof code === 'string' && (badAnswers.has(code) || code.startsWith('HPE_')) ? {} : undefined;
  } catch {
    return undefined;
  }
}

function isFailure(error: unknown, depth: number): boolean {
  if (!isObject(error)) return false;
  if (isFusioError(error)) return error.code === 'CONNECTION_UNAVAILABLE';
  if (error.isAxiosError === true && isObject(error.response)) return false;
  if (typeof error.code === 'string' && codes.has(error.code)) return true;
  if (error.syscall === 'connect' || error.syscall === 'getaddrinfo') return true;
  if (typeof error.message === 'string' && messages.test(error.message)) return true;
  if (depth === 4) return false;

  // A host name with several addresses fails with an AggregateError of them all; `fetch` has the error in `cause`.
  const { errors, cause } = error;
  if (Array.isArray(errors) && errors.length > 0) {
    // Spread, because `every` skips holes: an array of holes would count as a failure.
    return [...errors.slice(0, 20)].every((inner) => isFailure(inner, depth + 1));
  }
  return isFailure(cause, depth + 1);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const codes: ReadonlySet<string> = new Set([
  // Sockets and DNS
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EPIPE',
  // axios and fetch
  'ERR_NETWORK',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
  // mysql2, and a MySQL server that is full or shuts down
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED',
]);

// Messages of mysql2 errors that have no code.
const messages = /^(Pool is closed|Can't add new command when connection is in closed state|Queue limit reached)/;

const badAnswers: ReadonlySet<string> = new Set([
  'ERR_BAD_RESPONSE',
  'ERR_FR_TOO_MANY_REDIRECTS',
  'ERR_FR_REDIRECTION_FAILURE',
]);
