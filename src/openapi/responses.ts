import { STATUS_CODES } from 'node:http';
import type { AnswerPlan } from '../operation/answers.js';
import type { Components } from './components.js';
import { type Json, pascal } from './openapi.js';
import type { Documented } from './parameters.js';
import { headerRef, problemContent, problemRef } from './problems.js';
import { binary } from './request-body.js';

/** The answers by status: what is declared, then the problems that can come before or after the action. */
export function responsesOf(operation: Documented, components: Components): Json {
  const { answers, method, options } = operation;
  const responses: Record<string, Json> = {};
  for (const [status, { plan, schema }] of answers.declared) {
    const hint = `${pascal(operation.name)}Response${status === answers.status ? '' : status}`;
    responses[status] = response(operation, status, schema, plan, components, hint);
  }
  // Without a schema an action may return nothing.
  if (options.response === undefined && answers.status === 200)
    responses[204] ??= response(operation, 204, undefined, answers.plain, components, '');
  if (options.cache?.etag === true && method === 'GET') {
    responses[304] ??= { description: 'The caller has it already.', headers: headersOf(operation, 304) };
  }
  for (const status of problemStatuses(operation)) responses[status] ??= problemRef(status);
  responses.default = problemRef('default');
  return responses;
}

/** What the schema of a status is called, for claims before anything is written. */
export function responseSchemas({ name, answers }: Documented): [schema: object, hint: string][] {
  return [...answers.declared].flatMap(([status, { schema }]): [object, string][] => {
    return typeof schema === 'object'
      ? [[schema, `${pascal(name)}Response${status === answers.status ? '' : status}`]]
      : [];
  });
}

function response(
  operation: Documented,
  status: number,
  schema: object | string | undefined,
  plan: AnswerPlan,
  components: Components,
  hint: string,
): Json {
  const text = typeof schema === 'string' && plan.kind === 'any' ? schema : undefined;
  const content = contentOf(operation, status, schema, plan, components, hint);
  return {
    description: text ?? descriptionOf(schema) ?? STATUS_CODES[status] ?? `Status ${status}`,
    headers: headersOf(operation, status),
    ...(content && { content }),
  };
}

function contentOf(
  { method }: Documented,
  status: number,
  schema: object | string | undefined,
  plan: AnswerPlan,
  components: Components,
  hint: string,
): Json | undefined {
  if (method === 'HEAD' || status === 204 || status === 205 || status === 304) return undefined;
  // An error of the operation's own may be thrown as a problem, or answered with `respond`.
  const problem = status >= 400 ? problemContent(components) : undefined;
  if (plan.kind === 'json')
    return { 'application/json': { schema: components.use(schema as object, hint) }, ...problem };
  if (plan.kind === 'events')
    return { 'text/event-stream': { schema: { type: 'string', description: 'Server-Sent Events.' } } };
  if (plan.kind === 'raw') {
    const type = plan.mediaType.replace(/\s*;.*$/, '');
    return { [type]: { schema: rawSchema(type) } };
  }
  if (problem) return problem;
  // A redirect, say: the text is all there is.
  return status >= 300 ? undefined : { 'application/json': { schema: {} } };
}

function rawSchema(type: string): Json {
  if (type === 'application/json' || type.endsWith('+json')) return {};
  return type.startsWith('text/') ? { type: 'string' } : { ...binary };
}

function descriptionOf(schema: unknown): string | undefined {
  const description = (schema as { description?: unknown } | undefined)?.description;
  return typeof description === 'string' ? description : undefined;
}

function headersOf({ options, method, public: isPublic }: Documented, status: number): Json {
  const { stability, deprecation, cache } = options;
  const isDeprecated = stability === 'deprecated' || stability === 'legacy' || deprecation !== undefined;
  return {
    'X-Request-Id': headerRef('RequestId'),
    ...(status === 401 && { 'WWW-Authenticate': headerRef('Challenge') }),
    ...(isDeprecated && { Deprecation: headerRef('Deprecation') }),
    ...(deprecation?.sunset !== undefined && { Sunset: headerRef('Sunset') }),
    ...(deprecation?.link !== undefined && { Link: headerRef('Link') }),
    ...((cache || !isPublic) && { 'Cache-Control': headerRef('CacheControl') }),
    ...(cache?.etag === true &&
      method === 'GET' &&
      (status === 200 || status === 304) && { ETag: headerRef('EntityTag') }),
  };
}

/** The problems that fusio itself may answer with, besides those that `default` stands for. */
function problemStatuses({ options, segments, public: isPublic, scopes, timeoutMs }: Documented): number[] {
  const { params, query, headers, body, consumes } = options;
  const hasBody = body !== undefined || consumes !== undefined;
  const isRead = hasBody || [params, query, headers].some(Boolean) || segments.some(({ kind }) => kind !== 'static');
  return [
    ...(isRead ? [400] : []),
    ...(isPublic ? [] : [401]),
    ...(isPublic || scopes.length === 0 ? [] : [403]),
    ...(hasBody ? [408, 413, 415] : []),
    503,
    ...(timeoutMs > 0 ? [504] : []),
  ];
}
