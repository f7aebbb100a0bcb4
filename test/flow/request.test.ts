import { createServer } from 'node:http';
import express from 'express';
import { createFusio, type Fusio, Type } from '../../src/index.js';
import { closeAll, listen, post, raw } from '../support/fusio.js';

afterEach(closeAll);

const Todo = Type.Object({ id: Type.Integer(), title: Type.String({ minLength: 1 }) });

function todoApi(): Fusio<{}, {}> {
  const fusio = createFusio({ logger: false });
  fusio.operation({
    name: 'todo.create',
    method: 'POST',
    path: '/todo',
    public: true,
    body: Type.Pick(Todo, ['title']),
    response: Todo,
    status: 201,
    maxBodyBytes: 2000,
    action: ({ body }) => ({ id: 1, title: body.title, secret: 'not declared' }),
  });
  fusio.operation({
    name: 'todo.get',
    method: 'GET',
    path: '/todo/:id',
    public: true,
    params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
    query: Type.Object({ expand: Type.Optional(Type.Boolean()) }),
    response: Type.Object({ id: Type.Integer(), expand: Type.Boolean() }),
    action: async ({ params, query }) => ({ id: params.id, expand: query.expand ?? false }),
  });
  return fusio;
}

/** Every way of standing in a host. */
const hosts: Record<
  string,
  (fusio: Fusio<{}, {}>) => { listener: Parameters<typeof createServer>[1]; prefix: string }
> = {
  'mounted at /': (fusio) => ({ listener: express().use(fusio.router), prefix: '' }),
  'mounted at /api/v1': (fusio) => ({ listener: express().use('/api/v1', fusio.router), prefix: '/api/v1' }),
  'mounted in a sub-app': (fusio) => ({
    listener: express().use('/sub', express().use('/api', fusio.router)),
    prefix: '/sub/api',
  }),
  'mounted twice': (fusio) => ({ listener: express().use('/a', fusio.router).use('/b', fusio.router), prefix: '/b' }),
  'mounted behind express.json()': (fusio) => ({
    listener: express()
      .use(express.json())
      .use(express.urlencoded({ extended: true }))
      .use('/api', fusio.router),
    prefix: '/api',
  }),
  'without Express': (fusio) => ({ listener: fusio.handler, prefix: '' }),
};

describe.each(Object.entries(hosts))('an operation %s', (name, host) => {
  const start = async () => {
    const fusio = todoApi();
    const { listener, prefix } = host(fusio);
    return { url: await listen(createServer(listener)), prefix };
  };

  it('answers a valid request and drops what the response does not declare', async () => {
    const { url, prefix } = await start();

    const answer = await raw(url, post(`${prefix}/todo`, '{"title":"Read"}'));

    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.body)).toEqual({ id: 1, title: 'Read' });
    expect(answer.head).toMatch(/content-type: application\/json; charset=utf-8/i);
    expect(answer.head).toMatch(/x-request-id: \S+/i);
  });

  it('brings path and query to their types and reports every issue with its pointer', async () => {
    const { url, prefix } = await start();

    const good = await fetch(`${url}${prefix}/todo/12?expand=true`);
    const bad = await fetch(`${url}${prefix}/todo/1.5?expand=maybe`);

    expect(await good.json()).toEqual({ id: 12, expand: true });
    expect(bad.status).toBe(400);
    expect(bad.headers.get('content-type')).toBe('application/problem+json');
    const problem = (await bad.json()) as any;
    expect(problem).toMatchObject({
      type: 'urn:fusio:error:request-invalid',
      status: 400,
      code: 'REQUEST_INVALID',
      success: false,
      instance: `${prefix}/todo/1.5`,
    });
    expect(problem.errors.map((issue: { pointer: string }) => issue.pointer)).toEqual(['/params/id', '/query/expand']);
    expect(problem.requestId).toBe(bad.headers.get('x-request-id'));
  });

  it.each([
    ['a key too many', '{"title":"Read","done":true}', 201],
    ['a duplicate key: the last one counts', '{"title":"","title":"Read"}', 201],
    ['no title', '{}', 400],
    ['an array', '[]', 400],
    ['no body', '', 400],
    ['a forbidden key', '{"title":"Read","__proto__":{"x":1}}', 400],
    ['a nest too deep', `{"title":${'['.repeat(200)}${']'.repeat(200)}}`, 400],
    ['malformed JSON', '{"title":', 400],
    ['too many bytes', JSON.stringify({ title: 'x'.repeat(name.includes('express.json') ? 2_500 : 3_000_000) }), 413],
  ])('answers %s', async (_what, body, status) => {
    const { url, prefix } = await start();

    const answer = await raw(url, post(`${prefix}/todo`, body));

    expect(answer.status).toBe(status);
    // A parser of the host that runs first answers malformed JSON itself.
    if (status >= 400 && !(name.includes('express.json') && _what === 'malformed JSON')) {
      expect(JSON.parse(answer.body)).toMatchObject({ status, success: false });
    }
  });

  it('takes a body that comes byte by byte', async () => {
    const { url, prefix } = await start();
    const bytes = post(`${prefix}/todo`, '{"title":"Read"}');

    const answer = await raw(
      url,
      [...bytes].map((byte) => Buffer.from([byte])),
    );

    expect(answer.status).toBe(201);
  });

  it('answers HEAD as GET without the content', async () => {
    const { url, prefix } = await start();

    const answer = await fetch(`${url}${prefix}/todo/12`, { method: 'HEAD' });

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe('24');
    expect(await answer.text()).toBe('');
  });

  it.each(['/todo/%zz', '/todo/%00', '/todo/%2e%2e'])('refuses the path %s', async (path) => {
    const { url, prefix } = await start();

    const answer = await raw(url, `GET ${prefix}${path} HTTP/1.1\r\nhost: x\r\n\r\n`);

    expect(answer.status).toBe(400);
  });
});

describe('what is not an operation', () => {
  it('falls through to the host when fusio is mounted, also for another method and a longer path', async () => {
    const app = express().use('/api', todoApi().router);
    app.use((request, response) => void response.status(418).send(request.url));
    const url = await listen(createServer(app));

    for (const [method, path] of [
      ['GET', '/api/none'],
      ['DELETE', '/api/todo'],
      ['OPTIONS', '/api/todo'],
      ['GET', '/api/todo/'],
      ['GET', '/api/todo/1/2'],
      ['GET', '/'],
    ] as const) {
      const answer = await fetch(url + path, { method });
      expect([path, answer.status, await answer.text()]).toEqual([path, 418, path]);
    }
  });

  it('is answered with 404, 405 and OPTIONS where fusio owns the answer', async () => {
    const url = await listen(createServer(todoApi().handler));

    const missing = await fetch(`${url}/none`);
    const other = await fetch(`${url}/todo/1`, { method: 'DELETE' });
    const options = await fetch(`${url}/todo`, { method: 'OPTIONS' });

    expect([missing.status, ((await missing.json()) as any).code]).toEqual([404, 'OPERATION_NOT_FOUND']);
    expect([other.status, other.headers.get('allow'), ((await other.json()) as any).code]).toEqual([
      405,
      'GET, HEAD, OPTIONS',
      'METHOD_NOT_ALLOWED',
    ]);
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'OPTIONS, POST']);
  });

  it('is answered by the router as well with fallthrough: false', async () => {
    const fusio = createFusio({ fallthrough: false, logger: false });
    const url = await listen(createServer(express().use('/api', fusio.router)));

    const answer = await fetch(`${url}/api/none`);

    expect([answer.status, ((await answer.json()) as any).code]).toEqual([404, 'OPERATION_NOT_FOUND']);
  });
});

it('registers operations after the start', async () => {
  const fusio = createFusio({ logger: false });
  const url = await listen(createServer(fusio.handler));
  await fusio.start();

  fusio.operation({ name: 'late', method: 'GET', path: '/late', public: true, action: () => 'here' });

  expect(await (await fetch(`${url}/late`)).json()).toBe('here');
});

it('keeps two instances in one process apart', async () => {
  const one = createFusio({ logger: false });
  const two = createFusio({ logger: false });
  const handle = one.operation({ name: 'x', method: 'GET', path: '/x', public: true, action: () => 1 });
  two.operation({ name: 'x', method: 'GET', path: '/x', public: true, action: () => 2 });

  expect((await one.inject({ path: '/x' })).json()).toBe(1);
  expect((await two.inject({ path: '/x' })).json()).toBe(2);
  await expect(two.call(handle)).rejects.toMatchObject({ code: 'OPERATION_INVALID' });
});
