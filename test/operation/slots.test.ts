import { Type as Legacy } from '@sinclair/typebox';
import { type AnyFusio, createFusio, Type } from '../../src/index.js';
import type { AnyOperationOptions } from '../../src/operation/options.js';
import { closeAll, closeLater } from '../support/fusio.js';

afterEach(closeAll);

function fusioWith(options: Partial<AnyOperationOptions>, schemas: Record<string, object> = {}): AnyFusio {
  const fusio: AnyFusio = createFusio({ logger: false });
  closeLater(() => fusio.stop());
  for (const [name, schema] of Object.entries(schemas)) fusio.schema(name, schema);
  fusio.operation({
    name: 'slot.test',
    method: 'POST',
    path: '/slot',
    public: true,
    action: (request: any) => ({ headers: request.headers, body: request.body ?? 'none' }),
    ...options,
  } as never);
  return fusio;
}

const bodyOf = (fusio: AnyFusio): any => (fusio.openapi().paths['/slot'] as any).post.requestBody;

describe('a body that may be left out', () => {
  const x = { x: Type.Integer() };

  it.each<[string, object]>([
    ['typebox', Type.Optional(Type.Object(x))],
    ['@sinclair/typebox', Legacy.Optional(Legacy.Object({ x: Legacy.Integer() }))],
  ])('is undefined for the action, and checked where it comes: %s', async (_, body) => {
    const fusio = fusioWith({ body });
    const send = (sent?: unknown) =>
      fusio.inject({ method: 'POST', path: '/slot', ...(sent !== undefined && { body: sent }) });

    expect(bodyOf(fusio).required).toBe(false);
    expect((await send()).json()).toMatchObject({ body: 'none' });
    expect((await send({ x: 1 })).json()).toMatchObject({ body: { x: 1 } });
    expect((await send({ x: 'a' })).json()).toMatchObject({ errors: [{ pointer: '/body/x' }] });
    expect((await send(null)).json()).toMatchObject({ errors: [{ pointer: '/body' }] });
  });

  it('may be left out of a call in process too', async () => {
    const fusio: AnyFusio = createFusio({ logger: false });
    const handle = fusio.operation({
      name: 'slot.test',
      method: 'POST',
      path: '/slot',
      body: Type.Optional(Type.Object(x)),
      // @ts-expect-error: the body may be undefined
      action: ({ body }) => body.x,
    });
    const safe = fusio.operation({
      name: 'slot.safe',
      method: 'POST',
      path: '/safe',
      body: Type.Optional(Type.Object(x)),
      action: ({ body }) => body?.x ?? 'none',
    });

    await expect(fusio.call(safe as never, {} as never)).resolves.toBe('none');
    await expect(fusio.call(handle as never, { body: { x: 'a' } } as never)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('is the default of its schema where it has one', async () => {
    const fusio = fusioWith({ body: Type.Object(x, { default: { x: 7 } }) });

    expect(bodyOf(fusio).required).toBe(false);
    expect((await fusio.inject({ method: 'POST', path: '/slot' })).json()).toMatchObject({ body: { x: 7 } });
  });
});

describe('a slot of text', () => {
  const Point = Type.Object({ k: Type.Integer() });

  it.each<[string, Partial<AnyOperationOptions>, Record<string, object>?]>([
    ['query: "o"', { query: Type.Object({ o: Point }) }],
    ['query: "o"', { query: Type.Object({ o: Type.Optional(Type.Array(Point)) }) }],
    ['query: "o"', { query: Type.Object({ o: Type.Union([Point, Type.Object({})]) }) }],
    ['query: "o"', { query: Type.Object({ o: Type.Ref('Point') }) }, { Point }],
    ['query: "o"', { query: Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ o: Point })]) }],
    ['query: "*"', { query: { type: 'object', additionalProperties: Point } }],
    ['query: "o"', { query: { type: 'object', properties: { o: { const: { k: 1 } } } } }],
    ['headers: "x-o"', { headers: Type.Object({ 'x-o': Point }) }],
    ['params: "o"', { path: '/slot/:o', params: Type.Object({ o: Point }) }],
    ['body: "o"', { consumes: 'application/x-www-form-urlencoded', body: Type.Object({ o: Point }) }],
    ['body: "o"', { consumes: 'multipart/form-data', body: Type.Object({ o: Point }) }],
  ])('refuses what only an object fits: %s', (where, options, schemas = {}) => {
    const make = () => fusioWith(options, schemas);

    expect(make).toThrow(expect.objectContaining({ code: 'SCHEMA_INVALID' }));
    expect(make).toThrow(`operation "slot.test" ${where} fits objects only, which cannot be sent as text`);
  });

  it.each<[string, object]>([
    ['a union with text in it', Type.Union([Point, Type.String()])],
    ['an object or null', Type.Union([Point, Type.Null()])],
    ['anything', Type.Unknown()],
    ['nothing', Type.Never()],
    ['a list of objects and texts', Type.Array(Type.Union([Point, Type.String()]))],
    ['lists of lists', Type.Array(Type.Array(Type.Integer()))],
    ['lists of themselves', Type.Ref('List')],

    ['what stands beside a reference of draft 7', { $ref: 'Word', type: 'object' }],
  ])('takes %s', (_, o) => {
    const query = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: { o: Type.Optional(o as never) },
    };

    expect(() =>
      fusioWith({ query }, { Word: Type.String(), List: { type: 'array', items: { $ref: 'List' } } }),
    ).not.toThrow();
  });

  it('takes objects in a JSON body', () => {
    expect(() => fusioWith({ body: Type.Object({ o: Point }) })).not.toThrow();
  });
});

describe('a list in a header', () => {
  const headers = Type.Object({
    'x-list': Type.Optional(Type.Array(Type.Integer())),
    'X-Words': Type.Optional(Type.Array(Type.String())),
    'x-either': Type.Optional(Type.Union([Type.Null(), Type.Array(Type.Integer())])),
    'x-text': Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  });

  it.each<[sent: Record<string, string>, read: unknown]>([
    [{ 'x-list': '1, 2' }, { 'x-list': [1, 2] }],
    [{ 'x-list': '1' }, { 'x-list': [1] }],
    [{ 'x-list': ' ,1,,\t2 ,' }, { 'x-list': [1, 2] }],
    [{ 'x-words': 'a, "b, \\"c", W/"d,e", "f' }, { 'X-Words': ['a', 'b, "c', 'W/"d,e"', '"f'] }],
    [{ 'x-words': '' }, { 'X-Words': [] }],
    [{ 'x-either': '1,2' }, { 'x-either': [1, 2] }],
    [{ 'x-text': 'a, b' }, { 'x-text': 'a, b' }],
  ])('is divided at its commas: %j', async (sent, read) => {
    const fusio = fusioWith({ headers });

    const answer = await fusio.inject({ method: 'POST', path: '/slot', headers: sent });

    expect(answer.json()).toMatchObject({ headers: read as never });
  });

  it('has each element checked', async () => {
    const answer = await fusioWith({ headers }).inject({
      method: 'POST',
      path: '/slot',
      headers: { 'x-list': '1, a' },
    });

    expect(answer.json()).toMatchObject({ errors: [{ pointer: '/headers/x-list/1' }] });
  });
});
