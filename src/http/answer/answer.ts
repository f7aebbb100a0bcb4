// The global of this name is an accessor.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { pipeline, Readable, Transform } from 'node:stream';
import { isFile } from '../../action/file.js';
import { FusioError } from '../../base/errors.js';
import { discard } from '../../base/streams.js';
import type { Outcome } from '../../pipeline/check.js';
import type { Visit } from '../../pipeline/invocation.js';
import type { Route } from '../route.js';
import { encodeEvents } from './events.js';
import { answerFile } from './file.js';
import { type Answer, type Conditions, matches, push, replace, setDefault, withoutContent } from './headers.js';

/** Renders the outcome of an operation. A promise only where a file has to be opened first. */
export function answerOutcome(
  visit: Visit,
  route: Route,
  outcome: Outcome,
  conditions: Conditions,
): Answer | Promise<Answer> {
  const { status, kind, body } = outcome;
  const headers = headersOf(visit, route, outcome);
  if (kind === 'json' || kind === 'value') {
    // The operation's own headers are checked when it is registered, the action's may be anything.
    return answerJson(route, status, headers, body, conditions, outcome.headers === undefined);
  }
  if (kind === 'empty') {
    // RFC 9110, 8.6: no Content-Length with 204; elsewhere it says that nothing follows.
    if (status !== 204 && status !== 304) replace(headers, 'content-length', '0');
    return { status, headers, body: undefined };
  }
  if (kind === 'events') return answerEvents(visit, status, headers, body as AsyncIterable<unknown>);
  return answerRaw(visit, outcome, headers, conditions);
}

/** Renders an error as `application/problem+json` (RFC 9457). */
export function answerError(
  error: FusioError,
  requestId: string,
  instance: string | undefined,
  always: readonly string[],
): Answer {
  const members = { ...(instance !== undefined && { instance }), requestId };
  const body = problemOf(error, members);
  const headers = ['x-request-id', requestId, ...always];
  for (const [name, value] of Object.entries(error.headers ?? {})) {
    pushSafely(headers, name.toLowerCase(), typeof value === 'number' ? String(value) : value);
  }
  headers.push('content-type', 'application/problem+json', 'content-length', String(Buffer.byteLength(body)));
  // RFC 9110, 11.6.1: a 401 says how to do better.
  if (error.status === 401) setDefault(headers, 'www-authenticate', 'Bearer realm="fusio"');
  // RFC 9111, 3: an error may be kept by a cache that has its own ideas.
  setDefault(headers, 'cache-control', 'no-store');
  return { status: error.status, headers, body };
}

/** The problem document; without its further members where those cannot be written as JSON. */
function problemOf(error: FusioError, members: object): string {
  const problem = error.toProblem();
  try {
    return JSON.stringify({ ...problem, ...members });
  } catch {
    const { type, title, status, detail, code, success, message } = problem;
    return JSON.stringify({ type, title, status, detail, code, success, message, ...members });
  }
}

/** Headers of an error may come from anywhere: what would break the answer is left out. */
function pushSafely(headers: string[], name: string, value: unknown): void {
  if (ours.includes(name) || (hopByHop.includes(name) && name !== 'connection')) return;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!values.every((one) => typeof one === 'string')) return;
  try {
    validateHeaderName(name);
    for (const one of values) validateHeaderValue(name, one as string);
    push(headers, name, values as string[]);
  } catch {
    // The error itself is worth more than its header.
  }
}

function headersOf(visit: Visit, route: Route, { status, headers: own }: Outcome): string[] {
  const headers = ['x-request-id', visit.id];
  const isGood = status < 300 || status === 304;
  const fixed = isGood ? route.headers : route.always;
  if (own === undefined) {
    for (const part of fixed) headers.push(part);
    return headers;
  }
  for (const [name, value] of Object.entries(own)) {
    // How the message is framed is ours to say; only a stream's length is known to nobody else.
    const isFraming = hopByHop.includes(name.toLowerCase());
    if (!isFraming) pushChecked(headers, name.toLowerCase(), value, route);
  }
  const { length } = headers;
  // What the action said goes before what the operation says.
  for (let index = 0; index < fixed.length; index += 2) {
    if (!headers.slice(0, length).includes(fixed[index]!)) headers.push(fixed[index]!, fixed[index + 1]!);
  }
  return headers;
}

/** A name or a value that would split the answer is refused here, where it can still be told. */
function pushChecked(headers: string[], name: string, value: string | readonly string[], route: Route): void {
  try {
    validateHeaderName(name);
    for (const one of typeof value === 'string' ? [value] : value) validateHeaderValue(name, one);
  } catch (cause) {
    throw new FusioError('RESULT_INVALID', `operation "${route.name}": the header "${name}" cannot be sent`, { cause });
  }
  push(headers, name, value);
}

function answerJson(
  route: Route,
  status: number,
  headers: string[],
  value: unknown,
  conditions: Conditions,
  isChecked: boolean,
): Answer {
  const body = jsonOf(value, route);
  setDefault(headers, 'content-type', 'application/json; charset=utf-8');
  if (route.etag && status === 200) {
    const tag = `"${createHash('sha1').update(body).digest('base64url')}"`;
    setDefault(headers, 'etag', tag);
    if (matches(conditions.header('if-none-match'), tag))
      return { status: 304, headers: withoutContent(headers), body: undefined };
  }
  const bytes = Buffer.byteLength(body);
  replace(headers, 'content-length', String(bytes));
  return { status, headers, body, isSafeText: isChecked && bytes === body.length };
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
  visit: Visit,
  { status, body, mediaType }: Outcome,
  headers: string[],
  conditions: Conditions,
): Answer | Promise<Answer> {
  if (body instanceof Response) return answerResponse(visit, body, headers, conditions);
  if (isFile(body))
    return answerFile(body, status, headers, mediaType, conditions).then((answer) => held(visit, answer));
  if (typeof body === 'string') {
    setDefault(headers, 'content-type', withCharset(mediaType ?? 'text/plain'));
    replace(headers, 'content-length', String(Buffer.byteLength(body)));
    return { status, headers, body };
  }
  if (body instanceof Uint8Array) {
    setDefault(headers, 'content-type', mediaType ?? 'application/octet-stream');
    replace(headers, 'content-length', String(body.byteLength));
    return { status, headers, body };
  }
  if (body instanceof Blob) {
    setDefault(headers, 'content-type', mediaType ?? (body.type || 'application/octet-stream'));
    replace(headers, 'content-length', String(body.size));
    return held(visit, { status, headers, body: Readable.fromWeb(body.stream() as never) });
  }
  setDefault(headers, 'content-type', mediaType ?? 'application/octet-stream');
  return started(visit, status, headers, streamOf(body), conditions);
}

function answerEvents(visit: Visit, status: number, headers: string[], events: AsyncIterable<unknown>): Answer {
  setDefault(headers, 'content-type', 'text/event-stream');
  // RFC 9111, 5.2.2.6: what compresses on the way would hold events back to fill its buffer.
  replace(headers, 'cache-control', 'no-store, no-transform');
  // nginx would hold events back.
  setDefault(headers, 'x-accel-buffering', 'no');
  const body = encodeEvents(events);
  visit.stream(body, true);
  return { status, headers, body };
}

/** A web `Response` is passed on with its own status and headers. */
function answerResponse(
  visit: Visit,
  response: Response,
  headers: string[],
  conditions: Conditions,
): Answer | Promise<Answer> {
  // `fetch` has unpacked the body already, so its length is another one, and hop-by-hop fields (RFC 9110, 7.6.1) are not ours to pass on.
  const dropped = new Set([...hopByHop, 'content-encoding', 'content-length']);
  for (const name of response.headers.get('connection')?.split(',') ?? []) dropped.add(name.trim().toLowerCase());
  for (const [name, value] of response.headers) {
    if (!dropped.has(name)) replace(headers, name, value);
  }
  if (!response.body) return { status: response.status, headers, body: undefined };
  return started(visit, response.status, headers, Readable.fromWeb(response.body as never), conditions);
}

// What describes the problem document itself.
const ours = ['content-type', 'content-length', 'content-encoding', 'x-request-id'];

const hopByHop = ['connection', 'keep-alive', 'proxy-authenticate', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/** The stream belongs to the call now: it ends with its caller, and with fusio. */
function held(visit: Visit, answer: Answer): Answer {
  if (answer.body instanceof Readable) {
    visit.stream(answer.body, false);
    visit.expiresAt = 0;
  }
  return answer;
}

/** Waits until a stream has something to say, so that one that breaks at once, or never speaks, is still a clean error. */
function started(
  visit: Visit,
  status: number,
  headers: string[],
  stream: Readable,
  { method }: Conditions,
): Answer | Promise<Answer> {
  // Nobody will read it: it need not begin.
  if (method === 'HEAD') {
    discard(stream);
    return { status, headers, body: undefined };
  }
  visit.stream(stream, false);
  return new Promise((resolve, reject) => {
    function settle(): void {
      visit.expiresAt = 0;
      stream.off('readable', settle).off('end', settle).off('close', settle).off('error', fail);
      if (stream.errored) reject(stream.errored);
      else if (visit.abortReason) reject(visit.abortReason);
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
  // A stream of objects may hold what cannot be sent: `node:http` would throw where nobody catches it.
  if (body instanceof Readable) return body.readableObjectMode ? sendable(body) : body;
  if (body instanceof ReadableStream) return Readable.fromWeb(body as never);
  return Readable.from(body as AsyncIterable<unknown>);
}

function sendable(chunks: Readable): Readable {
  const checked = new Transform({
    writableObjectMode: true,
    transform(chunk: unknown, _encoding, done) {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) return done(null, chunk);
      done(new FusioError('RESULT_INVALID', `a stream of texts or bytes can be sent, this one gave ${typeof chunk}`));
    },
  });
  // Either end takes the other with it; who reads `checked` hears of errors.
  return pipeline(chunks, checked, () => {});
}

function withCharset(mediaType: string): string {
  return mediaType.startsWith('text/') && !mediaType.includes('charset') ? `${mediaType}; charset=utf-8` : mediaType;
}
