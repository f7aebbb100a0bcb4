import { STATUS_CODES } from 'node:http';
import type { AnswerBody, DeclaredAnswer } from '../operation/answers.js';
import type { HeaderDescription, ResponseDescription } from '../operation/description.js';
import { isNode } from '../schema/keywords.js';
import type { Documented } from './documented.js';
import { type Json, pascal } from './openapi.js';
import { headerRef, type ProblemContent, type ProblemStatus, problemRef } from './problems.js';
import { binary } from './request-body.js';
import type { SchemaWriter } from './schema-writer.js';

/** Writes the answers by status: those that are declared, then the problems that can come before or after the action. */
export function responsesOf(operation: Documented, writer: SchemaWriter, problemContent: ProblemContent): Json {
  const { answers, method, options } = operation;
  const responses: Record<string, Json> = {};
  const write = (status: number, declared: DeclaredAnswer, hint: string): Json => {
    const text = typeof declared.schema === 'string' && declared.body.kind === 'any' ? declared.schema : undefined;
    // An error of the operation's own may be thrown as a problem, or answered with `respond`.
    const problem = !hasBody(method, status) || status < 400 ? undefined : problemContent();
    const own: ResponseDescription = options.openapi?.responses?.[status] ?? {};
    const further = own.content && ownContent(own.content, writer, hint);
    // An operation that declares nothing of its result is described by `openapi` alone.
    const declaredContent =
      !hasBody(method, status) || (further && declared.body.kind === 'any' && status < 400)
        ? undefined
        : contentOf(declared.body, status, writer, hint, problem);
    const content = hasBody(method, status) && (declaredContent || further) && { ...declaredContent, ...further };
    return {
      description:
        own.description ?? text ?? descriptionOf(declared.schema) ?? STATUS_CODES[status] ?? `Status ${status}`,
      headers: { ...headersOf(operation, status), ...ownHeaders(own.headers ?? {}, writer, hint) },
      ...(content && { content }),
      ...(own.links && { links: own.links }),
    };
  };
  for (const [status, declared] of answers.declared) {
    responses[status] = write(status, declared, hintOf(operation, status));
  }
  if (answers.mayBeEmpty) {
    responses[204] ??= write(204, { body: answers.plain, schema: undefined }, '');
  }
  if (options.cache?.etag === true && method === 'GET') {
    responses[304] ??= { description: 'The caller has it already.', headers: headersOf(operation, 304) };
  }
  for (const status of problemStatuses(operation, problemContent.validationStatus))
    responses[status] ??= problemRef(status);
  responses.default = problemRef('default');
  return responses;
}

/** Lists the schemas of responses with the names that they would like, for claims before anything is written. */
export function responseSchemas(operation: Documented): (readonly [schema: object, name: string])[] {
  return [...operation.answers.declared].flatMap(([status, { schema }]) => {
    return typeof schema === 'object' ? [[schema, hintOf(operation, status)] as const] : [];
  });
}

function hintOf({ name, answers }: Documented, status: number): string {
  return `${pascal(name)}Response${status === answers.status ? '' : status}`;
}

/** Tells whether an answer has content (RFC 9110, 6.4.1). */
function hasBody(method: string, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 205 && status !== 304;
}

function contentOf(
  body: AnswerBody,
  status: number,
  writer: SchemaWriter,
  hint: string,
  problem: Json | undefined,
): Json | undefined {
  if (body.kind === 'json') return { 'application/json': { schema: writer.use(body.writer.schema, hint) }, ...problem };
  if (body.kind === 'events')
    return { 'text/event-stream': { schema: { type: 'string', description: 'Server-Sent Events.' } } };
  if (body.kind === 'raw') {
    const type = body.mediaType.replace(/\s*;.*$/, '');
    return { [type]: { schema: rawSchema(type) } };
  }
  if (problem) return problem;
  // A redirect, say: the text is all that is declared.
  return status >= 300 ? undefined : { 'application/json': { schema: {} } };
}

function ownContent(content: NonNullable<ResponseDescription['content']>, writer: SchemaWriter, hint: string): Json {
  return Object.fromEntries(
    Object.entries(content).map(([type, { schema, ...rest }]) => {
      return [type, { ...rest, schema: schema ? writer.use(schema, hint) : rawSchema(type) }];
    }),
  );
}

function ownHeaders(headers: NonNullable<ResponseDescription['headers']>, writer: SchemaWriter, hint: string): Json {
  return Object.fromEntries(
    Object.entries(headers).map(([name, one]) => {
      const { schema, ...rest }: HeaderDescription = typeof one === 'string' ? { description: one } : one;
      return [name, { ...rest, schema: schema ? writer.use(schema, `${hint}${pascal(name)}`) : { type: 'string' } }];
    }),
  );
}

function rawSchema(type: string): Json {
  if (type === 'application/json' || type.endsWith('+json')) return {};
  return type.startsWith('text/') ? { type: 'string' } : { ...binary };
}

function descriptionOf(schema: unknown): string | undefined {
  return isNode(schema) && typeof schema.description === 'string' ? schema.description : undefined;
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

/** Lists the problems that fusio itself may answer with, besides those that `default` stands for. */
function problemStatuses(
  { options, segments, public: isPublic, scopes, timeoutMs }: Documented,
  validationStatus: ProblemContent['validationStatus'],
): ProblemStatus[] {
  const { params, query, headers, body, consumes } = options;
  const takesBody = body !== undefined || consumes !== undefined;
  const isRead = takesBody || [params, query, headers].some(Boolean) || segments.some(({ kind }) => kind !== 'static');
  const conditions: [ProblemStatus, boolean][] = [
    [400, isRead],
    [401, !isPublic],
    [403, !isPublic && scopes.length > 0],
    [408, takesBody],
    [413, takesBody],
    [415, takesBody],
    [422, validationStatus === 422 && [params, query, headers, body].some(Boolean)],
    [503, true],
    [504, timeoutMs > 0],
  ];
  return conditions.flatMap(([status, applies]) => (applies ? [status] : []));
}
