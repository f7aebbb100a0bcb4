import { Readable } from 'node:stream';
import type { Principal } from '../access/caller.js';
import type { Method } from '../action/handle.js';
import { FusioError } from '../base/errors.js';

export interface InjectOptions {
  /** Default: GET. */
  method?: Method;
  /** As the operations have it, without a mount path. */
  path: string;
  query?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON; texts, bytes, streams and forms as they are. */
  body?: unknown;
  /** Who calls, in place of the host's hook. */
  as?: Principal | 'system';
}
export interface InjectResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  text(): string;
  json<T = unknown>(): T;
}

/** The web request that the options describe. */
export function injectedRequest({ method = 'GET', path, query, headers, body }: InjectOptions): Request {
  if (typeof path !== 'string' || !path.startsWith('/')) {
    throw new FusioError('OPTIONS_INVALID', `inject: path must begin with "/", got ${String(path)}`);
  }
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
  return new Request(url, { method, headers: fields, body: content, duplex: 'half' } as RequestInit);
}

export async function injectedResponse(response: Response): Promise<InjectResponse> {
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
