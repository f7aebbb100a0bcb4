import type { IncomingHttpHeaders } from 'node:http';
import { addAbortSignal, Readable } from 'node:stream';
import type { HttpExchange } from '../../action/context.js';
import { fromWeb } from '../../base/streams.js';
import type { Answer } from '../answer/headers.js';
import type { BodySource } from '../body/read.js';
import { toResponse } from '../send/web.js';
import { type ClientIp, type Ended, fieldOf, type HttpRequest } from './request.js';

/** A web-standard request. Its answer resolves the promise that `fetch` returned. */
export class WebRequest implements HttpRequest {
  readonly source = 'http';
  readonly form = 'wire';
  readonly run = undefined;
  readonly headers: IncomingHttpHeaders;
  /** The path with the query; the whole URL where it is none of HTTP. */
  readonly url: string;
  readonly fullPath: string;
  readonly response = undefined;
  rawBody: Buffer | undefined = undefined;
  isUnsent = false;
  /** True once the reader cancelled the body of the answer. */
  private isCancelled = false;
  private readonly leavers = new Set<() => void>();

  constructor(
    readonly raw: globalThis.Request,
    readonly resolve: (response: Response) => void,
    readonly reject: (error: unknown) => void,
    readonly clientIp: ClientIp | undefined,
  ) {
    const { protocol, pathname, search } = new URL(raw.url);
    this.fullPath = pathname;
    this.url = protocol === 'http:' || protocol === 'https:' ? pathname + search : raw.url;
    this.headers = Object.fromEntries(raw.headers);
  }

  get method(): string {
    return this.raw.method;
  }

  get ip(): string | undefined {
    const { clientIp, headers, raw } = this;
    return clientIp?.({ headers, socket: undefined, raw });
  }

  header(name: string): string | undefined {
    return fieldOf(this.headers, name);
  }

  get isGone(): boolean {
    return this.isCancelled || this.raw.signal.aborted;
  }

  get http(): HttpExchange {
    return { req: this.raw, res: undefined, rawBody: this.rawBody };
  }

  body(): BodySource {
    const { raw } = this;
    if (!raw.body) return { headers: this.headers, stream: Readable.from([]), parsed: undefined };
    const headers = { ...this.headers };
    // A web request says only that it has a body, not how long it is.
    if (headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked';
    // The signal may abort it while nothing reads it, or no more: `fromWeb` listens to its errors.
    const stream = addAbortSignal(raw.signal, fromWeb(raw.body));
    return { headers, stream, parsed: undefined };
  }

  onGone(listener: () => void): () => void {
    const { leavers } = this;
    const { signal } = this.raw;
    if (this.isGone) listener();
    signal.addEventListener('abort', listener, { once: true });
    leavers.add(listener);
    return () => {
      signal.removeEventListener('abort', listener);
      leavers.delete(listener);
    };
  }

  /** The reader of the answer cancelled its body: the same as a client that closed its connection. */
  private leave(): void {
    this.isCancelled = true;
    for (const listener of this.leavers) listener();
  }

  send(answer: Answer, _isLast: boolean, ended: Ended): void {
    this.isUnsent = this.raw.signal.aborted;
    const left = () => this.leave();
    this.resolve(toResponse(answer, this.method, left, (error) => ended(this.isGone ? undefined : error)));
  }

  abandon(error: unknown): void {
    this.reject(error);
  }
}
