import { Readable } from 'node:stream';
import { type Caller, type Principal, system } from '../access/caller.js';
import type { Method } from '../action/handle.js';
import { FusioError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import { callerFor } from '../pipeline/context.js';

/** A request for `fusio.inject`. */
export interface InjectOptions {
  /** Default: GET. */
  method?: Method;
  /** Path as the operations have it, without a mount path. */
  path: string;
  /** Query by name; an array gives a name several times, undefined leaves it out. */
  query?: Readonly<Record<string, unknown>>;
  /** Header fields by name. */
  headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON; texts, bytes, streams and forms as they are. Left out of a GET and a HEAD. */
  body?: unknown;
  /** The caller. Default: the hook `authenticate` is asked. */
  as?: Principal | 'system';
}

/** The response to an injected request, read to its end. */
export interface InjectResponse {
  /** HTTP status. */
  readonly status: number;
  /** Header fields, as `fetch` gives them. */
  readonly headers: Headers;
  /** The bytes of the body; none where there is no body. */
  readonly body: Uint8Array;
  /** The body as UTF-8 text. */
  text(): string;
  /** Parses the body as JSON: `json<Todo>()`. Throws a `SyntaxError` for any other text. */
  json<T = unknown>(): T;
}

/** Makes `fusio.inject`: a request without a port, read to its end. */
export function createInject(
  fetch: (request: Request, as?: Caller) => Promise<Response>,
): (options: InjectOptions) => Promise<InjectResponse> {
  return async function inject(options) {
    checkInjectOptions(options);
    const as = 'as' in options ? callerFor(options, system) : undefined;
    return injectedResponse(await fetch(injectedRequest(options), as));
  };
}

const known = Object.keys({
  method: true,
  path: true,
  query: true,
  headers: true,
  body: true,
  as: true,
} satisfies Record<keyof InjectOptions, true>);

/** A misspelled option of a test would be a request without it. */
function checkInjectOptions(options: InjectOptions): void {
  const { path }: Partial<InjectOptions> = options ?? {};
  if (typeof path !== 'string' || !path.startsWith('/')) {
    throw new FusioError('OPTIONS_INVALID', `inject: path must begin with "/", got ${String(path)}`);
  }
  const wrong = Object.keys(options).find((key) => !known.includes(key));
  if (wrong === undefined) return;
  throw new FusioError('OPTIONS_INVALID', `inject: unknown option "${wrong}"${didYouMean(wrong, known)}`);
}

/** Makes the web request that the options describe. */
function injectedRequest({ method = 'GET', path, query, headers, body }: InjectOptions): Request {
  const url = new URL(path, 'http://localhost');
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) url.searchParams.append(name, String(one));
    }
  }
  const fields = new Headers(headers);
  if (body === undefined || method === 'GET' || method === 'HEAD') return new Request(url, { method, headers: fields });
  const isSent = isBodyInit(body) || body instanceof Readable;
  if (!isSent && !fields.has('content-type')) fields.set('content-type', 'application/json');
  const content = body instanceof Readable ? Readable.toWeb(body) : isSent ? body : JSON.stringify(body);
  // `duplex` is needed for streams (Fetch, 5.3) and missing from the types.
  const init: RequestInit & { duplex: 'half' } = { method, headers: fields, body: content, duplex: 'half' };
  return new Request(url, init);
}

/** Reads a web response to its end. */
async function injectedResponse(response: Response): Promise<InjectResponse> {
  const body = new Uint8Array(await response.arrayBuffer());
  const text = () => new TextDecoder().decode(body);
  return { status: response.status, headers: response.headers, body, text, json: () => JSON.parse(text()) };
}

function isBodyInit(body: unknown): body is NonNullable<RequestInit['body']> {
  return (
    typeof body === 'string' ||
    body instanceof Uint8Array ||
    body instanceof ArrayBuffer ||
    body instanceof FormData ||
    body instanceof URLSearchParams ||
    body instanceof Blob ||
    body instanceof ReadableStream
  );
}
