import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { HttpExchange } from '../../action/context.js';
import { pathOf } from '../../base/request-target.js';
import type { Answer } from '../answer/headers.js';
import type { BodySource } from '../body/read.js';
import { sendNode } from '../send/node.js';
import { type ClientIp, type Ended, fieldOf, type HttpRequest } from './request.js';

/** A request of `node:http` or Express. */
export class NodeRequest implements HttpRequest {
  readonly source = 'http';
  readonly form = 'wire';
  readonly run = undefined;
  rawBody: Buffer | undefined = undefined;
  private knownIp: string | undefined = undefined;

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
    return pathOf(this.raw.originalUrl ?? this.raw.url ?? '/');
  }

  get headers(): IncomingHttpHeaders {
    return this.raw.headers;
  }

  header(name: string): string | undefined {
    return fieldOf(this.headers, name);
  }

  get ip(): string | undefined {
    return this.knownIp ?? this.findIp();
  }

  get isUnsent(): boolean {
    return this.response.closed && !this.response.headersSent;
  }

  get isGone(): boolean {
    return this.response.destroyed;
  }

  get http(): HttpExchange {
    return { req: this.raw, res: this.response, rawBody: this.rawBody };
  }

  body(): BodySource {
    const { raw, response } = this;
    function proceed(): void {
      raw.proceed = false;
      response.writeContinue();
    }
    return {
      headers: raw.headers,
      stream: raw,
      parsed: raw.body,
      proceed: raw.proceed === true ? proceed : undefined,
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

  send(answer: Answer, isLast: boolean, ended: Ended): void {
    // The socket forgets its address when the client goes away, and the record of a stream comes after that.
    if (answer.body instanceof Readable) this.knownIp = this.ip;
    sendNode(this.raw, this.response, answer, isLast, ended);
  }

  abandon(): void {
    this.response.destroy();
  }

  private findIp(): string | undefined {
    const { clientIp, raw } = this;
    if (clientIp) return clientIp(raw);
    try {
      // `req.ip` of Express follows the host's "trust proxy", which may be a function that throws.
      return raw.ip ?? raw.socket.remoteAddress;
    } catch {
      return raw.socket.remoteAddress;
    }
  }
}
