import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnyFusio } from '../../src/index.js';
import { generateSdk } from '../../src/sdk/index.js';
import { documentOf, makeRichApi, serve } from '../openapi/rich-api.js';
import { compile, load } from './load.js';

const api = makeRichApi();
const text = generateSdk(documentOf(api));

test('the SDK of all that fusio can describe compiles', () => {
  expect(compile({ 'sdk.ts': text })).toBe('');
  expect(text).toContain('class ClientError<Body = Problem>');
}, 60_000);

describe('the SDK of a fusio, against it', () => {
  const { createClient, ClientError } = load(text);
  let fusio: AnyFusio;
  let server: Server;
  let client: any;

  beforeAll(async () => {
    fusio = serve(api);
    await fusio.start();
    server = fusio.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = createClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  afterAll(async () => {
    await fusio.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('calls every kind of operation', async () => {
    const events: unknown[] = [];
    for await (const { data } of await client.clock.watch()) events.push(data);

    expect(events).toEqual([1]);
    expect(await client.todo.list({ query: { id: [1, 2] } })).toMatchObject({
      entry: [{ id: 1 }, { id: 2 }],
      totalResults: 10,
    });
    // OpenAPI has one name for `/todo/:id` and `/todo/:todo`.
    expect(await client.todo.get({ params: { todo: 12 } })).toMatchObject({ id: 12 });
    expect(await client.report.year({ params: { year: '2024' } })).toEqual({ year: '2024' });
    expect(await (await client.file.get({ params: { rest: 'a/b.png' } })).text()).toBe('png');
    expect(await client.file.upload({ body: { title: 'x', one: new Blob(['1234']) } })).toEqual({
      title: 'x',
      bytes: 4,
    });
    const pages = [new Blob(['1'], { type: 'text/plain' }), new File(['2'], '2.txt', { type: 'text/plain' })];
    expect(
      await client.album.add({ body: { cover: new File(['p'], 'a.png', { type: 'image/png' }), pages, title: 'x' } }),
    ).toEqual({ title: 'x', files: ['a.png: p', 'blob: 1', '2.txt: 2'] });
    expect(await client.contact.send({ body: { mail: 'me@example.com' } })).toEqual({ mail: 'me@example.com' });
    expect(await client.pet.create({ body: { kind: 'cat', lives: 9 } })).toEqual({ kind: 'cat', lives: 9 });
    expect(await client.pet.home({ body: { pets: [] } })).toBeNull();
    expect(await client.blob.put({ body: new Blob(['x']) })).toBeUndefined();
  });

  test('meets its errors', async () => {
    const error = await client.todo.create({ body: { title: 'x' } }).catch((error: unknown) => error);

    expect(ClientError.is(error, client.todo.create, 401)).toBe(true);
    expect(error.body.code).toBe('UNAUTHENTICATED');
  });
});
