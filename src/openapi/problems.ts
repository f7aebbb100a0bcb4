import type { Components } from './components.js';
import type { Json } from './openapi.js';

/** Function that writes the content of an error. */
export interface ProblemContent {
  (): Json;
  /** Status of a request that can be read and does not match the schemas. */
  readonly validationStatus: DocumentedProblems['validationStatus'];
}

/** Errors as an app has them. */
export interface DocumentedProblems {
  /** Status of a request that can be read and does not match the schemas. */
  readonly validationStatus: 400 | 422;
  /** The option `formatProblem`: `format` alone says nothing of what it makes. */
  readonly format: { readonly format?: unknown; readonly schema?: object };
}

/** Errors as fusio has them. */
export const plainProblems: DocumentedProblems = { validationStatus: 400, format: {} };

/** Makes the writer of the body of an error (RFC 9457), as every operation may answer with it. */
export function createProblemContent(
  { names, response }: Components,
  { format, validationStatus }: DocumentedProblems,
): ProblemContent {
  if (format.schema) names.claim(format.schema, 'Problem');
  // An app's own `Problem` goes before this one, so the name is chosen when it is needed.
  let name: string | undefined;
  return Object.assign(problemContent, { validationStatus });

  function problemContent(): Json {
    if (format.schema) return { [mediaTypeOf(format.schema)]: { schema: response.use(format.schema, 'Problem') } };
    if (format.format) return { 'application/json': { schema: {} }, 'application/problem+json': { schema: {} } };
    name ??= names.free('Problem');
    const issue = () => response.add(names.free('Issue'), () => ({ ...issueSchema }));
    return { 'application/problem+json': { schema: response.add(name, () => problemSchema(issue())) } };
  }
}

/** The media type in which a formatted problem is sent: that of RFC 9457 where it has those members. */
function mediaTypeOf(schema: { readonly properties?: object }): string {
  const members = ['type', 'title', 'status', 'detail'];
  const isProblem = members.every((name) => Object.hasOwn(schema.properties ?? {}, name));
  return isProblem ? 'application/problem+json' : 'application/json';
}

/** Refers to one of the shared responses. */
export function problemRef(status: ProblemStatus): Json {
  return { $ref: `#/components/responses/${problems[status][0]}` };
}

/** Writes the shared responses that the given operations refer to. */
export function problemResponses(used: ReadonlySet<string>, problemContent: ProblemContent): Record<string, Json> {
  const responses: Record<string, Json> = {};
  for (const [status, [name, description]] of Object.entries(problems)) {
    if (!used.has(name)) continue;
    const challenge = (status === '401' || status === '403') && { 'WWW-Authenticate': headerRef('Challenge') };
    const isUnread = status === '400' && problemContent.validationStatus !== 400;
    responses[name] = {
      description: isUnread ? 'The request cannot be read.' : description,
      headers: { 'X-Request-Id': headerRef('RequestId'), ...challenge },
      content: problemContent(),
    };
  }
  return responses;
}

/** Refers to one of the shared header fields. */
export function headerRef(name: keyof typeof headers): Json {
  return { $ref: `#/components/headers/${name}` };
}

export type ProblemStatus = keyof typeof problems;

const problems = {
  400: ['RequestInvalid', 'The request cannot be read or does not fit the schema; `errors` lists every place.'],
  422: ['RequestUnfit', 'The request can be read and does not fit the schema; `errors` lists every place.'],
  401: ['Unauthenticated', 'A credential is needed, or the one that came is not valid.'],
  403: ['ScopeMissing', 'The credential does not cover this operation.'],
  408: ['BodyTimeout', 'The body did not arrive in time.'],
  413: ['BodyTooLarge', 'The body is larger than this operation takes.'],
  415: ['MediaTypeUnsupported', 'The operation does not take this Content-Type, charset or Content-Encoding.'],
  503: ['Unavailable', 'A service that this operation needs does not answer, or the server is shutting down.'],
  504: ['ActionTimeout', 'The operation took too long.'],
  default: ['Problem', 'Any other error.'],
} as const satisfies Record<string, readonly [name: string, description: string]>;

/** Shared header fields by the names of their components. */
export const headers = {
  CacheControl: { description: 'Who may keep the answer, and for how long (RFC 9111).', schema: { type: 'string' } },
  Challenge: { description: 'What credential is needed (RFC 6750).', schema: { type: 'string' } },
  Deprecation: { description: 'Since when the operation is deprecated (RFC 9745).', schema: { type: 'string' } },
  EntityTag: { description: 'Send it back as If-None-Match (RFC 9110).', schema: { type: 'string' } },
  Link: { description: 'Where the way out is told (RFC 8288).', schema: { type: 'string' } },
  RequestId: { description: 'The id of this request, as in the log of the server.', schema: { type: 'string' } },
  Sunset: { description: 'When the operation will be gone (RFC 8594).', schema: { type: 'string' } },
} as const satisfies Record<string, Json>;

function problemSchema(issue: Json): Json {
  return {
    type: 'object',
    description: 'What went wrong (RFC 9457).',
    required: ['type', 'title', 'status', 'detail', 'code', 'success', 'message'],
    properties: {
      type: { type: 'string', description: 'A URI that names the kind of problem.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      instance: { type: 'string', description: 'The path of the request.' },
      code: { type: 'string', description: 'A word that names the kind of problem, for programs.' },
      requestId: { type: 'string' },
      errors: { type: 'array', items: issue },
      success: { type: 'boolean', const: false },
      message: { type: 'string' },
    },
  };
}

const issueSchema = {
  type: 'object',
  description: 'One thing wrong with a request.',
  required: ['pointer', 'message', 'code'],
  properties: {
    pointer: { type: 'string', description: 'A JSON pointer (RFC 6901) that begins with the slot: `/body/title`.' },
    message: { type: 'string' },
    code: { type: 'string' },
  },
};
