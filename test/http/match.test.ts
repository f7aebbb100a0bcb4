import { createServer } from 'node:http';
import express from 'express';
import { createFusio, Type } from '../../src/index.js';
import { closeAll, listen, raw } from '../support/fusio.js';

afterEach(closeAll);

async function served(): Promise<string> {
  const fusio = createFusio({ logger: false });
  const query = Type.Object({ a: Type.Optional(Type.String()) });
  const action = ({ query }: { query: { a?: string } }) => ({ query });
  fusio.operation({ name: 'root', method: 'GET', path: '/', public: true, query, action });
  fusio.operation({ name: 'it.read', method: 'GET', path: '/it', public: true, query, action });
  fusio.operation({ name: 'it.write', method: 'PUT', path: '/it', public: true, action: () => 1 });
  fusio.operation({ name: 'it.drop', method: 'DELETE', path: '/it', public: true, action: () => 1 });
  fusio.operation({ name: 'post', method: 'POST', path: '/post', public: true, action: () => 1 });
  return listen(createServer(fusio.handler));
}

const ask = async (method: string, target: string) =>
  raw(await served(), `${method} ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);

// RFC 9112, 3.2.2: the absolute form.
it.each([
  ['/it', {}],
  ['/it?a=1', { a: '1' }],
  ['/it?', {}],
  ['/it?a=1?2', { a: '1?2' }],
  ['http://x/it', {}],
  ['http://x/it?a=1', { a: '1' }],
  ['https://x:8443/it?a=1', { a: '1' }],
  ['HTTP://X/it', {}],
  ['http://x', {}],
  ['http://x/', {}],
  ['http://x?a=1', { a: '1' }],
  ['http://x/?a=http://y/post', { a: 'http://y/post' }],
  ['http://user:password@[::1]:80/it', {}],
])('takes the target %s', async (target, query) => {
  const { status, body } = await ask('GET', target);

  expect([status, JSON.parse(body)]).toEqual([200, { query }]);
});

it.each(['/nothing', '/IT', '/it/', '/%69t', '//it', 'http://x/nothing', 'http://x/http://x/it', 'http://x//it'])(
  'finds nothing at %s',
  async (target) => {
    const { status, body } = await ask('GET', target);

    expect([status, JSON.parse(body).code]).toEqual([404, 'OPERATION_NOT_FOUND']);
  },
);

it.each([
  '*',
  'ftp://x/it',
  'ftp://x/',
  'ftp://x/one/5',
  'http:///it',
  'http:/it',
  "http://x'/it",
  'http://x!/it',
  'http://x\\y/it',
  'http://x/\\it',
  'http://x/it#a',
  'it',
  'x:80',
  '/it#a',
  '/it?a=1#b',
  '/it?#a=1',
  '/\\it',
  '/\u00e9',
])('refuses the target %s', async (target) => {
  const { status, body } = await ask('GET', target);

  // Node refuses some of them by itself, without a body.
  expect(status).toBe(400);
  if (body !== '') expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'PATH_INVALID' });
});

it('refuses a web request whose URL is none of HTTP', async () => {
  const fusio = createFusio({ logger: false });
  fusio.operation({ name: 'root', method: 'GET', path: '/*rest', public: true, action: () => 1 });

  for (const url of ['ftp://x/one/5', 'data:text/plain,x', 'blob:http://x/1', 'file:///etc/passwd']) {
    const response = await fusio.fetch(new Request(url));

    expect([url, response.status, await response.json()]).toEqual([
      url,
      400,
      expect.objectContaining({ code: 'PATH_INVALID' }),
    ]);
  }
});

it('answers OPTIONS * for the server', async () => {
  const { status, head } = await ask('OPTIONS', '*');

  expect(status).toBe(204);
  expect(head).toMatch(/\r\nallow: DELETE, GET, HEAD, OPTIONS, POST, PUT(\r\n|$)/i);
});

it('lets the host answer what is no path', async () => {
  const fusio = createFusio({ logger: false });
  fusio.operation({ name: 'root', method: 'GET', path: '/', public: true, action: () => 1 });
  const app = express().use(fusio.router, (request, response) => void response.status(418).send(request.url));
  const url = await listen(fusio.createServer(app));

  for (const line of ['OPTIONS *', 'GET *', 'GET ftp://x/', 'GET /#a']) {
    expect([line, (await raw(url, `${line} HTTP/1.1\r\nhost: x\r\n\r\n`)).status]).toEqual([line, 418]);
  }
});

it('closes the connection of a CONNECT', async () => {
  await expect(ask('CONNECT', 'x:80')).rejects.toThrow('no answer');
});

it('answers two Host fields and none as Node does, and stays up', async () => {
  const url = await served();

  expect((await raw(url, 'GET /it HTTP/1.1\r\n\r\n')).status).toBe(400);
  expect((await raw(url, 'GET /it HTTP/1.1\r\nhost: x\r\nhost: y@z/\r\n\r\n')).status).toBe(200);
  expect((await raw(url, 'GET /it HTTP/1.0\r\n\r\n')).status).toBe(200);
});

it.each([
  ['GET http://user:hunter2@x/admin?token=s HTTP/1.1', 403],
  ['GET ftp://user:hunter2@x/admin?token=s HTTP/1.1', 400],
])('tells everybody the path alone of %s', async (line, expected) => {
  const seen: unknown[] = [];
  const note = (...entry: unknown[]) => void seen.push(entry);
  const fusio = createFusio({
    logger: { debug: note, info: note, warn: note, error: note },
    authenticate({ path }) {
      seen.push({ path });
      return { user: { id: '1' } };
    },
  });
  fusio.operation({ name: 'admin', method: 'GET', path: '/admin', scopes: ['admin'], action: () => 1 });
  const app = express()
    .use('/admin', (_request, _response, next) => next())
    .use(fusio.router, fusio.requireScope('other'), (_request, response) => void response.end());

  for (const server of [createServer(fusio.handler), createServer(app)]) {
    const { status, body } = await raw(await listen(server), `${line}\r\nhost: x\r\n\r\n`);

    expect(JSON.parse(body).instance).toBe('/admin');
    expect([expected, 403]).toContain(status);
  }
  expect(seen).toContainEqual({ path: '/admin' });
  expect(JSON.stringify(seen)).not.toContain('hunter2');
});

it('tells the methods of a path in order, each once', async () => {
  const refused = await ask('POST', '/it');
  const options = await ask('OPTIONS', '/it');

  expect(refused.status).toBe(405);
  expect(refused.head).toMatch(/\r\nallow: DELETE, GET, HEAD, OPTIONS, PUT(\r\n|$)/i);
  expect(JSON.parse(refused.body)).toMatchObject({
    code: 'METHOD_NOT_ALLOWED',
    detail: 'This path has no POST; it has DELETE, GET, HEAD, OPTIONS, PUT',
  });
  expect(options.status).toBe(204);
  expect(options.head).toMatch(/\r\nallow: DELETE, GET, HEAD, OPTIONS, PUT(\r\n|$)/i);
});
