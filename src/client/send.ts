import { readAnswer, readError } from './answer.js';
import { ClientError } from './client-error.js';
import { type CallInput, makeRequest, type Route, tagOf } from './request.js';

/** Options of a client for sending. */
export interface SendOptions {
  /** URL of the API with the mount path: `https://example.com/api`. In a browser, a path such as `/api` is enough. */
  baseUrl: string;
  /** Token for `Authorization: Bearer`. A function is called for every call; for an empty text the header is not sent. */
  token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Sends the requests. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch;
  /** Time limit of a call with its token and retries; of an event stream only until it begins. Default: 60,000; 0 or `Infinity`: no limit. */
  timeoutMs?: number;
  /** Number of retries after 429, 503 or a broken connection. Default: 2. */
  retries?: number;
}

/** Options of one call. */
export interface ClientCallOptions {
  /** Ends the call: it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Header fields beside those of the input and of the client. */
  headers?: Readonly<Record<string, string>>;
  /** How long the call may take, in milliseconds. Default: `timeoutMs` of the client. */
  timeoutMs?: number;
}

// RFC 9110, 9.2.2: these methods may be sent twice. A POST is sent again only if the server says that it did not run it.
const repeatable = /^(GET|HEAD|PUT|DELETE|OPTIONS)$/;
// Upper limit of the wait for one retry. For a longer Retry-After the caller gets the error, with the header.
const maxRetryAfterMs = 30_000;

/** Calls an operation. Rejects with a `ClientError` for a status that is not 2xx, and with the error of `fetch` if there is no answer. */
export async function send(
  name: string,
  route: Route,
  { baseUrl, token, fetch = globalThis.fetch, timeoutMs = 60_000, retries = 2 }: SendOptions,
  input: CallInput = {},
  options: ClientCallOptions = {},
): Promise<unknown> {
  const limit = limitOf(options.timeoutMs ?? timeoutMs, options.signal);
  let isStreaming = false;
  try {
    const credential = typeof token === 'function' ? await within(token, limit.signal) : token;
    const authorization = credential ? `Bearer ${credential}` : undefined;
    const [url, init] = makeRequest(name, route, baseUrl, input, { authorization, ...options.headers });
    const isRepeatable = repeatable.test(route.method);
    // A stream can be sent only once.
    const lastTry = tagOf(input.body) === 'ReadableStream' ? 0 : retries;

    for (let tries = 0; ; tries++) {
      let failure: unknown;
      let waitMs: number | undefined;
      try {
        const response = await fetch(url, { ...init, signal: limit.signal });
        if (response.ok) {
          const result = await readAnswer(name, response, route.method, limit.release);
          isStreaming = result.isStreaming;
          return result.value;
        }
        failure = new ClientError(response, await readError(response));
        waitMs = waitOf(response, isRepeatable, tries);
      } catch (error) {
        if (limit.signal.aborted) throw limit.signal.reason;
        if (!isRepeatable || error instanceof ClientError) throw error;
        failure = error;
        waitMs = backoff(tries);
      }
      if (tries >= lastTry || waitMs === undefined || Date.now() + waitMs > limit.endsAt) throw failure;
      await pause(waitMs, limit.signal);
    }
  } finally {
    limit.clear();
    if (!isStreaming) limit.release();
  }
}

/** Gets the token. Rejects when the signal aborts, even if the token function still waits. */
function within<Value>(ask: () => Value | Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
    Promise.resolve(ask()).then(resolve, reject);
  });
}

/** Joins the caller's signal and the time limit in one signal. `AbortSignal.any` is missing in older browsers. */
function limitOf(timeoutMs: number, signal: AbortSignal | undefined) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  const expire = () => controller.abort(new DOMException(`No answer within ${timeoutMs} ms`, 'TimeoutError'));
  const isLimited = timeoutMs > 0 && timeoutMs < Number.POSITIVE_INFINITY;
  // A timer of more than 31 bits fires at once.
  const timer = isLimited ? setTimeout(expire, Math.min(timeoutMs, 2 ** 31 - 1)) : undefined;
  return {
    signal: controller.signal,
    endsAt: isLimited ? Date.now() + timeoutMs : Number.POSITIVE_INFINITY,
    clear: () => clearTimeout(timer),
    release: () => signal?.removeEventListener('abort', abort),
  };
}

/** Gives the milliseconds before the next try; undefined for no further try. */
function waitOf({ status, headers }: Response, isRepeatable: boolean, tries: number): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const after = headers.get('retry-after');
  if (after === null) return isRepeatable ? backoff(tries) : undefined;
  // RFC 9110, 10.2.3: Retry-After may be a date, which begins with its weekday. Checked because `Date.parse` accepts "-5" too.
  const date = /^[a-z]/i.test(after) ? Date.parse(after) : Number.NaN;
  const ms = /^\d+(\.\d+)?$/.test(after) ? Number(after) * 1000 : date - Date.now();
  // Adds jitter, so that clients do not all come back at the same moment.
  return ms <= maxRetryAfterMs ? Math.max(ms, 0) + backoff(0) : undefined;
}

function backoff(tries: number): number {
  return 100 * 2 ** tries * (1 + Math.random());
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
