import type { FusioOptions } from '../../src/index.js';
import { type AnyFusio, createFusio, Type } from '../../src/index.js';
import type { ApiDescription } from '../../src/openapi/description.js';
import { docsOperations, serverOf, viewerOf } from '../../src/openapi/docs-page.js';
import { type DocumentedEvent, makeDocument } from '../../src/openapi/document.js';
import type { OpenApiDocument, OpenApiOptions } from '../../src/openapi/openapi.js';
import { makeOperation } from '../../src/operation/operation.js';
import type { AnyOperationOptions } from '../../src/operation/options.js';
import { createSchemas } from '../../src/schema/schemas.js';

export interface Api {
  readonly operations: readonly AnyOperationOptions[];
  readonly schemas?: Readonly<Record<string, object>>;
  readonly scopes?: Readonly<Record<string, string>>;
  readonly description?: ApiDescription;
  readonly events?: Readonly<Record<string, DocumentedEvent>>;
}

/** The document of an API, without a server. */
export function documentOf(
  { operations, schemas: named = {}, scopes = {}, events = {}, description = {} }: Api,
  options?: OpenApiOptions,
): OpenApiDocument {
  const schemas = createSchemas();
  for (const [name, schema] of Object.entries(named)) schemas.name(name, schema);
  const parts = {
    schemas,
    action: () => undefined,
    actionNames: () => [],
    arounds: [],
    securitySchemes: Object.keys(description.securitySchemes ?? { bearer: {} }),
  };
  const made = operations.map((one) => makeOperation(one, parts));
  return makeDocument(
    {
      operations: made,
      schemas,
      description,
      scopes: new Map(Object.entries(scopes)),
      events: new Map(Object.entries(events)),
    },
    options,
  );
}

/** A fusio that serves an API, its document and its reference page. */
export function serve(api: Api, options: FusioOptions = {}, openapi: OpenApiOptions = {}): AnyFusio {
  const fusio: AnyFusio = createFusio({ logger: false, ...options });
  for (const [name, schema] of Object.entries(api.schemas ?? {})) fusio.schema(name, schema);
  const docs = docsOperations({
    document(context) {
      const as = viewerOf(context);
      return documentOf(api, { servers: [serverOf(context)], ...(as && { as }), ...openapi });
    },
  });
  for (const one of [...api.operations, ...docs]) fusio.operation(one as never);
  return fusio;
}

/** An operation with little to say. */
export function operation(options: Partial<AnyOperationOptions> & { name: string }): AnyOperationOptions {
  return { method: 'GET', path: `/${options.name.replaceAll('.', '/')}`, public: true, action: () => ({}), ...options };
}

/** An API with a bit of everything that can be described. */
export function makeRichApi(): Api {
  const Todo = Type.Object(
    {
      id: Type.Integer(),
      title: Type.String({ minLength: 1 }),
      note: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      state: Type.Union([Type.Literal('open'), Type.Literal('done')]),
      labels: Type.Record(Type.String(), Type.String()),
      place: Type.Tuple([Type.Number(), Type.Number()]),
    },
    { description: 'Something to do.' },
  );
  const Cat = Type.Object({ kind: Type.Literal('cat'), lives: Type.Integer({ minimum: 0 }) });
  const Dog = Type.Object({ kind: Type.Literal('dog'), name: Type.String() });
  const Pet = Type.Union([Cat, Dog]);
  const Tree = Type.Cyclic(
    { Branch: Type.Object({ name: Type.String(), branches: Type.Array(Type.Ref('Branch')) }) },
    'Branch',
  );
  const todo = { id: 1, title: 'Read a poem', state: 'open', labels: { by: 'me' }, place: [52.5, 13.4] };

  return {
    schemas: { Todo, Dog },
    events: { todo_created: { schema: Todo, description: 'There is a new todo.', example: todo } },
    scopes: { 'todo.write': 'Changes todos.' },
    operations: [
      operation({
        name: 'todo.list',
        path: '/todo',
        summary: 'Lists todos',
        query: Type.Object({
          state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('done')])),
          id: Type.Optional(Type.Array(Type.Integer(), { description: 'Only these.' })),
          count: Type.Integer({ default: 10, maximum: 100 }),
        }),
        response: Type.Object({ entry: Type.Array(Todo), totalResults: Type.Integer() }),
        cache: { etag: true, maxAgeMs: 60_000 },
        examples: {
          open: { request: { query: { state: 'open', id: [1, 2] } }, response: { entry: [todo], totalResults: 1 } },
        },
        action: ({ query }: any) => ({
          entry: (query.id ?? []).map((id: number) => ({ ...todo, id })),
          totalResults: query.count,
        }),
      }),
      operation({
        name: 'todo.create',
        method: 'POST',
        path: '/todo',
        public: false,
        scopes: ['todo.write', 'admin'],
        costs: 2,
        body: Type.Pick(Todo, ['title', 'note']),
        response: Todo,
        status: 201,
        throws: { 409: 'There is one already', 422: Type.Object({ why: Type.String() }) },
        examples: { poem: { summary: 'A poem', request: { body: { title: 'Read a poem' } }, response: todo } },
        action: ({ body }: any) => ({ ...todo, ...body, id: 7 }),
      }),
      operation({
        name: 'todo.get',
        path: '/todo/:id',
        params: Type.Object({ id: Type.Integer({ description: 'Of the todo.' }) }),
        headers: Type.Object({ 'x-trace': Type.Optional(Type.String()), authorization: Type.Optional(Type.String()) }),
        response: { 200: Todo, 404: 'No such todo' },
        action: ({ params }: any) => ({ ...todo, id: params.id }),
      }),
      operation({
        name: 'todo.delete',
        method: 'DELETE',
        path: '/todo/:todo',
        public: false,
        stability: 'deprecated',
        deprecation: { since: '2026-01-01', sunset: '2027-01-01', link: 'https://example.com/why' },
        action: () => undefined,
      }),
      operation({
        name: 'report.year',
        path: '/report/$year<[0-9]{4}>',
        response: Type.Object({ year: Type.String() }),
        action: ({ params }: any) => ({ year: params.year }),
      }),
      operation({ name: 'file.get', path: '/file/*rest', response: 'image/png', action: () => Buffer.from('png') }),
      operation({
        name: 'file.upload',
        method: 'POST',
        path: '/file',
        consumes: { type: 'multipart/form-data', maxFiles: 2 },
        body: Type.Object({ title: Type.String() }),
        response: Type.Object({ title: Type.String(), bytes: Type.Integer() }),
        async action({ body }: any, { files }: any) {
          let bytes = 0;
          for await (const one of files) bytes += (await one.bytes()).length;
          return { title: body.title, bytes };
        },
      }),
      operation({
        name: 'album.add',
        method: 'POST',
        path: '/album',
        consumes: 'multipart/form-data',
        body: Type.Object({ title: Type.String(), year: Type.Optional(Type.Integer()) }),
        files: {
          cover: { required: true, mediaTypes: ['image/png'], maxBytes: 1000, description: 'The front.' },
          back: {},
          pages: { mediaTypes: ['text/*', 'application/pdf'], maxCount: 2 },
        },
        response: Type.Object({ title: Type.String(), files: Type.Array(Type.String()) }),
        async action({ body: { title, cover, back, pages } }: any) {
          const files: File[] = [cover, back, ...pages].filter((one) => one !== undefined);
          return { title, files: await Promise.all(files.map(async (one) => `${one.name}: ${await one.text()}`)) };
        },
        examples: {
          moon: {
            request: { body: { title: 'Moon', cover: new File(['png'], 'moon.png', { type: 'image/png' }) } },
            response: { title: 'Moon', files: ['moon.png: png'] },
          },
        },
      }),
      operation({
        name: 'contact.send',
        method: 'POST',
        path: '/contact',
        consumes: 'application/x-www-form-urlencoded',
        body: Type.Object({ mail: Type.String({ format: 'email' }) }),
        response: Type.Object({ mail: Type.String() }),
        action: ({ body }: any) => body,
      }),
      operation({
        name: 'note.put',
        method: 'PUT',
        path: '/note',
        consumes: 'text/plain',
        response: 'text/plain',
        action: ({ body }: any) => body,
      }),
      operation({
        name: 'blob.put',
        method: 'PUT',
        path: '/blob',
        consumes: 'application/octet-stream',
        action: () => undefined,
      }),
      operation({
        name: 'clock.watch',
        path: '/clock',
        response: 'text/event-stream',
        action: async function* () {
          yield 1;
        },
      }),
      operation({
        name: 'pet.create',
        method: 'POST',
        path: '/pet',
        body: Pet,
        response: Pet,
        action: ({ body }: any) => body,
      }),
      operation({
        name: 'pet.home',
        method: 'PUT',
        path: '/pet/home',
        body: Type.Object({ owner: Type.Optional(Dog), pets: Type.Array(Type.Union([Cat, Dog])) }),
        response: Type.Union([Type.Ref('Todo'), Type.Null()]),
        action: () => null,
      }),
      operation({ name: 'tree.get', path: '/tree', response: Tree, action: () => ({ name: 'a', branches: [] }) }),
      operation({
        name: 'old.page',
        path: '/old',
        response: { 200: Type.String(), 302: 'Moved' },
        action: () => 'here',
      }),
      operation({ name: 'internal.stats', path: '/internal', expose: { openapi: false } }),
      operation({ name: 'gone.away', path: '/gone', active: false }),
    ],
  };
}

const Order = Type.Object({ id: Type.Integer() });

/** An API of which the app says more than follows from its operations. */
export const describedByItsApp = {
  schemas: { Order },
  scopes: { order: 'Reads and writes orders.' },
  description: {
    info: {
      title: 'Shop',
      version: '2.0.0',
      summary: 'Sells things.',
      description: 'With **prices**.',
      termsOfService: 'https://example.com/terms',
      contact: { name: 'Ada', url: 'https://example.com', email: 'ada@example.com' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: 'https://{region}.example.com/v1',
        description: 'Production.',
        variables: { region: { default: 'eu', enum: ['eu', 'us'], description: 'Where.' } },
      },
      { url: '/api', description: 'This one.' },
    ],
    tags: [
      { name: 'unused' },
      { name: 'order', description: 'Orders.', externalDocs: { url: 'https://example.com/orders' } },
    ],
    securitySchemes: {
      session: { type: 'apiKey', in: 'cookie', name: 'sid', description: 'The session.' },
      key: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      login: {
        type: 'oauth2',
        flows: {
          clientCredentials: { tokenUrl: 'https://example.com/token' },
          authorizationCode: {
            authorizationUrl: 'https://example.com/login',
            tokenUrl: 'https://example.com/token',
            refreshUrl: '/refresh',
            scopes: { order: 'Mine.' },
          },
        },
      },
    },
    externalDocs: { url: 'https://example.com/manual' },
  },
  operations: [
    operation({
      name: 'order.list',
      path: '/order',
      openapi: {
        responses: {
          200: { content: { 'application/json': { schema: Type.Array(Order) }, 'text/csv': {}, 'image/png': {} } },
        },
      },
    }),
    operation({
      name: 'order.create',
      method: 'POST',
      path: '/order',
      public: false,
      scopes: ['order'],
      query: Type.Object({ url: Type.Optional(Type.String()) }),
      response: { 201: Order },
      throws: { 429: 'Too many' },
      openapi: {
        externalDocs: { url: 'https://example.com/order' },
        responses: {
          201: {
            description: 'The order was taken.',
            headers: {
              Location: 'URL of the order.',
              'X-Queue': { description: 'Place in the queue.', schema: Type.Integer(), required: true },
            },
            content: { 'text/csv': { example: 'id\n1' } },
            links: { get: { operationId: 'order.list' } },
          },
          429: { headers: { 'Retry-After': 'Seconds.' }, content: { 'text/plain': {} } },
        },
        callbacks: {
          taken: { '{$request.query.url}': { post: { security: [], responses: { 200: { description: 'Thanks.' } } } } },
        },
      },
      action: () => ({ id: 1 }),
    }),
    operation({ name: 'hook', method: 'POST', openapi: { security: [{ session: [], key: [] }] } }),
  ],
} as const satisfies Api;
