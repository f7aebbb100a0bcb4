// Imported because the global `Buffer` is a getter, and slow.
import { Buffer } from 'node:buffer';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { FusioError } from '../../base/errors.js';
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

/** Renders an error as `application/problem+json` (RFC 9457), or as `formatProblem` has it. */
export function answerError(
  error: FusioError,
  { requestId, instance, always, operation }: Refused,
  format: FormatText | undefined,
): Answer {
  const text = problemOf(error, { ...(instance !== undefined && { instance }), requestId });
  const { mediaType, body } = format?.(text, { operation }) ?? { mediaType: 'application/problem+json', body: text };
  const headers = ['x-request-id', requestId, ...always];
  for (const [name, value] of Object.entries(error.headers ?? {})) {
    pushSafely(headers, name.toLowerCase(), typeof value === 'number' ? String(value) : value);
  }
  headers.push('content-type', mediaType, 'content-length', String(Buffer.byteLength(body)));
  // RFC 9110, 11.6.1: a 401 says how to do better.
  if (error.status === 401) setDefault(headers, 'www-authenticate', 'Bearer realm="fusio"');
  // RFC 9111, 4.2.2: a cache may keep an answer that says nothing of caches.
  setDefault(headers, 'cache-control', 'no-store');
  return { status: error.status, headers, body };
}

/** Writes the problem document; without its further members where those cannot be written as JSON. */
function problemOf(error: FusioError, members: object): string {
  try {
    return JSON.stringify({ ...error.toProblem(), ...members });
  } catch {
    // A getter that throws, a circle or a bigint among its further members: they are left out.
    const { code, title, status, expose, message } = error;
    const plain = new FusioError(code, message, { status, title, expose });
    return JSON.stringify({ ...plain.toProblem(), ...members });
  }
}

/** Adds a header of an error, which may come from anywhere: one that would break the answer is left out. */
function pushSafely(headers: string[], name: string, value: unknown): void {
  if (ofProblem.includes(name) || (hopByHop.includes(name) && name !== 'connection')) return;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
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
