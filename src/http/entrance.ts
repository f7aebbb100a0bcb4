import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { addAbortSignal, Readable } from 'node:stream';
import { unauthenticated } from '../access/authorize.js';
import { anonymous, type Caller, callerOf } from '../access/caller.js';
import type { Awaitable } from '../action/action.js';
import type { HttpEntrance } from '../action/context.js';
import type { UploadedFile } from '../action/request.js';
import { FusioError } from '../errors.js';
import { decodeSegment } from '../operation/path.js';
import type { Entrance, Hall, RawRequest, Visit } from '../operation/visit.js';
import { isPromise } from '../proceed.js';
import { type BodySource, readBody } from './body/read.js';
import type { Conditions } from './headers.js';
import { parseQuery } from './query.js';
import type { Route } from './route.js';

/** What `authenticate` sees of the request, whichever entrance it came through. */
export interface AuthenticateRequest {
  readonly method: string;
  /** With the mount path, without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly ip: string | undefined;
  /** The host's own request: an Express `Request`, an `IncomingMessage` or a web `Request`. */
  readonly raw: unknown;
}

export type Authenticate = (request: AuthenticateRequest) => unknown;

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

/** What the HTTP entrance is given by the door. */
export interface HttpParts {
  readonly hall: Hall;
  readonly authenticate: Authenticate | undefined;
  readonly clientIp: ((request: IncomingMessage) => string | undefined) | undefined;
}

/** A call that came over HTTP. */
export class HttpCall implements Entrance {
  readonly source = 'http';
  readonly origin = 'wire';
  readonly run = undefined;
  private rawBody: Buffer | undefined = undefined;

  constructor(
    readonly parts: HttpParts,
    readonly request: HttpRequest,
    readonly route: Route,
    readonly values: readonly string[],
    readonly queryText: string,
    /** Set by `inject({ as })`: the host is not asked. */
    readonly as: Caller | undefined,
  ) {}

  get ip(): string | undefined {
    return this.request.ip;
  }

  get http(): HttpEntrance {
    return { req: this.request.raw, res: this.request.response, rawBody: this.rawBody };
  }

  identify(): Caller | Promise<Caller> {
    return this.as ?? identify(this.parts.authenticate, this.request);
  }

  read(visit: Visit): Awaitable<RawRequest> {
    const { route, request } = this;
    const params = route.params.length === 0 ? none : readParams(route, this.values);
    const query = this.queryText === '' ? {} : parseQuery(this.queryText);
    const headers = request.headers;
    const { body: plan } = route;
    if (!plan) return { params, query, headers, body: undefined };
    const keep = (bytes: Buffer) => {
      this.rawBody = bytes;
    };
    const body = readBody(request.body(), plan, visit.hall.clock, keep);
    const rest = { params, query, headers };
    if (plan.kind !== 'multipart') {
      return isPromise(body) ? body.then((value) => ({ ...rest, body: value })) : { ...rest, body };
    }
    return Promise.resolve(body as Awaitable<MultipartBody | undefined>).then((form) => {
      visit.files = form?.files;
      visit.dispose = () => form?.dispose();
      return { ...rest, body: form?.fields };
    });
  }

  onGone(listener: () => void): () => void {
    return this.request.onGone(listener);
  }
}

interface MultipartBody {
  readonly fields: unknown;
  readonly files: AsyncIterable<UploadedFile>;
  dispose(): void;
}

const none = Object.freeze({});

/** Asks the host who calls. */
export function identify(authenticate: Authenticate | undefined, request: HttpRequest): Awaitable<Caller> {
  if (!authenticate) return anonymous;
  const principal = authenticate(new Seen(request));
  return isPromise(principal) ? principal.then(callerOfAnswer) : callerOfAnswer(principal);
}

function callerOfAnswer(principal: unknown): Caller {
  if (principal === null || principal === undefined) return anonymous;
  if (principal === 'challenge') throw unauthenticated('The credential is not valid');
  return callerOf(principal);
}

/** The view of a request that the host's hook gets; the address is looked up only when it asks. */
class Seen implements AuthenticateRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: AuthenticateRequest['headers'];
  readonly raw: unknown;
  readonly #request: HttpRequest;

  constructor(request: HttpRequest) {
    this.method = request.method;
    this.path = request.fullPath;
    this.headers = request.headers;
    this.raw = request.raw;
    this.#request = request;
  }

  get ip(): string | undefined {
    return this.#request.ip;
  }
}

function readParams({ params }: Route, values: readonly string[]): Record<string, string> {
  const read: Record<string, string> = {};
  for (let index = 0; index < params.length; index++) {
    const raw = values[index]!;
    read[params[index]!] = readValue(raw);
  }
  return read;
}

// A segment `.` or `..`, however it was encoded, would walk about in whatever path or URL an action builds of it;
// control characters are never meant.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const unwelcome = /(^|[/\\])\.\.?([/\\]|$)|[\x00-\x1f\x7f]/;

function readValue(raw: string): string {
  const value = decodeSegment(raw);
  if (value === undefined || unwelcome.test(value)) throw new FusioError('PATH_INVALID');
  return value;
}

/** A request of `node:http` or Express. */
export class NodeRequest implements HttpRequest {
  constructor(
    readonly raw: IncomingMessage & { originalUrl?: string; body?: unknown; ip?: string | undefined },
    readonly response: ServerResponse,
    readonly clientIp: HttpParts['clientIp'],
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
    const { proceed } = raw as { proceed?: boolean };
    return {
      headers: raw.headers,
      stream: raw,
      parsed: raw.body,
      ...(proceed === true && { proceed: () => response.writeContinue() }),
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
