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

/** Tells whether an error means that the service was reached and did not answer in time (504). Never throws, for any value. */
export function upstreamTimeout(error: unknown): boolean {
  try {
    return isTimeout(error, 0);
  } catch {
    return false;
  }
}

function isTimeout(error: unknown, depth: number): boolean {
  if (!isObject(error) || isFusioError(error) || isObject(error.response)) return false;
  const { code, message, cause } = error;
  // The time of axios covers the connecting too: a system that gave up connecting says so with `syscall`.
  if (error.isAxiosError === true && (code === 'ECONNABORTED' || code === 'ETIMEDOUT')) return !isConnecting(error);
  if (typeof code === 'string' && timeouts.has(code)) return true;
  if (message === 'Query read timeout') return true; // pg, `query_timeout`
  return depth < 4 && isTimeout(cause, depth + 1);
}

function isConnecting({ syscall, cause }: Record<string, unknown>): boolean {
  return syscall === 'connect' || (isObject(cause) && cause.syscall === 'connect');
}

function isFailure(error: unknown, depth: number): boolean {
  if (!isObject(error)) return false;
  if (isFusioError(error)) return error.code === 'CONNECTION_UNAVAILABLE';
  if (error.isAxiosError === true && isObject(error.response)) return false;
  if (typeof error.code === 'string' && (codes.has(error.code) || sqlStates.test(error.code))) return true;
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
  'UND_ERR_SOCKET',
  // mysql2, and a MySQL server that refuses the connection, is full or shuts down
  'PROTOCOL_CONNECTION_LOST',
  'HANDSHAKE_NO_SSL_SUPPORT',
  'HANDSHAKE_SSL_ERROR',
  'AUTH_SWITCH_PLUGIN_ERROR',
  'ER_ACCESS_DENIED_ERROR',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_ACCOUNT_HAS_BEEN_LOCKED',
  'ER_MUST_CHANGE_PASSWORD_LOGIN',
  'ER_NOT_SUPPORTED_AUTH_MODE',
  'ER_SECURE_TRANSPORT_REQUIRED',
  'ER_HOST_IS_BLOCKED',
  'ER_HOST_NOT_PRIVILEGED',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED',
]);

// PostgreSQL: a connection exception, a refused login, no such database, too many connections, a server that starts or shuts down.
const sqlStates = /^(08[0-9A-Z]{3}|28000|28P01|3D000|53300|57P0[1235])$/;

// Messages of mysql2, MariaDB and pg that come without a code.
const messages = new RegExp(
  `^(${[
    'Pool is closed',
    "Can't add new command when connection is in closed state",
    'Queue limit reached',
    'Connection was killed',
    'Connection terminated',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Cannot use a pool after calling end on the pool',
    'The server does not support SSL connections',
    'SASL: ',
  ].join('|')})`,
);

const timeouts: ReadonlySet<string> = new Set([
  // fetch
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  // mysql2, and the time limits of MySQL, MariaDB and PostgreSQL for a statement
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_QUERY_TIMEOUT',
  'ER_STATEMENT_TIMEOUT',
  '57014',
]);

const badAnswers: ReadonlySet<string> = new Set([
  'ERR_BAD_RESPONSE',
  'ERR_FR_TOO_MANY_REDIRECTS',
  'ERR_FR_REDIRECTION_FAILURE',
]);
