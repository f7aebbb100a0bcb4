import { Readable } from 'node:stream';
import { isFile } from '../action/file.js';
import { isReply, type Reply } from '../action/reply.js';
import { FusioError, type Issue } from '../base/errors.js';
import { findBigint } from '../base/find-place.js';
import { memberOf, unescapePointer } from '../base/json-pointer.js';
import { isJsonKind, kindOf } from '../base/kind.js';
import { findPromise, hush, isPromise } from '../base/promise.js';
import { discard, heed } from '../base/streams.js';
import { redact } from '../log/redact.js';
import type { AnswerBody } from '../operation/answers.js';
import { shownIssues } from '../schema/issues.js';
import type { Reader } from '../schema/schemas.js';
import { drop } from './drop.js';
import type { Invocation } from './invocation.js';
import type { Runnable } from './runnable.js';
import type { Outcome, RawResult } from './transport.js';

/** Brings a result into its JSON form, drops what is not declared and refuses what does not fit (`RESULT_INVALID`, 500). */
export function checkResult(invocation: Invocation, result: unknown): Outcome {
  try {
    return outcomeOf(invocation, result);
  } catch (error) {
    drop(result);
    throw error;
  }
}

function outcomeOf(invocation: Invocation, result: unknown): Outcome {
  const { answers } = invocation.runnable;
  if (isReply(result)) return checkReply(invocation, result);
  if (typeof result === 'object' && result !== null && !isData(result) && result instanceof Response) {
    if (result.status < 200) throw broken(invocation, 'Response.error() is no answer');
    return checkBody(invocation, answers.of(result.status), result.status, undefined, result);
  }
  const isEmpty = result === undefined && answers.plain.kind === 'any';
  return checkBody(invocation, answers.plain, isEmpty ? answers.emptyStatus : answers.status, undefined, result);
}

function checkReply(invocation: Invocation, { status, headers, body }: Reply): Outcome {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw broken(invocation, `respond() takes a status from 200 to 599, got ${status}`);
  }
  if (isPromise(body)) {
    hush(body);
    throw broken(invocation, `respond(${status}) got a promise: await it first`);
  }
  const declared = invocation.runnable.answers.of(status);
  if (!declared && body !== undefined && invocation.runnable.answers.enforced) {
    const statuses = [...invocation.runnable.answers.declared.keys()].join(', ');
    throw broken(invocation, `respond(${status}) is not among the statuses of the operation (${statuses})`);
  }
  return checkBody(invocation, declared, status, headers, body);
}

function checkBody(
  invocation: Invocation,
  declared: AnswerBody | undefined,
  status: number,
  headers: Reply['headers'] | undefined,
  body: unknown,
): Outcome {
  const isStream = isRaw(body);
  if (isStream) {
    // From here on its errors are heard: it may break at any moment before it is sent.
    heed(body);
    if (isDetached(body)) throw broken(invocation, 'the buffer is detached: it was transferred to another thread');
  }
  // RFC 9110, 15.3.5, 15.3.6 and 15.4.5: these have no content.
  if (status === 204 || status === 205 || status === 304) {
    discard(body);
    return empty(status, body instanceof Response ? headersOf(body) : headers);
  }
  switch (declared?.kind) {
    case 'json':
      if (isStream)
        throw broken(invocation, 'a stream or a buffer does not go with a response schema: declare a media type');
      return written(invocation, declared, status, headers, body);
    case 'raw':
      if (!isStream && typeof body !== 'string') {
        throw broken(
          invocation,
          `${declared.mediaType} takes a text, a buffer, a stream, a Blob or a file, got ${kindOf(body)}`,
        );
      }
      return { status, headers, kind: 'raw', body, mediaType: declared.mediaType };
    case 'events':
      if (!isAsyncIterable(body))
        throw broken(invocation, `text/event-stream takes an async iterable, got ${kindOf(body)}`);
      return { status, headers, kind: 'events', body };
    default:
      if (body === undefined) return empty(status, headers);
      if (isStream) return { status, headers, kind: 'raw', body, mediaType: undefined };
      if (isAsyncIterable(body))
        throw broken(invocation, "declare response: 'text/event-stream' to send an async iterable");
      return { status, headers, kind: 'value', body };
  }
}

function written(
  invocation: Invocation,
  { writer }: AnswerBody & { kind: 'json' },
  status: number,
  headers: Reply['headers'] | undefined,
  body: unknown,
): Outcome {
  const value = readResult(invocation, writer, body);
  if (fits(invocation, writer, value)) return { status, headers, kind: 'json', body: value };
  const promise = findPromise(body);
  if (promise !== undefined) throw broken(invocation, `${promise || 'the value'} is a promise: await it first`);
  const issues = issuesOf(invocation, writer, value);
  const { shown: found, more } = shownIssues(issues);
  const shown = found.map((issue) => withKind(issue, body, value));
  const text = shown.map(({ pointer, message }) => `${pointer || 'the value'} ${message}`).join('; ');
  const error = broken(invocation, `the result does not fit the schema of status ${status}: ${text}${more}`);
  if (invocation.runnable.answers.enforced) throw error;
  invocation.parts.recorder.log.warn(
    { operation: invocation.runnable.name, requestId: invocation.id, issues: shown },
    redact(error.message),
  );
  return { status, headers, kind: 'value', body };
}

/** A `toJSON` or a getter of the result may throw anything: that is a broken result, not an answer. */
function readResult(invocation: Invocation, writer: Reader, body: unknown): unknown {
  try {
    return writer.read(body);
  } catch (cause) {
    throw broken(invocation, 'the result cannot be read', cause);
  }
}

/** A refinement of the schema may throw, and a result may take more steps than its size allows: neither is the caller's fault. */
function fits(invocation: Invocation, writer: Reader, value: unknown): boolean {
  try {
    return writer.check(value);
  } catch (cause) {
    throw broken(invocation, 'the result cannot be checked', cause);
  }
}

function issuesOf(invocation: Invocation, writer: Reader, value: unknown): Issue[] {
  try {
    return writer.issues(value, '');
  } catch (cause) {
    throw broken(invocation, 'the result cannot be checked', cause);
  }
}

// Issues about the kind of a value. Of the others the kind is said where it is none of JSON's, as of a Date that is no `date`.
const aboutKinds = new Set(['TYPE', 'ENUM', 'CONST', 'ANY_OF', 'ONE_OF', 'NOT_ALLOWED', 'NOT_JSON']);

/** Adds what came, by its kind: a driver gives null, a Date, a bigint or a text for a decimal where none was thought of. */
function withKind(issue: Issue, body: unknown, value: unknown): Issue {
  if (issue.code === 'NOT_JSON') {
    const bigint = findBigint(body);
    if (bigint === undefined) return issue;
    return { ...issue, pointer: bigint, message: 'must not be a bigint, which JSON does not have' };
  }
  const part = partOf(body, value, issue.pointer);
  // Not there, or a place whose name was too long to be listed whole.
  if (part === undefined && issue.pointer !== '') return issue;
  const kind = kindOf(part);
  if (isJsonKind(kind) && !aboutKinds.has(issue.code)) return issue;
  return { ...issue, message: `${issue.message}, got ${kind}` };
}

/** The part of the result as the action gave it, or of its JSON form where a `toJSON` or a getter stands between. */
function partOf(body: unknown, value: unknown, pointer: string): unknown {
  let part = body;
  let form = value;
  for (const name of pointer.split('/').slice(1).map(unescapePointer)) {
    form = memberOf(form, name);
    try {
      part = memberOf(part, name) ?? form;
    } catch {
      part = form;
    }
  }
  return part;
}

function empty(status: number, headers: Reply['headers'] | undefined): Outcome {
  return { status, headers, kind: 'empty', body: undefined };
}

/** Tells a result that is sent as it is. */
function isRaw(value: unknown): value is Exclude<RawResult, string> {
  if (typeof value !== 'object' || value === null || isData(value)) return false;
  return (
    value instanceof Uint8Array ||
    value instanceof Readable ||
    value instanceof ReadableStream ||
    value instanceof Blob ||
    isFile(value) ||
    value instanceof Response ||
    ('pipe' in value && typeof value.pipe === 'function' && isAsyncIterable(value))
  );
}

/** Tells bytes whose memory was transferred away. Nothing tells it of an empty array but the attempt to use its buffer. */
function isDetached(body: unknown): boolean {
  if (!(body instanceof Uint8Array) || body.byteLength > 0) return false;
  try {
    return new Uint8Array(body.buffer).byteLength < 0;
  } catch {
    return true;
  }
}

/** Tells an object literal or a list, as nearly every result is, before the checks that are slower. */
function isData(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function headersOf(response: Response): Reply['headers'] {
  const cookies = response.headers.getSetCookie();
  return { ...Object.fromEntries(response.headers), ...(cookies.length > 0 && { 'set-cookie': cookies }) };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function titleOf({ handle, name }: Runnable): string {
  return handle ? `operation "${name}"` : name;
}

function broken(invocation: Invocation, message: string, cause?: unknown): FusioError {
  return new FusioError('RESULT_INVALID', `${titleOf(invocation.runnable)}: ${message}`, { cause });
}
