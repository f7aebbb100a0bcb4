import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClientError, createClient, type ServerSentEvent } from '../../src/client/index.js';
import { createFusio, fail, Type } from '../../src/index.js';

const Todo = Type.Object({ id: Type.Integer(), title: Type.String({ minLength: 1 }) });
const fusio = createFusio();
const base = { public: true } as const;
const createTodo = fusio.operation({
  ...base,
  name: 'todo.create',
  method: 'POST',
  path: '/todo',
  body: Type.Pick(Todo, ['title']),
  response: Todo,
  status: 201,
  action: ({ body }) => ({ id: 1, title: body.title }),
});
const getTodo = fusio.operation({
  ...base,
  name: 'todo.get',
  method: 'GET',
  path: '/todo/:id',
  params: Type.Object({ id: Type.Integer() }),
  query: Type.Object({ tags: Type.Optional(Type.Array(Type.String())), loud: Type.Optional(Type.Boolean()) }),
  response: Type.Object({ id: Type.Integer(), tags: Type.Array(Type.String()), loud: Type.Boolean() }),
  throws: { 404: 'No such todo' },
  action({ params, query }) {
    if (params.id === 404) fail(404, 'No todo 404');
    return { id: params.id, tags: query.tags ?? [], loud: query.loud ?? false };
  },
});
const file = fusio.operation({
  ...base,
  name: 'file',
  method: 'GET',
  path: '/file/*rest',
  action: ({ params }) => params.rest,
});
const report = fusio.operation({
  ...base,
  name: 'report',
  method: 'GET',
  path: '/report/$year<[0-9]+>',
  params: Type.Object({ year: Type.Integer() }),
  response: Type.Integer(),
  action: ({ params }) => params.year,
});
const logo = fusio.operation({
  ...base,
  name: 'logo',
  method: 'GET',
  path: '/logo',
  response: 'image/png',
  action: () => Buffer.from('png'),
});
const tick = fusio.operation({
  ...base,
  name: 'tick',
  method: 'GET',
  path: '/tick',
  response: 'text/event-stream',
  async *action() {
    yield { a: 1 };
    yield { event: 'e', id: '7', data: 'two\nlines', retryMs: 5 };
  },
});
const remove = fusio.operation({
  ...base,
  name: 'todo.remove',
  method: 'DELETE',
  path: '/todo/:id',
  status: 204,
  action() {},
});
const csv = fusio.operation({
  ...base,
  name: 'csv',
  method: 'POST',
  path: '/csv',
  consumes: 'text/csv',
  body: Type.String(),
  action: ({ body }) => body,
});
const form = fusio.operation({
  ...base,
  name: 'form',
  method: 'POST',
  path: '/form',
  consumes: 'application/x-www-form-urlencoded',
  body: Type.Object({ a: Type.Array(Type.Integer()), b: Type.Boolean() }),
  action: ({ body }) => body,
});
const upload = fusio.operation({
  ...base,
  name: 'upload',
  method: 'POST',
  path: '/upload',
  consumes: 'multipart/form-data',
  body: Type.Object({ title: Type.String() }),
  async action({ body }, { files }) {
    const texts: string[] = [];
    for await (const file of files) texts.push(`${file.field}=${await file.bytes()}`);
    return { title: body.title, texts };
  },
});
const bytes = fusio.operation({
  ...base,
  name: 'bytes',
  method: 'POST',
  path: '/bytes',
  consumes: 'application/octet-stream',
  action: ({ body }) => String(body),
});
const list = fusio.operation({
  ...base,
  name: 'list',
  method: 'GET',
  path: '/list',
  query: Type.Object({ limit: Type.Optional(Type.Integer({ default: 20 })) }),
  response: Type.Object({ limit: Type.Optional(Type.Integer()) }),
  action: ({ query }) => query,
});
const secret = fusio.operation({ name: 'secret', method: 'GET', path: '/secret', action: () => 'x' });
const api = { todo: { create: createTodo, get: getTodo, remove }, file, report, logo, tick, secret };

describe('a client of a fusio', () => {
  let server: Server;
  let baseUrl: string;

  beforeAll(async () => {
    await fusio.start();
    server = fusio.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await fusio.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('calls every kind of operation', async () => {
    const client = createClient({ baseUrl, routes: api });
    const events: ServerSentEvent[] = [];

    expect(await client.todo.create({ body: { title: 'ä' } })).toEqual({ id: 1, title: 'ä' });
    expect(await client.todo.get({ params: { id: 7 }, query: { tags: ['a', 'b'], loud: true } })).toEqual({
      id: 7,
      tags: ['a', 'b'],
      loud: true,
    });
    expect(await client.todo.get({ params: { id: 7 }, query: { tags: ['a'] } })).toMatchObject({ tags: ['a'] });
    expect(await client.todo.remove({ params: { id: '1' } })).toBeUndefined();
    expect(await client.file({ params: { rest: 'a b/ü/%2F?' } })).toBe('a b/ü/%2F?');
    expect(await client.report({ params: { year: 2024 } })).toBe(2024);
    expect(await (await client.logo()).text()).toBe('png');
    for await (const event of await client.tick()) events.push(event);
    expect(events).toEqual([{ data: { a: 1 } }, { event: 'e', id: '7', data: 'two\nlines', retryMs: 5 }]);
  });

  test('works with the routes as JSON and narrows errors by a method', async () => {
    const client = createClient<typeof api>({ baseUrl, routes: JSON.parse(JSON.stringify(api)) });

    const error = await client.todo.get({ params: { id: 404 } }).catch((error: unknown) => error);

    if (!ClientError.is(error, client.todo.get, 404)) throw new Error('it should be a 404');
    expect(error.body.detail).toBe('No todo 404');
    expect(error.message).toBe('No todo 404');
  });

  test('meets the errors of fusio itself', async () => {
    const client = createClient({ baseUrl, routes: api });

    const invalid = await client.todo
      .create({ body: { title: '' } })
      .catch((error: ClientError) => error as ClientError);
    const unknown = await client.secret().catch((error: ClientError) => error as ClientError);

    expect(invalid).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
    expect(unknown).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  test('sends bodies that are not JSON as the operation takes them', async () => {
    const media = { csv, form, upload, bytes };
    const client = createClient({ baseUrl, routes: media });
    const withFile = new FormData();
    withFile.append('title', 'own');
    withFile.append('file', new Blob(['2']), 'b.txt');
    const fileFirst = { file: new Blob(['1']), title: 'x' };

    expect(await client.csv({ body: 'a;b\n1;2' })).toBe('a;b\n1;2');
    expect(await client.form({ body: { a: [1, 2], b: true } })).toEqual({ a: [1, 2], b: true });
    expect(await client.form({ body: new URLSearchParams('a=3&a=4&b=false') })).toEqual({ a: [3, 4], b: false });
    expect(await client.upload({ body: fileFirst })).toEqual({ title: 'x', texts: ['file=1'] });
    expect(await client.upload({ body: withFile })).toEqual({ title: 'own', texts: ['file=2'] });
    expect(await client.bytes({ body: new Uint8Array([97, 98]) })).toBe('ab');
    expect(await client.bytes({ body: new Blob(['blob'], { type: 'image/png' }) })).toBe('blob');
  });

  test('leaves out an optional property, and the server fills its default in', async () => {
    const client = createClient({ baseUrl, routes: { list } });

    expect(await client.list()).toEqual({ limit: 20 });
    expect(await client.list({ query: { limit: 3 } })).toEqual({ limit: 3 });
  });

  test('needs no port: fusio.fetch is its fetch', async () => {
    const client = createClient({
      baseUrl: 'http://local',
      routes: api,
      fetch: (url, init) => fusio.fetch(new Request(url, init)),
    });

    expect(await client.todo.create({ body: { title: 'x' } })).toEqual({ id: 1, title: 'x' });
  });
});
