import { validateHeaderName, validateHeaderValue } from 'node:http';
import { FusioError } from '../../base/errors.js';
import { isPromise } from '../../base/promise.js';
import type { Outcome, Transported } from '../../pipeline/transport.js';
import type { Route } from '../route.js';
import { encodeEvents } from './events.js';
import { type Answer, type Conditions, eachHeader, hopByHop, push, replace, setDefault } from './headers.js';
import { answerJson } from './json.js';
import { answerRaw } from './raw.js';
import { started } from './started.js';

/** Renders the outcome of an operation. A promise only where a file has to be opened or a first byte waited for. */
export function answerOutcome(
  invocation: Transported,
  route: Route,
  outcome: Outcome,
  conditions: Conditions,
): Answer | Promise<Answer> {
  const answer = render(invocation, route, outcome, conditions);
  if (route.operation.public) return answer;
  return isPromise(answer) ? answer.then(keptPrivate) : keptPrivate(answer);
}

/** RFC 9111, 3.5 protects answers to `Authorization` only: of a private operation a shared cache keeps none, unless it says so. */
function keptPrivate(answer: Answer): Answer {
  const { headers } = answer;
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index] !== 'cache-control') continue;
    const value = headers[index + 1] ?? '';
    if (/\b(public|private|no-store|s-maxage)\b/i.test(value)) return answer;
    const told = value === '' ? 'private' : `private, ${value}`;
    return { ...answer, headers: [...headers.slice(0, index + 1), told, ...headers.slice(index + 2)] };
  }
  return { ...answer, headers: [...headers, 'cache-control', 'no-store'] };
}

function render(
  invocation: Transported,
  route: Route,
  outcome: Outcome,
  conditions: Conditions,
): Answer | Promise<Answer> {
  const { status, kind, body } = outcome;
  const headers = headersOf(invocation.id, route, outcome);
  if (kind === 'json' || kind === 'value') {
    return answerJson(route, status, headers, body, kind === 'json', conditions);
  }
  if (kind === 'empty') {
    // RFC 9110, 8.6: no Content-Length with 204; elsewhere it says that nothing follows.
    if (status !== 204 && status !== 304) replace(headers, 'content-length', '0');
    return { status, headers, body: undefined };
  }
  if (kind === 'events') return answerEvents(invocation, status, headers, body, conditions);
  return answerRaw(invocation, outcome, headers, conditions);
}

function headersOf(requestId: string, route: Route, { status, headers: own }: Outcome): string[] {
  const headers = ['x-request-id', requestId];
  const isGood = status < 300 || status === 304;
  const fixed = isGood ? route.headers : route.always;
  if (own === undefined) {
    for (const part of fixed) headers.push(part);
    return headers;
  }
  for (const [name, value] of Object.entries(own)) {
    // Its length is not among them: only the action knows that of a stream.
    const isFraming = hopByHop.includes(name.toLowerCase());
    if (!isFraming) pushChecked(headers, name.toLowerCase(), value, route);
  }
  // A header of the action goes before the operation's own.
  const given = new Set<string>();
  eachHeader(headers, (name) => given.add(name));
  eachHeader(fixed, (name, value) => {
    if (!given.has(name)) headers.push(name, value);
  });
  return headers;
}

/** Adds a header of the action. Refuses one that would split the answer, while an error can still be sent. */
function pushChecked(headers: string[], name: string, value: string | readonly string[], route: Route): void {
  try {
    validateHeaderName(name);
    for (const one of typeof value === 'string' ? [value] : value) validateHeaderValue(name, one);
  } catch (cause) {
    throw new FusioError('RESULT_INVALID', `operation "${route.name}": the header "${name}" cannot be sent`, { cause });
  }
  push(headers, name, value);
}

function answerEvents(
  invocation: Transported,
  status: number,
  headers: string[],
  events: AsyncIterable<unknown>,
  conditions: Conditions,
): Answer | Promise<Answer> {
  setDefault(headers, 'content-type', 'text/event-stream');
  // RFC 9111, 5.2.2.6: a proxy that compresses would hold events back to fill its buffer.
  replace(headers, 'cache-control', 'no-store, no-transform');
  // nginx would hold events back.
  setDefault(headers, 'x-accel-buffering', 'no');
  return started(invocation, status, headers, encodeEvents(events), conditions, true);
}
