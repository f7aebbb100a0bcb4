import { createServer } from 'node:http';
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
  ['/it?a=1#b', { a: '1' }],
  ['/it?#a=1', {}],
  ['http://x/it', {}],
  ['http://x/it?a=1', { a: '1' }],
  ['https://x:8443/it?a=1', { a: '1' }],
  ['HTTP://X/it', {}],
  ['http://x', {}],
  ['http://x/', {}],
  ['http://x?a=1', { a: '1' }],
  ['http://x/?a=http://y/post', { a: 'http://y/post' }],
])('takes the target %s', async (target, query) => {
  const { status, body } = await ask('GET', target);

  expect([status, JSON.parse(body)]).toEqual([200, { query }]);
});

it.each([
  '/nothing',
  '/IT',
  '/it/',
  'http://x/nothing',
  'http://x/http://x/it',
  'http:/it',
  'it',
  'ftp://x/it',
  'ftp://x/',
  '*',
])('finds nothing at %s', async (target) => {
  const { status, body } = await ask('GET', target);

  // Node refuses some of them by itself, without a body.
  if (body === '') expect(status).toBe(400);
  else expect(JSON.parse(body)).toMatchObject({ status: 404, code: 'OPERATION_NOT_FOUND' });
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
