import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { addAbortSignal, Readable } from 'node:stream';
import type { BodySource } from './body/read.js';
import type { Conditions } from './headers.js';

/** Finds the caller's address, where the host knows better. */
export type ClientIp = (request: IncomingMessage) => string | undefined;

/** An HTTP request of either kind, as far as the entrance needs it. */
export interface HttpRequest extends Conditions {
  /** With the mount path, without the query. */
  readonly fullPath: string;
  /** As the operations have it. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly ip: string | undefined;
  readonly raw: IncomingMessage | globalThis.Request;
  readonly response: ServerResponse | undefined;
  body(): BodySource;
  onGone(listener: () => void): () => void;
}

/** A request of `node:http` or Express. */
export class NodeRequest implements HttpRequest {
  constructor(
    readonly raw: IncomingMessage & {
      originalUrl?: string;
      body?: unknown;
      ip?: string | undefined;
      proceed?: boolean;
    },
    readonly response: ServerResponse,
    readonly clientIp: ClientIp | undefined,
  ) {}

  get method(): string {
    return this.raw.method ?? 'GET';
  }

  get fullPath(): string {
    return withoutQuery(this.raw.originalUrl ?? this.raw.url ?? '/');
  }

  get path(): string {
    return withoutQuery(this.raw.url ?? '/');
  }

  get headers(): IncomingHttpHeaders {
    return this.raw.headers;
  }

  header(name: string): string | undefined {
    return fieldOf(this.headers, name);
  }

  get ip(): string | undefined {
    // `req.ip` of Express follows the host's "trust proxy".
    return this.clientIp ? this.clientIp(this.raw) : (this.raw.ip ?? this.raw.socket.remoteAddress);
  }

  body(): BodySource {
    const { raw, response } = this;
    return {
      headers: raw.headers,
      stream: raw,
      parsed: raw.body,
      proceed: raw.proceed === true ? () => response.writeContinue() : undefined,
    };
  }

  onGone(listener: () => void): () => void {
    const { response } = this;
    function onClose(): void {
      if (!response.writableFinished) listener();
    }
    if (response.closed) {
      onClose();
      return () => {};
    }
    response.on('close', onClose);
    return () => response.off('close', onClose);
  }
}

function withoutQuery(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** A web-standard request. */
export class WebRequest implements HttpRequest {
  readonly headers: IncomingHttpHeaders;
  readonly response = undefined;
  readonly ip = undefined;

  constructor(
    readonly raw: globalThis.Request,
    readonly fullPath: string,
  ) {
    this.headers = Object.fromEntries(raw.headers) as IncomingHttpHeaders;
  }

  get method(): string {
    return this.raw.method;
  }

  get path(): string {
    return this.fullPath;
  }

  header(name: string): string | undefined {
    return fieldOf(this.headers, name);
  }

  body(): BodySource {
    const { raw } = this;
    if (!raw.body) return { headers: this.headers, stream: Readable.from([]), parsed: undefined };
    const headers = { ...this.headers };
    // A web request says only that it has a body, not how long it is.
    if (headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked';
    const stream = addAbortSignal(raw.signal, Readable.fromWeb(raw.body as never));
    return { headers, stream, parsed: undefined };
  }

  onGone(listener: () => void): () => void {
    const { signal } = this.raw;
    if (signal.aborted) listener();
    signal.addEventListener('abort', listener, { once: true });
    return () => signal.removeEventListener('abort', listener);
  }
}

/** A field that may come once only; several are none. */
function fieldOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
