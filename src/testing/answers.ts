import type { IncomingMessage, ServerResponse } from 'node:http';
import { findPart } from '../base/json-pointer.js';
import type { AnyFusio } from '../fusio/fusio.js';
import { createFusio, type OpenApiDocument } from '../index.js';

/** Answer as a caller got it. */
export interface Exchange {
  /** HTTP method, in upper case. */
  readonly method: string;
  /** Path without the mount path and the query. */
  readonly path: string;
  /** HTTP status. */
  readonly status: number;
  /** The field `Content-Type` of the answer. */
  readonly contentType: string | undefined;
  /** The body as text; empty where there is none. */
  readonly body: string;
}

type Json = Record<string, any>;

/**
 * Lists the points in which an answer is not as an OpenAPI document promises: a path, a status, a media type, a body that breaks its schema.
 * Empty where the answer agrees with the document. For any client's test: `checkAnswer(fusio.openapi(), { … })`.
 */
export function checkAnswer(document: OpenApiDocument, exchange: Exchange): string[] {
  const { method, path, status, contentType, body } = exchange;
  const where = `${method} ${path}: ${status}`;
  const operation = findOperation(document, method, path);
  if (!operation) {
    // Answers about a path as a whole stand in no document.
    const isNoPath = status === 400 && body.includes('"PATH_INVALID"');
    const isOfThePath = status === 404 || status === 405 || isNoPath || method === 'OPTIONS';
    return isOfThePath ? [] : [`${where}: there is no such operation in the document`];
  }
  const response = followReference(document, operation.responses[String(status)] ?? operation.responses.default);
  if (!response) return [`${where}: the document has no such status`];
  if (body === '' || method === 'HEAD') return [];
  const essence = contentType?.split(';')[0]?.trim() ?? '';
  const content: Json = response.content ?? {};
  const media = content[essence] ?? content['*/*'];
  if (!media)
    return [
      `${where}: the document has ${Object.keys(content).join(', ') || 'no content'} for it, not ${essence || 'untyped content'}`,
    ];
  if (!media.schema || !essence.includes('json')) return [];
  return checkBody(document, media.schema, body).map((problem) => `${where}: the body ${problem}`);
}

/** Checks a body as fusio checks results: a schema of the document is the response of an operation, which is never run. */
function checkBody(document: OpenApiDocument, schema: object, body: string): string[] {
  const fusio = createFusio({ logger: false, telemetry: false });
  for (const [name, component] of Object.entries(document.components?.schemas ?? {}))
    if (typeof component === 'object' && component !== null) fusio.schema(name, component);
  fusio.operation({ name: 'answer', method: 'GET', path: '/answer', response: schema, action: () => undefined });
  const value: unknown = JSON.parse(body);
  const issues = fusio.operations().flatMap((operation) => operation.checkResponse(200, value));
  return issues.map(({ pointer, message }) => `${pointer} ${message}`.trim());
}

function findOperation(document: OpenApiDocument, method: string, path: string): Json | undefined {
  const name = (method === 'HEAD' ? 'GET' : method).toLowerCase();
  const matches = Object.entries(document.paths).filter(
    ([template, item]) => name in item && patternOf(template).test(path),
  );
  // The most specific template, as the router would have it: the one with the fewest parameters.
  matches.sort(([a], [b]) => a.split('{').length - b.split('{').length);
  const operation = matches[0]?.[1][name];
  return isJson(operation) ? operation : undefined;
}

function patternOf(template: string): RegExp {
  const parts = template
    .split(/(\{[^}]+\})/)
    .map((part) => (part.startsWith('{') ? '.+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('')}$`);
}

function followReference(document: OpenApiDocument, node: Json | undefined): Json | undefined {
  if (typeof node?.$ref !== 'string') return node;
  const found = findPart(document, node.$ref);
  return isJson(found) ? found : undefined;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Watches every answer of a fusio, over `router`, `handler`, `fetch` and `inject`, and reports those that its own document does not
 * promise. Call it before these are used; it returns the same fusio, watched.
 */
export function watchAnswers<F extends AnyFusio>(fusio: F, report: (problem: string) => void): F {
  function check(exchange: Exchange): void {
    const document = isHidden(fusio, exchange.path) ? undefined : documentOf(fusio);
    for (const problem of document ? checkAnswer(document, exchange) : []) report(problem);
  }

  function watchResponse(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/' } = request;
    const path = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '') || '/';
    const inside = insideOf(response);
    const { _send } = inside;
    // Every answer goes through this one. To patch `end` or `writeHead` would make fusio send another way than it does unwatched.
    inside._send = function watchedSend(this: ServerResponse & Inside, ...given: unknown[]) {
      inside._send = _send;
      const sent = Reflect.apply(_send, this, given);
      const [head = '', ...whole] = (this._header ?? '').split('\r\n\r\n');
      const contentType = this.getHeader('content-type') ?? /^content-type: (.*)$/im.exec(head)?.[1]?.trim();
      check({
        method,
        path,
        status: this.statusCode,
        contentType: contentType === undefined ? undefined : String(contentType),
        // A stream sends its head first, alone: then this is empty, and status and media type are what is checked.
        body: whole.join('\r\n\r\n') + (typeof given[0] === 'string' ? given[0] : ''),
      });
      return sent;
    };
  }

  const { router, handler, fetch, inject } = fusio;
  return Object.assign(fusio, {
    router(request: Parameters<typeof router>[0], response: Parameters<typeof router>[1], next: () => void) {
      let isOurs = true;
      const { _send } = insideOf(response);
      watchResponse(request, response);
      return router(request, response, () => {
        if (isOurs) insideOf(response)._send = _send;
        isOurs = false;
        next();
      });
    },
    handler(request: IncomingMessage, response: ServerResponse) {
      watchResponse(request, response);
      handler(request, response);
    },
    async fetch(request: globalThis.Request) {
      const answer = await fetch(request);
      const type = answer.headers.get('content-type') ?? undefined;
      const body = type?.includes('json') ? await answer.clone().text() : '';
      check({
        method: request.method,
        path: new URL(request.url).pathname,
        status: answer.status,
        contentType: type,
        body,
      });
      return answer;
    },
    async inject(options: Parameters<typeof inject>[0]) {
      const answer = await inject(options);
      const type = answer.headers.get('content-type') ?? undefined;
      const path = new URL(options.path, 'http://localhost').pathname;
      check({ method: options.method ?? 'GET', path, status: answer.status, contentType: type, body: answer.text() });
      return answer;
    },
  });
}

/** Writes the document; undefined where that fails because of a schema, which is not the answer's fault. */
function documentOf(fusio: AnyFusio): OpenApiDocument | undefined {
  try {
    return fusio.openapi();
  } catch {
    return undefined;
  }
}

/** Tells whether a path is of an operation that the document leaves out on purpose. */
function isHidden(fusio: AnyFusio, path: string): boolean {
  return fusio.operations().some(({ options, path: own }) => {
    if (options.expose?.openapi !== false && options.active !== false) return false;
    return patternOf(own.replace(/\/(:|\*|\$)[^/]+/g, '/{}')).test(path);
  });
}

/** Members of Node's responses that its types do not declare. */
interface Inside {
  readonly _header: string | null;
  _send(...given: unknown[]): unknown;
}

function insideOf(response: ServerResponse): Inside {
  // Node has them in all versions that fusio runs on; a test would fail otherwise.
  return response as unknown as Inside;
}
