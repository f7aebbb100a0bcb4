import type { IncomingHttpHeaders } from 'node:http';
import { addAbortSignal, Readable } from 'node:stream';
import type { BodySource } from '../body/read.js';
import { fieldOf, type HttpRequest } from './request.js';

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
