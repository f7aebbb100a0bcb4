import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { FileBody } from '../action/file.js';
import { FusioError } from '../errors.js';
import type { Outcome } from '../operation/check.js';
import type { Visit } from '../operation/visit.js';
import { proceed } from '../proceed.js';
import { encodeEvents } from './events.js';
import { answerFile } from './file.js';
import { type Answer, type Conditions, matches, push, replace, setDefault, withoutContent } from './headers.js';
import type { Route } from './route.js';

/** Renders the outcome of an operation. A promise only where a file has to be opened first. */
export function answerOutcome(
  visit: Visit,
  route: Route,
  outcome: Outcome,
  conditions: Conditions,
): Answer | Promise<Answer> {
  const { status, kind, body } = outcome;
  const headers = headersOf(visit, route, outcome);
  if (kind === 'json') return answerJson(route, status, headers, body, conditions);
  if (kind === 'empty') {
    // RFC 9110, 8.6: no Content-Length with 204; elsewhere it says that nothing follows.
    if (status !== 204 && status !== 304) headers.push('content-length', '0');
    return { status, headers, body: undefined };
  }
  if (kind === 'events') return answerEvents(visit, status, headers, body as AsyncIterable<unknown>);
  const answer = answerRaw(outcome, headers, conditions);
  return proceed(visit, answer, holdStream);
}

function holdStream(visit: Visit, answer: Answer): Answer {
  if (answer.body instanceof Readable) visit.stream(answer.body, false);
  return answer;
}

/** Renders an error as `application/problem+json` (RFC 9457). */
export function answerError(error: FusioError, requestId: string, instance: string | undefined): Answer {
  const problem = { ...error.toProblem(), ...(instance !== undefined && { instance }), requestId };
  const body = JSON.stringify(problem);
  const headers = [
    'content-type',
    'application/problem+json',
    'content-length',
    String(Buffer.byteLength(body)),
    'x-request-id',
    requestId,
  ];
  for (const [name, value] of Object.entries(error.headers ?? {})) {
    if (value !== undefined) push(headers, name, typeof value === 'number' ? String(value) : value);
  }
  // RFC 9111, 3: an error may be kept by a cache that has its own ideas.
  setDefault(headers, 'cache-control', 'no-store');
  return { status: error.status, headers, body };
}

function headersOf(visit: Visit, route: Route, outcome: Outcome): string[] {
  const headers = ['x-request-id', visit.id];
  const own = outcome.headers;
  if (own === undefined || own === emptyHeaders) {
    for (const part of route.headers) headers.push(part);
    return headers;
  }
  const names = new Set<string>();
  for (const [name, value] of Object.entries(own)) {
    names.add(name.toLowerCase());
    push(headers, name.toLowerCase(), value);
  }
  // What the action said goes before what the operation says.
  for (let index = 0; index < route.headers.length; index += 2) {
    if (!names.has(route.headers[index]!)) headers.push(route.headers[index]!, route.headers[index + 1]!);
  }
  return headers;
}

const emptyHeaders = Object.freeze({});

function answerJson(route: Route, status: number, headers: string[], value: unknown, conditions: Conditions): Answer {
  const body = jsonOf(value, route);
  setDefault(headers, 'content-type', 'application/json; charset=utf-8');
  if (route.etag && status === 200) {
    const tag = `"${createHash('sha1').update(body).digest('base64url')}"`;
    setDefault(headers, 'etag', tag);
    if (matches(conditions.header('if-none-match'), tag))
      return { status: 304, headers: withoutContent(headers), body: undefined };
  }
  const bytes = Buffer.byteLength(body);
  headers.push('content-length', String(bytes));
  return { status, headers, body, encoding: bytes === body.length ? 'latin1' : 'utf8' };
}

function jsonOf(value: unknown, { name }: Route): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (cause) {
    throw new FusioError(
      'RESULT_INVALID',
      `operation "${name}": the result cannot be written as JSON (a circle, or a bigint)`,
      { cause },
    );
  }
}

function answerRaw(
  { status, body, mediaType }: Outcome,
  headers: string[],
  conditions: Conditions,
): Answer | Promise<Answer> {
  if (body instanceof Response) return answerResponse(body, headers);
  if (body instanceof FileBody) return answerFile(body, status, headers, mediaType, conditions);
  if (typeof body === 'string') {
    setDefault(headers, 'content-type', withCharset(mediaType ?? 'text/plain'));
    headers.push('content-length', String(Buffer.byteLength(body)));
    return { status, headers, body };
  }
  if (body instanceof Uint8Array) {
    setDefault(headers, 'content-type', mediaType ?? 'application/octet-stream');
    headers.push('content-length', String(body.byteLength));
    return { status, headers, body };
  }
  if (body instanceof Blob) {
    setDefault(headers, 'content-type', mediaType ?? (body.type || 'application/octet-stream'));
    headers.push('content-length', String(body.size));
    return { status, headers, body: Readable.fromWeb(body.stream() as never) };
  }
  setDefault(headers, 'content-type', mediaType ?? 'application/octet-stream');
  return started(status, headers, streamOf(body));
}

function answerEvents(visit: Visit, status: number, headers: string[], events: AsyncIterable<unknown>): Answer {
  setDefault(headers, 'content-type', 'text/event-stream');
  setDefault(headers, 'cache-control', 'no-store');
  // nginx would hold events back.
  setDefault(headers, 'x-accel-buffering', 'no');
  const body = encodeEvents(events);
  visit.stream(body, true);
  return { status, headers, body };
}

/** A web `Response` is passed on with its own status and headers. */
function answerResponse(response: Response, headers: string[]): Answer | Promise<Answer> {
  // `fetch` has unpacked the body already, and hop-by-hop fields (RFC 9110, 7.6.1) are not ours to pass on.
  const dropped = new Set(hopByHop);
  if (response.headers.has('content-encoding')) dropped.add('content-encoding').add('content-length');
  for (const [name, value] of response.headers) {
    if (!dropped.has(name)) replace(headers, name, value);
  }
  if (!response.body) return { status: response.status, headers, body: undefined };
  return started(response.status, headers, Readable.fromWeb(response.body as never));
}

const hopByHop = ['connection', 'keep-alive', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/** Waits until a stream has something to say, so that one that breaks at once is still a clean error. */
function started(status: number, headers: string[], stream: Readable): Promise<Answer> {
  return new Promise((resolve, reject) => {
    function settle(): void {
      stream.off('readable', settle).off('end', settle).off('close', settle).off('error', fail);
      if (stream.errored) reject(stream.errored);
      else resolve({ status, headers, body: stream });
    }
    function fail(error: Error): void {
      stream.off('readable', settle).off('end', settle).off('close', settle).off('error', fail);
      reject(error);
    }
    if (stream.readableEnded || stream.destroyed || stream.readableLength > 0) return settle();
    stream.on('readable', settle).on('end', settle).on('close', settle).on('error', fail);
  });
}

function streamOf(body: unknown): Readable {
  if (body instanceof Readable) return body;
  if (body instanceof ReadableStream) return Readable.fromWeb(body as never);
  return Readable.from(body as AsyncIterable<unknown>);
}

function withCharset(mediaType: string): string {
  return mediaType.startsWith('text/') && !mediaType.includes('charset') ? `${mediaType}; charset=utf-8` : mediaType;
}
