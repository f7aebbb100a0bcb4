import { Type as Legacy } from '@sinclair/typebox';
import { Type } from '../../src/index.js';
import type { OpenApiDocument } from '../../src/openapi/openapi.js';
import { documentOf, makeRichApi, operation } from './rich-api.js';

const schemasOf = (document: OpenApiDocument): any => document.components!.schemas;
const at = (document: OpenApiDocument, path: string, method: string): any => document.paths[path]?.[method];

describe('an operation in the document', () => {
  const document = documentOf(makeRichApi(), {
    title: 'Todos',
    version: '2.0.0',
    servers: ['https://api.example.com'],
  });

  it('has its name, tag, costs and stability', () => {
    expect(document).toMatchObject({ openapi: '3.1.1', info: { title: 'Todos', version: '2.0.0' } });
    expect(document.servers).toEqual([{ url: 'https://api.example.com' }]);
    expect(at(document, '/todo', 'post')).toMatchObject({
      operationId: 'todo.create',
      tags: ['todo'],
      'x-fusio-costs': 2,
      'x-fusio-scopes': ['todo.write', 'admin'],
      'x-fusio-stability': 'stable',
    });
    expect(document['x-fusio-scopes']).toEqual({ admin: '', 'todo.write': 'Changes todos.' });
  });

  it('asks for any one of its scopes, for any credential, or for none', () => {
    expect(at(document, '/todo', 'post').security).toEqual([{ bearer: ['todo.write'] }, { bearer: ['admin'] }]);
    expect(at(document, '/todo/{todo}', 'delete').security).toEqual([{ bearer: [] }]);
    expect(at(document, '/todo', 'get').security).toEqual([{}, { bearer: [] }]);
  });

  it('lists parameters as they are read', () => {
    expect(at(document, '/todo', 'get').parameters).toMatchObject([
      { name: 'state', in: 'query', schema: { type: 'string', enum: ['open', 'done'] } },
      {
        name: 'id',
        in: 'query',
        style: 'form',
        explode: true,
        description: 'Only these.',
        schema: { type: 'array', items: { type: 'integer' } },
      },
      { name: 'count', in: 'query', schema: { type: 'integer', default: 10 } },
    ]);
    expect(at(document, '/todo', 'get').parameters.map((one: any) => one.required)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(at(document, '/report/{year}', 'get').parameters).toEqual([
      { name: 'year', in: 'path', required: true, schema: { type: 'string', pattern: '^[0-9]{4}$' } },
    ]);
    expect(at(document, '/file/{rest}', 'get').parameters).toMatchObject([
      { name: 'rest', required: true, 'x-fusio-wildcard': true },
    ]);
  });

  it('leaves out headers that OpenAPI describes elsewhere', () => {
    const names = at(document, '/todo/{todo}', 'get').parameters.map((one: any) => `${one.in} ${one.name}`);

    expect(names).toEqual(['path todo', 'header x-trace']);
  });

  it('shares the path of an operation that names its parameter otherwise', () => {
    expect(Object.keys(document.paths['/todo/{todo}']!)).toEqual(['get', 'delete']);
  });

  it('says what bodies it takes', () => {
    expect(at(document, '/todo', 'post').requestBody).toMatchObject({
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/TodoCreateBody' } } },
    });
    expect(at(document, '/file', 'post').requestBody.content['multipart/form-data'].schema).toMatchObject({
      type: 'object',
      properties: { title: { type: 'string' } },
      required: ['title'],
      additionalProperties: { type: 'string', format: 'binary' },
    });
    expect(at(document, '/album', 'post').requestBody).toEqual({
      required: true,
      content: {
        'multipart/form-data': {
          schema: {
            type: 'object',
            properties: {
              title: { type: 'string' },
              year: { type: 'integer' },
              cover: {
                type: 'string',
                format: 'binary',
                contentMediaType: 'image/png',
                description: 'The front. image/png, at most 1000 bytes.',
              },
              back: { type: 'string', format: 'binary', description: 'At most 10485760 bytes.' },
              pages: {
                type: 'array',
                items: { type: 'string', format: 'binary' },
                maxItems: 2,
                description: 'text/* or application/pdf, at most 10485760 bytes.',
              },
            },
            required: ['title', 'cover'],
          },
          encoding: { cover: { contentType: 'image/png' }, pages: { contentType: 'text/*, application/pdf' } },
          examples: { moon: { value: { title: 'Moon', cover: 'moon.png' } } },
        },
      },
    });
    expect(Object.keys(at(document, '/contact', 'post').requestBody.content)).toEqual([
      'application/x-www-form-urlencoded',
    ]);
    expect(at(document, '/note', 'put').requestBody.content['text/plain'].schema).toEqual({ type: 'string' });
    expect(at(document, '/blob', 'put').requestBody).toEqual({
      required: false,
      content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
    });
  });

  it('says what it answers, and what may go wrong', () => {
    const { responses } = at(document, '/todo', 'post');

    expect(Object.keys(responses)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '408',
      '409',
      '413',
      '415',
      '422',
      '503',
      '504',
      'default',
    ]);
    expect(responses[201].content).toMatchObject({
      'application/json': { schema: { $ref: '#/components/schemas/Todo' } },
    });
    expect(responses[409]).toMatchObject({
      description: 'There is one already',
      content: { 'application/problem+json': {} },
    });
    expect(Object.keys(responses[422].content)).toEqual(['application/json', 'application/problem+json']);
    expect(responses[401]).toEqual({ $ref: '#/components/responses/Unauthenticated' });
    expect(Object.keys(at(document, '/old', 'get').responses)).toEqual(['200', '302', '503', '504', 'default']);
    expect(at(document, '/clock', 'get').responses[200].content).toMatchObject({ 'text/event-stream': {} });
    expect(Object.keys(at(document, '/blob', 'put').responses).slice(0, 2)).toEqual(['200', '204']);
  });

  it('names the header fields that can come', () => {
    expect(Object.keys(at(document, '/todo', 'get').responses[200].headers)).toEqual([
      'X-Request-Id',
      'Cache-Control',
      'ETag',
    ]);
    expect(at(document, '/todo', 'get').responses[304]).toBeDefined();
    expect(at(document, '/todo/{todo}', 'delete')).toMatchObject({ deprecated: true });
    expect(Object.keys(at(document, '/todo/{todo}', 'delete').responses[204].headers)).toEqual([
      'X-Request-Id',
      'Deprecation',
      'Sunset',
      'Link',
      'Cache-Control',
    ]);
  });

  it('shows its examples where they belong', () => {
    expect(at(document, '/todo', 'post').requestBody.content['application/json'].examples).toEqual({
      poem: { summary: 'A poem', value: { title: 'Read a poem' } },
    });
    expect(at(document, '/todo', 'post').responses[201].content['application/json'].examples.poem.value.id).toBe(1);
    expect(at(document, '/todo', 'get').parameters[1].examples).toEqual({ open: { value: [1, 2] } });
  });

  it('is hidden where it is not exposed, and where it is switched off', () => {
    expect(Object.keys(document.paths)).not.toEqual(expect.arrayContaining(['/internal']));
    expect(Object.keys(document.paths)).not.toEqual(expect.arrayContaining(['/gone']));
  });
});

describe('a schema in the document', () => {
  it('keeps the name that it was registered with, also inside others, in copies and by reference', () => {
    const document = documentOf(makeRichApi());

    expect(schemasOf(document).TodoListResponse.properties.entry).toEqual({
      type: 'array',
      items: { $ref: '#/components/schemas/Todo' },
    });
    expect(schemasOf(document).PetHomeBody.properties.owner).toEqual({ $ref: '#/components/schemas/Dog' });
    expect(at(document, '/pet/home', 'put').responses[200].content['application/json'].schema).toEqual({
      anyOf: [{ $ref: '#/components/schemas/Todo' }, { type: 'null' }],
    });
  });

  it('is written the way other tools understand it', () => {
    expect(schemasOf(documentOf(makeRichApi())).Todo).toEqual({
      description: 'Something to do.',
      type: 'object',
      required: ['id', 'title', 'state', 'labels', 'place'],
      properties: {
        id: { type: 'integer' },
        title: { type: 'string', minLength: 1 },
        note: { type: ['string', 'null'] },
        state: { type: 'string', enum: ['open', 'done'] },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        place: {
          type: 'array',
          prefixItems: [{ type: 'number' }, { type: 'number' }],
          items: false,
          minItems: 2,
          maxItems: 2,
        },
      },
    });
  });

  it('tells the variants of a union apart by their tag', () => {
    const schemas = schemasOf(documentOf(makeRichApi()));

    expect(schemas.PetCreateBody).toEqual({
      oneOf: [{ $ref: '#/components/schemas/PetCreateBodyCat' }, { $ref: '#/components/schemas/Dog' }],
      discriminator: {
        propertyName: 'kind',
        mapping: { cat: '#/components/schemas/PetCreateBodyCat', dog: '#/components/schemas/Dog' },
      },
    });
    expect(schemas.PetHomeBody.properties.pets.items.oneOf).toEqual(schemas.PetCreateBody.oneOf);
  });

  it('has one component for one object, whatever operations use it', () => {
    const Shared = Type.Object({ id: Type.Integer() });
    const document = documentOf({
      operations: [
        operation({ name: 'thing.get', response: Shared }),
        operation({ name: 'thing.all', response: Type.Array(Shared) }),
        operation({ name: 'thing.put', method: 'PUT', body: Type.Object({ thing: Shared }), response: Shared }),
      ],
    });

    expect(Object.keys(schemasOf(document))).toEqual(['Issue', 'Problem', 'ThingGetResponse', 'ThingPutBody']);
    expect(schemasOf(document).ThingPutBody.properties.thing).toEqual({
      $ref: '#/components/schemas/ThingGetResponse',
    });
  });

  it('stays recursive', () => {
    const Node = Type.Object({ next: Type.Optional(Type.This()) });
    const Comment = Legacy.Recursive((Self) => Legacy.Object({ text: Legacy.String(), answers: Legacy.Array(Self) }));
    const module = Type.Module({
      Person: Type.Object({ pets: Type.Array(Type.Ref('Animal')) }),
      Animal: Type.Object({ owner: Type.Optional(Type.Ref('Person')) }),
    });
    const Menu = { type: 'object', properties: { items: { type: 'array', items: { $ref: 'Menu' } } } };
    const document = documentOf({
      schemas: { Menu },
      operations: [
        operation({ name: 'a.node', response: Node }),
        operation({ name: 'b.comment', response: Type.Object({ comments: Type.Array(Comment as never) }) }),
        operation({ name: 'c.person', response: module.Person }),
        operation({ name: 'd.animal', response: Type.Array(module.Animal) }),
        operation({
          name: 'e.tree',
          response: makeRichApi().operations.find(({ name }) => name === 'tree.get')!.response!,
        }),
        operation({ name: 'f.menu', response: Menu }),
        operation({
          name: 'g.plain',
          response: {
            type: 'object',
            properties: { a: { $ref: '#/$defs/link' } },
            $defs: { link: { type: 'array', items: { $ref: '#/$defs/link' } } },
          },
        }),
      ],
    });

    const schemas = schemasOf(document);
    expect(schemas.ANodeResponse.properties.next).toEqual({ $ref: '#/components/schemas/ANodeResponse' });
    expect(schemas.BCommentResponseCommentsItem.properties.answers.items).toEqual({
      $ref: '#/components/schemas/BCommentResponseCommentsItem',
    });
    expect(schemas.Person.properties.pets.items).toEqual({ $ref: '#/components/schemas/Animal' });
    expect(schemas.Animal.properties.owner).toEqual({ $ref: '#/components/schemas/Person' });
    expect(schemas.Branch.properties.branches.items).toEqual({ $ref: '#/components/schemas/Branch' });
    expect(schemas.Menu.properties.items.items).toEqual({ $ref: '#/components/schemas/Menu' });
    expect(schemas.link.items).toEqual({ $ref: '#/components/schemas/link' });
    expect(JSON.stringify(document)).not.toMatch(/"(\$id|\$defs|~kind|definitions)"/);
    expect(Object.keys(schemas).filter((name) => /^(Person|Animal)/.test(name))).toEqual(['Animal', 'Person']);
  });

  it('may be plain JSON Schema of any draft', () => {
    const document = documentOf({
      schemas: { Todo: Type.Object({ id: Type.Integer() }), Alias: { $ref: 'Todo' } },
      operations: [
        operation({
          name: 'a',
          method: 'POST',
          query: {
            $ref: '#/definitions/query',
            definitions: {
              query: { type: 'object', properties: { q: { $ref: '#/definitions/text' } } },
              text: { type: 'string' },
            },
          },
          body: {
            type: 'object',
            properties: {
              open: true,
              closed: false,
              id: { $ref: '#/components/schemas/Todo/properties/id' },
              todo: Type.Optional(Type.Ref('Alias')),
              either: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
              same: { $ref: '#/properties/either' },
              anchored: { $ref: '#here' },
              here: { $anchor: 'here', type: 'boolean' },
            },
            dependencies: { id: ['todo'], todo: { required: ['id'] } },
            additionalProperties: false,
          },
        }),
      ],
    });

    expect(at(document, '/a', 'post').parameters).toEqual([
      { name: 'q', in: 'query', schema: { $ref: '#/components/schemas/text' } },
    ]);
    expect(schemasOf(document)).toMatchObject({
      ABody: {
        properties: {
          open: {},
          closed: { not: {} },
          id: { $ref: '#/components/schemas/TodoId' },
          todo: { $ref: '#/components/schemas/Alias' },
          either: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
          same: { $ref: '#/components/schemas/either' },
          anchored: { $ref: '#/components/schemas/ABodyAnchored' },
        },
        dependentRequired: { id: ['todo'] },
        dependentSchemas: { todo: { required: ['id'] } },
        additionalProperties: false,
      },
      Alias: { $ref: '#/components/schemas/Todo' },
      TodoId: { type: 'integer' },
      ABodyAnchored: { type: 'boolean' },
    });
  });

  it('leaves a property with a default out of what a request must have, and has it in what a response has', () => {
    const Item = Type.Object({ id: Type.Integer(), count: Type.Integer({ default: 1 }) });
    const Cart = Type.Object({ items: Type.Array(Item), next: Type.Optional(Type.Ref('Cart')) });
    const Plain = Type.Object({ a: Type.String() });
    const Size = Type.Integer({ default: 3 });
    const document = documentOf({
      schemas: { Item, Cart, Plain, Size },
      operations: [
        operation({ name: 'cart.put', method: 'PUT', body: Cart, response: Cart }),
        operation({ name: 'plain.put', method: 'PUT', body: Plain, response: Plain }),
        operation({ name: 'only.put', method: 'PUT', body: Type.Object({ a: Type.Boolean({ default: true }) }) }),
        operation({
          name: 'ref.put',
          method: 'PUT',
          query: Type.Object({ size: Type.Ref('Size') }),
          body: Type.Object({ size: Type.Ref('Size'), b: Type.Integer() }),
        }),
        operation({
          name: 'form.put',
          method: 'PUT',
          consumes: 'multipart/form-data',
          body: Type.Intersect([Type.Object({ a: Type.Integer({ default: 1 }) }), Type.Object({ b: Type.Integer() })]),
        }),
      ],
    });

    const schemas = schemasOf(document);
    const sent = at(document, '/cart/put', 'put').requestBody.content['application/json'].schema;
    const got = at(document, '/cart/put', 'put').responses[200].content['application/json'].schema;
    const form = at(document, '/form/put', 'put').requestBody.content['multipart/form-data'].schema;
    expect([sent, got]).toEqual([{ $ref: '#/components/schemas/CartInput' }, { $ref: '#/components/schemas/Cart' }]);
    expect(schemas.Cart.properties.items.items).toEqual({ $ref: '#/components/schemas/Item' });
    expect(schemas.CartInput.properties).toMatchObject({
      items: { items: { $ref: '#/components/schemas/ItemInput' } },
      next: { $ref: '#/components/schemas/CartInput' },
    });
    expect([schemas.Item.required, schemas.ItemInput.required]).toEqual([['id', 'count'], ['id']]);
    expect(schemas).not.toHaveProperty('PlainInput');
    expect(schemas.OnlyPutBody).toEqual({ type: 'object', properties: { a: { type: 'boolean', default: true } } });
    expect(schemas.RefPutBody.required).toEqual(['b']);
    expect(at(document, '/ref/put', 'put').parameters[0]).not.toHaveProperty('required');
    expect(form.required).toEqual(['b']);
    expect(JSON.stringify(document)).not.toContain('~');
  });

  it('stands beside the files of a form where it has no list of fields', () => {
    const form = {
      method: 'POST',
      consumes: 'multipart/form-data',
      files: { one: { required: true, maxCount: 3 } },
    } as const;
    const Either = Type.Union([Type.Object({ a: Type.String() }), Type.Object({ b: Type.String() })]);
    const document = documentOf({
      operations: [
        operation({ name: 'a', ...form, body: Either }),
        operation({ name: 'b', ...form }),
        operation({ name: 'c', ...form, files: { one: {} } }),
      ],
      schemas: { Either },
    });
    const [a, b, c] = ['/a', '/b', '/c'].map((path) => at(document, path, 'post').requestBody);
    const one = { type: 'array', items: { type: 'string', format: 'binary' }, minItems: 1, maxItems: 3 };

    expect([a.required, b.required, c.required]).toEqual([true, true, false]);
    expect(a.content['multipart/form-data'].schema).toMatchObject({
      allOf: [{ $ref: '#/components/schemas/Either' }, { properties: { one }, required: ['one'] }],
    });
    expect(b.content['multipart/form-data'].schema).toMatchObject({ properties: { one }, required: ['one'] });
    expect(c.content['multipart/form-data']).not.toHaveProperty('encoding');
  });

  it('gives its name to its own copies only', () => {
    const Point = Type.Object({ a: Type.Integer() });
    const document = documentOf({
      operations: [
        operation({ name: 'a.put', method: 'PUT', body: Point }),
        operation({
          name: 'b.put',
          method: 'PUT',
          body: Type.Object({ mine: Type.Optional(Point), other: Type.Optional(Type.Object({ a: Type.Integer() })) }),
        }),
      ],
    });

    const { mine, other } = schemasOf(document).BPutBody.properties;
    expect(mine).toEqual({ $ref: '#/components/schemas/APutBody' });
    expect(other).toMatchObject({ type: 'object' });
  });

  it('goes before ours where it is called Problem', () => {
    const Problem = Type.Object({ mine: Type.Boolean() });
    const document = documentOf({ schemas: { Problem }, operations: [operation({ name: 'a.b', response: Problem })] });

    expect(schemasOf(document).Problem.properties).toEqual({ mine: { type: 'boolean' } });
    expect(schemasOf(document).Problem2.properties.code).toBeDefined();
  });
});

describe('the document', () => {
  it('has the same bytes whatever the order of registration', () => {
    const { operations, schemas, ...rest } = makeRichApi();
    const reversed = {
      ...rest,
      operations: [...operations].reverse(),
      schemas: Object.fromEntries(Object.entries(schemas!).reverse()),
    };

    expect(JSON.stringify(documentOf(reversed))).toBe(
      JSON.stringify(documentOf({ operations, schemas: schemas!, ...rest })),
    );
    expect(JSON.stringify(documentOf(makeRichApi()))).toBe(JSON.stringify(documentOf(makeRichApi())));
  });

  it('keeps what it says when something unrelated is added', () => {
    const api = makeRichApi();
    const before = documentOf(api);
    const more = [operation({ name: 'aa.new', response: Type.Object({ a: Type.String() }) }), ...api.operations];

    const after = documentOf({ ...api, operations: more });

    expect(after.paths).toMatchObject(before.paths);
    expect(after.components).toMatchObject(before.components!);
  });

  it('shows a caller only what it may call, and the schemas of that', () => {
    const api = makeRichApi();

    const stranger = documentOf(api, { as: 'anonymous' });
    const writer = documentOf(api, { as: { user: { id: '1' }, scopes: ['todo'] } });
    const other = documentOf(api, { as: { user: { id: '1' }, scopes: ['todo.writer'] } });

    expect(stranger.paths['/todo']).not.toHaveProperty('post');
    expect(schemasOf(stranger)).not.toHaveProperty('TodoCreateBody');
    expect(stranger).not.toHaveProperty('x-fusio-scopes');
    expect(writer.paths['/todo']).toHaveProperty('post');
    expect(other.paths['/todo']).not.toHaveProperty('post');
    expect(other.paths['/todo/{todo}']).toHaveProperty('delete');
  });

  it('refuses an example of a form without its file', () => {
    const form = { method: 'POST', consumes: 'multipart/form-data', body: Type.Object({ a: Type.String() }) } as const;
    const files = { one: { required: true, mediaTypes: ['image/png'] } };
    const make = (one?: unknown) =>
      documentOf({
        operations: [operation({ name: 'a', ...form, files, examples: { x: { request: { body: { a: '', one } } } } })],
      });

    expect(() => make()).toThrow('operation "a": example "x" does not fit: /request/body/one is required');
    expect(() => make(new File([], 'a.txt', { type: 'text/plain' }))).toThrow('/request/body/one must be image/png');
    expect(() => make(new File([], 'a.png', { type: 'image/png' }))).not.toThrow();
  });

  it('refuses an example that does not fit, with its place', () => {
    const examples = { bad: { request: { body: { title: '' } } } };
    const body = Type.Object({ title: Type.String({ minLength: 1 }) });
    const make = () => documentOf({ operations: [operation({ name: 'a.b', method: 'POST', body, examples })] });

    expect(make).toThrow(expect.objectContaining({ code: 'OPERATION_INVALID' }));
    expect(make).toThrow(/operation "a.b": example "bad" does not fit: \/request\/body\/title /);
  });

  it('lists events as webhooks', () => {
    expect(documentOf(makeRichApi()).webhooks).toMatchObject({
      todo_created: {
        post: {
          description: 'There is a new todo.',
          requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Todo' } } } },
        },
      },
    });
    expect(documentOf({ operations: [] })).not.toHaveProperty('webhooks');
  });

  it('keeps a pattern and a parameter of the same path apart', () => {
    const document = documentOf({
      operations: [
        operation({ name: 'a.year', path: '/report/$id<[0-9]+>' }),
        operation({ name: 'b.name', path: '/report/:id' }),
      ],
    });

    expect(Object.keys(document.paths)).toEqual(['/report/{id2}', '/report/{id}']);
    expect(at(document, '/report/{id2}', 'get').operationId).toBe('b.name');
  });
});
