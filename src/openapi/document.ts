import { coversAny } from '../access/authorize.js';
import { callerOf } from '../access/caller.js';
import type { Schemas } from '../schema/schemas.js';
import { type Components, createComponents, finishComponents } from './components.js';
import { type ApiDescription, defaultSchemes, type SecurityScheme } from './description.js';
import type { Documented } from './documented.js';
import { placeExamples } from './examples.js';
import { byText, type Json, type OpenApiDocument, type OpenApiOptions, pascal } from './openapi.js';
import { docsDefaults } from './options.js';
import { parametersOf } from './parameters.js';
import { type Place, placeOperations } from './path-template.js';
import {
  createProblemContent,
  type DocumentedProblems,
  headers,
  type ProblemContent,
  plainProblems,
  problemResponses,
} from './problems.js';
import { requestBodyOf, takesFiles } from './request-body.js';
import { responseSchemas, responsesOf } from './responses.js';

/** Registrations that a document describes. */
export interface DocumentInput {
  readonly operations: Iterable<Documented>;
  readonly schemas: Pick<Schemas, 'named' | 'nameOf'>;
  /** Descriptions of scopes by name. */
  readonly scopes: ReadonlyMap<string, string | undefined>;
  /** Default: the problem document, and 400 for a request that does not fit. */
  readonly problems?: DocumentedProblems;
  /** The option `openapi`. */
  readonly description?: ApiDescription;
  /** Events that consumers may subscribe to, by name. */
  readonly events?: ReadonlyMap<string, DocumentedEvent>;
}

export interface DocumentedEvent {
  readonly schema: object;
  readonly description?: string;
  readonly example?: unknown;
}

/**
 * Writes the OpenAPI 3.1 document of the operations that are active and exposed. The same registrations give the same bytes,
 * in whatever order they were made.
 */
export function makeDocument(input: DocumentInput, options: OpenApiOptions = {}): OpenApiDocument {
  const operations = [...input.operations].filter(visibleTo(options.as)).sort((a, b) => byText(a.name, b.name));
  const events = [...(input.events ?? [])].sort(([a], [b]) => byText(a, b));
  const components = createComponents(input.schemas);
  const problems = input.problems ?? plainProblems;
  const { info, servers, tags, externalDocs, securitySchemes = defaultSchemes } = input.description ?? {};
  const problemContent = createProblemContent(components, problems);
  for (const operation of operations) claimSchemas(operation, components);
  for (const [name, { schema }] of events) components.names.claim(schema, `${pascal(name)}Event`);

  const paths = pathsOf(operations, components, problemContent, Object.keys(securitySchemes));
  const webhooks = Object.fromEntries(
    events.map(([name, event]) => [name, { post: describeEvent(name, event, components) }]),
  );
  return {
    openapi: '3.1.1',
    info: infoOf(info, options),
    servers: options.servers || !servers ? serversOf(options.servers) : [...servers],
    tags: tagsOf(operations, tags),
    ...(externalDocs && { externalDocs }),
    paths,
    ...(events.length > 0 && { webhooks }),
    components: {
      ...componentsOf([paths, webhooks], components, problemContent),
      securitySchemes: schemesOf(securitySchemes, scopesIn(operations, input.scopes)),
    },
    ...scopesOf(operations, input.scopes),
  };
}

function infoOf(info: ApiDescription['info'] = {}, options: OpenApiOptions): OpenApiDocument['info'] {
  const { title = info.title ?? docsDefaults.title, version = info.version ?? docsDefaults.version } = options;
  return { ...info, title, version };
}

/** Hides operations that are not exposed, that are switched off (they answer 410), and that this caller may not call. */
function visibleTo(as: OpenApiOptions['as']): (operation: Documented) => boolean {
  const scopes = as === undefined || as === 'anonymous' ? undefined : callerOf(as).scopes;
  return (operation) => {
    if (!operation.active || operation.options.expose?.openapi === false) return false;
    if (as === undefined || operation.public) return true;
    return scopes !== undefined && operation.demands.every((demand) => coversAny(scopes, demand));
  };
}

/** Names the bodies before anything is written, so that a list of todos refers to the todo of another operation. */
function claimSchemas(operation: Documented, components: Components): void {
  const { body } = operation.options;
  const { names } = components;
  if (body && !takesFiles(operation.options)) names.claim(body, `${pascal(operation.name)}Body`);
  for (const [schema, name] of responseSchemas(operation)) names.claim(schema, name);
}

function pathsOf(
  operations: readonly Documented[],
  components: Components,
  problemContent: ProblemContent,
  schemes: readonly string[],
): OpenApiDocument['paths'] {
  const paths = new Map<string, [method: string, description: Json][]>();
  for (const [operation, place] of placeOperations(operations)) {
    const security = securityOf(operation, schemes);
    const description = { ...describe(operation, place, components, problemContent), security };
    placeExamples(operation, place, description);
    const path = paths.get(place.template);
    if (path) path.push([operation.method, description]);
    else paths.set(place.template, [[operation.method, description]]);
  }
  const sorted = [...paths].sort(([a], [b]) => byText(a, b));
  return Object.fromEntries(
    sorted.map(([template, described]) => {
      described.sort(([a], [b]) => methods.indexOf(a) - methods.indexOf(b));
      return [template, Object.fromEntries(described.map(([method, one]) => [method.toLowerCase(), one]))];
    }),
  );
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function describe(operation: Documented, place: Place, components: Components, problemContent: ProblemContent): Json {
  const { name, handle, options, scopes } = operation;
  const { summary, description, stability = 'stable', openapi: { externalDocs, callbacks } = {} } = options;
  const parameters = parametersOf(operation, place, components);
  const requestBody = requestBodyOf(operation, components);
  return {
    operationId: name,
    tags: tagsFor(operation),
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...((stability === 'deprecated' || stability === 'legacy' || options.deprecation) && { deprecated: true }),
    ...(externalDocs && { externalDocs }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody }),
    responses: responsesOf(operation, components.response, problemContent),
    ...(callbacks && { callbacks }),
    ...(scopes.length > 0 && { 'x-fusio-scopes': [...scopes] }),
    ...(options.costs !== undefined && { 'x-fusio-costs': options.costs }),
    'x-fusio-stability': handle.stability,
  };
}

/** Writes the scopes as alternatives, for each scheme: of each list any one will do. A public operation takes a credential and needs none. */
function securityOf(
  { public: isPublic, authenticate, demands, options }: Documented,
  schemes: readonly string[],
): Json[] {
  if (options.openapi?.security) return [...options.openapi.security];
  if (!authenticate) return [];
  if (isPublic) return [{}, ...schemes.map((scheme) => ({ [scheme]: [] }))];
  const alternatives = demands.reduce<readonly (readonly string[])[]>(
    (ways, scopes) => ways.flatMap((way) => scopes.map((scope) => [...new Set([...way, scope])])),
    [[]],
  );
  return schemes.flatMap((scheme) => alternatives.map((scopes) => ({ [scheme]: scopes })));
}

function tagsFor({ name, options }: Documented): readonly string[] {
  return options.tags ?? name.split('.', 1);
}

/** Lists the tags of the operations: those that are described, in their order, then the others. */
function tagsOf(operations: readonly Documented[], described: ApiDescription['tags'] = []): Json[] {
  const names = new Set(operations.flatMap((operation) => tagsFor(operation)));
  const used = described.filter(({ name }) => names.delete(name)).map((tag) => ({ ...tag }));
  return [...used, ...[...names].sort(byText).map((name) => ({ name }))];
}

/** Writes the security schemes. A flow that names no scopes has those of the operations. */
function schemesOf(schemes: Readonly<Record<string, SecurityScheme>>, scopes: Json): Json {
  return Object.fromEntries(
    Object.entries(schemes).map(([name, scheme]) => {
      if (scheme.type !== 'oauth2') return [name, scheme];
      const flows = Object.entries(scheme.flows).map(([flow, one]) => [flow, { scopes, ...one }]);
      return [name, { ...scheme, flows: Object.fromEntries(flows) }];
    }),
  );
}

function describeEvent(name: string, { schema, description, example }: DocumentedEvent, components: Components): Json {
  const content = {
    schema: components.response.use(schema, `${pascal(name)}Event`),
    ...(example !== undefined && { example }),
  };
  return {
    operationId: `${name}.webhook`,
    ...(description !== undefined && { description }),
    requestBody: { required: true, content: { 'application/json': content } },
    responses: { '2XX': { description: 'Received.' } },
    // We call the consumer, with a signature and no token.
    security: [],
  };
}

function serversOf(servers: readonly string[] = []): Json[] {
  return (servers.length > 0 ? servers : ['/']).map((url) => ({ url: url === '' ? '/' : url }));
}

/** Writes the components that the paths refer to, and no more. */
function componentsOf(parts: unknown, components: Components, problemContent: ProblemContent): Record<string, Json> {
  const used = referencesIn(parts, 'responses');
  const responses = problemResponses(used, problemContent);
  const fields = referencesIn([parts, responses], 'headers');
  const usedHeaders = Object.entries(headers).filter(([name]) => fields.has(name));
  return {
    schemas: finishComponents(components, [parts, responses]),
    responses,
    headers: Object.fromEntries(usedHeaders),
  };
}

function referencesIn(parts: unknown, kind: string): Set<string> {
  const found = JSON.stringify(parts).matchAll(new RegExp(`"\\$ref":"#/components/${kind}/([^"]+)"`, 'g'));
  return new Set([...found].map(([, name = '']) => name));
}

/** Writes the scopes that these operations ask for, where there are some. */
function scopesOf(operations: readonly Documented[], descriptions: DocumentInput['scopes']): Json {
  const scopes = scopesIn(operations, descriptions);
  return Object.keys(scopes).length > 0 ? { 'x-fusio-scopes': scopes } : {};
}

/** Gives the scopes that these operations ask for, with the app's descriptions. */
function scopesIn(operations: readonly Documented[], descriptions: DocumentInput['scopes']): Json {
  const names = new Set(operations.flatMap(({ scopes }) => scopes));
  return Object.fromEntries([...names].sort(byText).map((name) => [name, descriptions.get(name) ?? '']));
}
