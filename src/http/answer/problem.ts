// Imported because the global `Buffer` is a getter, and slow.
import { Buffer } from 'node:buffer';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { FusioError } from '../../base/errors.js';
import { hush, isPromise } from '../../base/promise.js';
import { stringify } from '../../base/stringify.js';
import type { FormatText, ProblemContext } from './format-problem.js';
import { type Answer, hopByHop, push, setDefault } from './headers.js';

/** An error of a request, for its answer. */
export interface Refused extends ProblemContext {
  readonly requestId: string;
  /** Path of the request. */
  readonly instance: string | undefined;
  /** Header fields of every answer of the operation. */
  readonly always: readonly string[];
}

/** Renders an error as `application/problem+json` (RFC 9457), or as `formatProblem` has it. Never throws. */
export function answerError(error: FusioError, refused: Refused, format: FormatText | undefined): Answer {
  try {
    return render(error, refused, format);
  } catch {
    // The error is a class of the app's own, whose members throw.
    return render(new FusioError('INTERNAL_ERROR'), refused, format);
  }
}

function render(
  error: FusioError,
  { requestId, instance, always, operation }: Refused,
  format: FormatText | undefined,
): Answer {
  const text = problemOf(error, { ...(instance !== undefined && { instance }), requestId });
  const { mediaType, body } = format?.(text, { operation }) ?? { mediaType: 'application/problem+json', body: text };
  const headers = ['x-request-id', requestId, ...always];
  for (const [name, value] of membersOf(error.headers)) {
    pushSafely(headers, name.toLowerCase(), typeof value === 'number' ? String(value) : value);
  }
  headers.push('content-type', mediaType, 'content-length', String(Buffer.byteLength(body)));
  // RFC 9110, 11.6.1: a 401 says how to do better.
  if (error.status === 401) setDefault(headers, 'www-authenticate', 'Bearer realm="fusio"');
  // RFC 9111, 4.2.2: a cache may keep an answer that says nothing of caches.
  setDefault(headers, 'cache-control', 'no-store');
  return { status: error.status, headers, body };
}

/** Writes the problem document; the plain one where the error's own cannot be written as JSON. */
function problemOf(error: FusioError, members: object): string {
  return ownProblemOf(error, members) ?? plainProblemOf(error, members);
}

/** Undefined where the error has a `toProblem` of its own that makes no document, or a further member that is no JSON. */
function ownProblemOf(error: FusioError, members: object): string | undefined {
  try {
    const problem: unknown = error.toProblem();
    hush(problem);
    const isDocument = typeof problem === 'object' && problem !== null && 'status' in problem;
    return isDocument && !isPromise(problem) ? stringify({ ...problem, ...members }) : undefined;
  } catch {
    return undefined;
  }
}

function plainProblemOf({ code, title, status, expose, message }: FusioError, members: object): string {
  const plain = new FusioError(code, message, { status, title, expose });
  return JSON.stringify({ ...plain.toProblem(), ...members });
}

function membersOf(value: unknown): [name: string, value: unknown][] {
  try {
    return Object.entries(Object(value));
  } catch {
    return [];
  }
}

/** Adds a header of an error, which may come from anywhere: one that would break the answer is left out. */
function pushSafely(headers: string[], name: string, value: unknown): void {
  if (ofProblem.includes(name) || (hopByHop.includes(name) && name !== 'connection')) return;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  values.forEach(hush);
  if (!isTexts(values)) return;
  try {
    validateHeaderName(name);
    for (const one of values) validateHeaderValue(name, one);
    push(headers, name, values);
  } catch {
    // The error itself is worth more than its header.
  }
}

function isTexts(values: readonly unknown[]): values is readonly string[] {
  return values.every((one) => typeof one === 'string');
}

// These describe the problem document itself.
const ofProblem = ['content-type', 'content-length', 'content-encoding', 'x-request-id'];
