import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Type } from 'typebox';
import { createFusio, file, respond } from '../../../src/index.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** The bytes that come back for a request. */
async function bytesOf(listener: Listener, head: string): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  const whole = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const [fields = '', body] = text.split('\r\n\r\n');
      const length = /^HTTP\S+ (204|304) /.test(text) || head.startsWith('HEAD') ? 0 : lengthIn(fields);
      if (body !== undefined && body.length >= length) resolve();
    });
  });
  socket.write(head);
  await whole;
  socket.destroy();
  server.close();
  return text.replace(/^Date: .*$/im, 'Date: masked');
}

function lengthIn(fields: string): number {
  return Number(/^content-length: (\d+)$/im.exec(fields)?.[1] ?? Number.POSITIVE_INFINITY);
}

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: one\r\n${more}\r\n`;

function api(options = {}) {
  const fusio = createFusio({ logger: false, ...options });
  const operation = (name: string, more: object, action: () => unknown) =>
    fusio.operation({ name, method: 'GET', path: `/${name}`, public: true, ...more, action } as never);
  operation('plain', { response: Type.Object({ a: Type.Number() }) }, () => ({ a: 1 }));
  operation('created', { status: 201, stability: 'deprecated' }, () => ['x']);
  operation('cached', { cache: { maxAgeMs: 5000, vary: ['accept'], etag: true } }, () => ({ a: 1 }));
  operation('unicode', {}, () => ({ a: 'é€😀' }));
  operation('own', {}, () => respond(200, { a: 1 }, { 'x-own': 'yes' }));
  operation('nothing', {}, () => undefined);
  operation('broken', {}, () => {
    throw new Error('x');
  });
  return fusio;
}

describe('an answer over node:http', () => {
  // Middleware for sessions and compression patches writeHead: then the headers are set one by one.
  const patched =
    (handler: Listener): Listener =>
    (request, response) => {
      response.writeHead = response.writeHead.bind(response) as never;
      handler(request, response);
    };

  it.each([
    ['/plain', ''],
    ['/created', ''],
    ['/cached', ''],
    ['/cached', 'If-None-Match: *\r\n'],
    ['/unicode', ''],
    ['/own', ''],
    ['/nothing', ''],
    ['/broken', ''],
    ['/none', ''],
    ['/plain', 'Connection: close\r\n'],
  ])('has the same bytes whether writeHead is patched or not: %s %s', async (path, more) => {
    const { handler } = api();

    const whole = await bytesOf(handler, get(path, more));

    expect(whole).toMatch(/^HTTP\/1\.1 \d{3} /);
    expect(whole).toBe(await bytesOf(patched(handler), get(path, more)));
  });

  it.each([
    ['HTTP/1.0', 'GET /plain HTTP/1.0\r\nX-Request-Id: one\r\n\r\n'],
    ['HTTP/1.0, kept alive', 'GET /plain HTTP/1.0\r\nX-Request-Id: one\r\nConnection: keep-alive\r\n\r\n'],
    ['HEAD', get('/plain').replace('GET', 'HEAD')],
  ])('has them too for %s', async (_title, head) => {
    const { handler } = api();

    expect(await bytesOf(handler, head)).toBe(await bytesOf(patched(handler), head));
  });

  it.each<[string, Listener]>([
    ['a header of its own', (_request, response) => response.setHeader('X-Host', 'yes')],
    ['two of a name', (_request, response) => response.setHeader('x-host', ['one', 'two'])],
    ['a cookie', (_request, response) => response.setHeader('Set-Cookie', 'a=1')],
    ['another type', (_request, response) => response.setHeader('Content-Type', 'text/plain')],
    ['another connection', (_request, response) => response.setHeader('Connection', 'close')],
    ['a date of its own', (_request, response) => response.setHeader('date', 'masked').setHeader('x-a', 'b')],
    ['no date', (_request, response) => (response.sendDate = false)],
    ['another reason', (_request, response) => (response.statusMessage = 'Fine')],
    ['no connection header', (_request, response) => response.removeHeader('connection')],
    ['no keep-alive', (_request, response) => (response.shouldKeepAlive = false)],
  ])('has them too where the host wants %s', async (_title, host) => {
    const { handler } = api();
    const afterHost =
      (next: Listener): Listener =>
      (request, response) => {
        host(request, response);
        next(request, response);
      };

    const sent = await bytesOf(afterHost(handler), get('/plain'));

    expect(sent).toBe(await bytesOf(afterHost(patched(handler)), get('/plain')));
    expect(sent).not.toBe(await bytesOf(handler, get('/plain')));
  });

  it('goes with CORS', async () => {
    const { handler } = api({ cors: { origins: ['https://a.example'], credentials: true } });
    const head = get('/plain', 'Origin: https://a.example\r\n');

    const whole = await bytesOf(handler, head);

    expect(whole).toContain('access-control-allow-origin: https://a.example\r\n');
    expect(whole.toLowerCase()).toBe((await bytesOf(patched(handler), head)).toLowerCase());
  });

  it('says that the connection ends while fusio stops', async () => {
    const fusio = api();
    fusio.operation({
      name: 'slow',
      method: 'GET',
      path: '/slow',
      public: true,
      action: () =>
        new Promise((resolve) => {
          setImmediate(() => {
            void fusio.stop();
            resolve({ a: 1 });
          });
        }),
    });

    const text = await bytesOf(fusio.handler, get('/slow'));

    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text.match(/^connection: .*$/gim)).toEqual(['connection: close']);
  });

  it('keeps to the limit of requests on a connection', async () => {
    const { handler } = api();
    const server = createServer(handler).listen(0, '127.0.0.1');
    server.maxRequestsPerSocket = 1;
    await once(server, 'listening');

    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/plain`);

    expect(answer.headers.get('connection')).toBe('close');
    server.close();
  });

  it('tells the host what it sent: status, head and end', async () => {
    const { handler } = api();
    const seen: unknown[] = [];

    await bytesOf((request, response) => {
      response.on('finish', () => {
        const { statusCode, statusMessage, headersSent, writableFinished } = response;
        seen.push(statusCode, statusMessage, headersSent, writableFinished);
      });
      handler(request, response);
    }, get('/created'));

    expect(seen).toEqual([201, 'Created', true, true]);
  });

  it('refuses a header of an operation that would split it, when it is registered', () => {
    const fusio = createFusio();

    expect(() =>
      fusio.operation({
        name: 'split',
        method: 'GET',
        path: '/split',
        cache: { vary: ['accept\r\nx-evil: 1'] },
        action: () => 1,
      }),
    ).toThrow('operation "split": the header "vary" cannot be sent');
  });

  it('sends a range of a file', async () => {
    const fusio = createFusio();
    fusio.operation({ name: 'file', method: 'GET', path: '/file', public: true, action: () => file(__filename) });

    expect(await bytesOf(fusio.handler, get('/file', 'Range: bytes=0-5\r\n'))).toMatch(/\r\n\r\nimport$/);
  });
});
