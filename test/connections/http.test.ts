import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import axios, { type AxiosInstance } from 'axios';
import type { Connection } from '../../src/connection/connection.js';
import { connectionFailure, upstreamAnswer } from '../../src/connection/failure.js';
import { type HttpOptions, http } from '../../src/connections/http.js';

interface Upstream {
  url: string;
  server: Server;
  seen: { method: string; url: string; headers: IncomingMessage['headers'] }[];
  sockets: Set<Socket>;
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function upstream(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end('{"ok":true}'),
): Promise<Upstream> {
  const seen: Upstream['seen'] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    seen.push({ method: request.method!, url: request.url!, headers: request.headers });
    response.setHeader('content-type', 'application/json');
    answer(request, response);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(async () => {
    server.closeAllConnections();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, seen, sockets };
}

async function openClient(options: HttpOptions | string): Promise<AxiosInstance> {
  const connection = http(options);
  const client = await connection.open();
  cleanUps.push(() => connection.close?.(client));
  return client;
}

const errorOf = (promise: Promise<unknown>): Promise<Error & { code?: string; response?: { status: number } }> =>
  promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error) => error,
  );

describe('http()', () => {
  it('speaks to the service at its base URL', async () => {
    const { url, seen } = await upstream();
    const client = await openClient({ baseURL: `${url}/v1`, headers: { 'X-Api-Key': 'key' } });

    const { data } = await client.get('/todos', { params: { page: 2 } });

    expect(data).toEqual({ ok: true });
    expect(seen).toMatchObject([{ url: '/v1/todos?page=2', headers: { 'x-api-key': 'key' } }]);
  });

  it('takes the base URL alone', async () => {
    const { url, seen } = await upstream();
    const client = await openClient(url);

    await client.get('');
    await client.get('/a//b');

    expect(seen.map((request) => request.url)).toEqual(['/', '/a//b']);
  });

  it('uses an axios instance that the app has, and leaves it alone', async () => {
    const instance = axios.create();
    const before = JSON.stringify(instance.defaults);

    const connection = http(instance);

    expect(connection.open()).toBe(instance);
    expect(connection.close).toBeUndefined();
    expect(connection.ping).toBeUndefined();
    expect(JSON.stringify(instance.defaults)).toBe(before);
  });

  it('uses no proxy of the environment', async () => {
    const proxy = await upstream();
    const { url, seen } = await upstream();
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];
    for (const name of names) process.env[name] = proxy.url;
    cleanUps.push(() => {
      for (const name of names) delete process.env[name];
    });
    const client = await openClient(url);

    await client.get('/todos');
    // The counterproof: without our defaults the proxy is asked.
    await axios.get(`${url}/other`);

    expect(seen.map((request) => request.url)).toEqual(['/todos']);
    expect(proxy.seen.map((request) => request.url)).toEqual([`${url}/other`]);
  });

  describe('keeps every URL under the base', () => {
    it('an absolute one, a protocol-relative one and backslashes', async () => {
      const evil = await upstream();
      const { url, seen } = await upstream();
      const host = evil.url.slice('http://'.length);
      const client = await openClient(`${url}/v1`);

      for (const path of [evil.url, `//${host}/x`, `\\\\${host}\\x`, `/\\${host}/x`, `\t//${host}/x`, `@${host}/x`]) {
        await client.get(path).catch(() => undefined);
      }

      expect(evil.seen).toEqual([]);
      expect(seen.length).toBeGreaterThan(0);
      for (const request of seen) expect(request.url).toMatch(/^\/v1\//);
    });

    it.each(['../admin', '/users/../../admin', 'users/%2e%2e/%2E./../admin', '..\\admin', '/.\t./admin', '/..'])(
      'refuses %j, which climbs out of it',
      async (path) => {
        const { url, seen } = await upstream();
        const client = await openClient(`${url}/v1/`);

        const error = await errorOf(client.get(path));

        expect(error).toMatchObject({
          code: 'ERR_INVALID_URL',
          message: 'The URL leaves the baseURL of the connection',
        });
        expect(seen).toEqual([]);
      },
    );

    it('those of a client that its create() makes, too', async () => {
      const evil = await upstream();
      const { url, seen } = await upstream();
      const client = await openClient({ baseURL: `${url}/v1`, headers: { 'X-Api-Key': 'key' } });
      const tenant = client.create({ headers: { 'X-Tenant': 'a' } }).create();
      const next = client.create({ baseURL: `${url}/v2` });

      await tenant.get('/todos');
      await next.get('/todos');
      for (const one of [tenant, next, client.create()]) {
        for (const path of ['../admin', '/..', 'a/%2e%2e/../../admin']) {
          expect(await errorOf(one.get(path))).toMatchObject({ code: 'ERR_INVALID_URL' });
        }
        await one.get(`${evil.url}/x`).catch(() => undefined);
      }

      expect(evil.seen).toEqual([]);
      expect(seen[0]).toMatchObject({ url: '/v1/todos', headers: { 'x-api-key': 'key', 'x-tenant': 'a' } });
      expect(seen[1]).toMatchObject({ url: '/v2/todos', headers: { 'x-api-key': 'key' } });
      for (const { url: path } of seen) expect(path).toMatch(/^\/v[12]\//);
    });

    it('those under a base URL that one request gives', async () => {
      const other = await upstream();
      const client = await openClient('http://127.0.0.1:1/v1');

      await client.get('/a', { baseURL: `${other.url}/v2` });
      const error = await errorOf(client.get('/../a', { baseURL: `${other.url}/v2` }));

      expect(other.seen.map((request) => request.url)).toEqual(['/v2/a']);
      expect(error).toMatchObject({ code: 'ERR_INVALID_URL' });
    });

    it('but lets one request say otherwise', async () => {
      const other = await upstream();
      const { url } = await upstream();
      const client = await openClient(`${url}/v1`);

      await client.get(`${other.url}/a`, { allowAbsoluteUrls: true });
      await client.get('/b', { baseURL: other.url });

      expect(other.seen.map((request) => request.url)).toEqual(['/a', '/b']);
    });
  });

  describe('redirects', () => {
    const redirect = (to: () => string) => (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/from') response.writeHead(302, { location: to() });
      response.end('{}');
    };

    it('are not followed, and are an answer that was no good', async () => {
      const target = await upstream();
      const { url } = await upstream(redirect(() => `${target.url}/to`));
      const client = await openClient({
        baseURL: url,
        headers: { 'X-Api-Key': 'key' },
        auth: { username: 'a', password: 'b' },
      });

      const error = await errorOf(client.get('/from'));

      expect(upstreamAnswer(error)).toEqual({ status: 302 });
      expect(target.seen).toEqual([]);
    });

    it('are followed to the same origin when asked for', async () => {
      const { url, seen } = await upstream(redirect(() => '/to'));
      const client = await openClient({ baseURL: url, maxRedirects: 3, headers: { 'X-Api-Key': 'key' } });

      await client.get('/from');

      expect(seen.map((request) => request.url)).toEqual(['/from', '/to']);
      expect(seen[1]!.headers['x-api-key']).toBe('key');
    });

    it('never carry credentials to another origin', async () => {
      const target = await upstream();
      const { url } = await upstream(redirect(() => `${target.url}/to`));
      const client = await openClient({ baseURL: url, maxRedirects: 3, headers: { 'X-Api-Key': 'key' } });

      const error = await errorOf(client.get('/from'));

      expect(error.message).toContain('redirects to another origin');
      expect(target.seen).toEqual([]);
      expect(connectionFailure(error)).toBe(false);
      expect(upstreamAnswer(error)).toEqual({});
    });
  });

  describe('that meets connections which the service has closed', () => {
    /** A service that ends every connection at the first request on it after `restart()`, without a byte of an answer. */
    async function restarting(end: (socket: Socket) => void) {
      const old = new Set<Socket>();
      const gate = new EventEmitter();
      let waiting = 0;
      const service = await upstream((request, response) => {
        if (old.has(request.socket)) end(request.socket);
        else if (request.url !== '/together') response.end('{"ok":true}');
        else {
          gate.once('open', () => response.end());
          if (++waiting === 5) gate.emit('open');
        }
      });
      function restart(): void {
        for (const socket of service.sockets) old.add(socket);
      }
      return { ...service, restart };
    }

    async function warm(
      options: Partial<HttpOptions> = {},
      end = (socket: Socket): unknown => socket.resetAndDestroy(),
    ) {
      const service = await restarting(end);
      const client = await openClient({ baseURL: service.url, ...options });
      await Promise.all(Array.from({ length: 5 }, () => client.get('/together')));
      service.restart();
      service.seen.length = 0;
      return { ...service, client };
    }

    const ends: [string, (socket: Socket) => unknown][] = [
      ['a reset', (socket) => socket.resetAndDestroy()],
      ['an end', (socket) => socket.end()],
    ];
    it.each(ends)('sends an idempotent request again, after %s', async (_, end) => {
      for (const maxRedirects of [0, 3]) {
        for (const method of ['get', 'head', 'options', 'put', 'delete']) {
          const { client, seen } = await warm({ maxRedirects }, end);

          const { status } = await client.request({ method, url: '/it', ...(method === 'put' && { data: { a: 1 } }) });

          expect(status).toBe(200);
          expect(seen.map((request) => request.url)).toEqual(Array.from({ length: 6 }, () => '/it'));
        }
      }
    });

    it.each([
      ['one that is not idempotent', { method: 'post', data: {} }],
      ['one whose body is a stream', { method: 'put', data: () => Readable.from(['x']) }],
    ])('leaves alone %s', async (_, { method, data }) => {
      const { client, seen } = await warm();

      const error = await errorOf(
        client.request({ method, url: '/it', data: typeof data === 'function' ? data() : data }),
      );

      expect(connectionFailure(error)).toBe(true);
      expect(seen).toHaveLength(1);
    });

    it('leaves alone one whose answer has begun', async () => {
      const { client, seen } = await warm({}, (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}', () => socket.end());
      });

      const error = await errorOf(client.get('/it'));

      expect(upstreamAnswer(error)).toBeDefined();
      expect(seen).toHaveLength(1);
    });

    it('leaves alone one whose connection was new', async () => {
      const { url, seen } = await upstream((request) => request.socket.resetAndDestroy());

      const error = await errorOf((await openClient(url)).get('/it'));

      expect(connectionFailure(error)).toBe(true);
      expect(seen).toHaveLength(1);
    });

    it('ends when it is cancelled', async () => {
      const abort = new AbortController();
      const { client, seen } = await warm({}, (socket) => {
        abort.abort();
        socket.resetAndDestroy();
      });

      const error = await errorOf(client.get('/it', { signal: abort.signal }));

      expect(error.code).toBe('ERR_CANCELED');
      expect(seen).toHaveLength(1);
    });
  });

  it('takes no answer of more than 10 MB, packed or not, as a whole or as a stream', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    const { url } = await upstream((request, response) => {
      if (request.url === '/bomb') response.setHeader('content-encoding', 'gzip').end(bomb);
      else response.end(Buffer.alloc(11 * 1024 * 1024));
    });
    const client = await openClient(url);
    const drain = async () => {
      const { data } = await client.get('/bomb', { responseType: 'stream' });
      for await (const _ of data);
    };

    for (const attempt of [() => client.get('/bomb'), () => client.get('/plain'), drain]) {
      const error = await errorOf(attempt());
      expect(error).toMatchObject({ code: 'ERR_BAD_RESPONSE', message: 'maxContentLength size of 10485760 exceeded' });
      expect(upstreamAnswer(error)).toEqual({});
      expect(connectionFailure(error)).toBe(false);
    }
  });

  it('keeps connections alive, and leaves no socket when it closes', async () => {
    const { url, sockets } = await upstream();
    const connection = http(url);
    const client = await connection.open();
    for (let i = 0; i < 5; i++) await client.get('/');
    expect(sockets.size).toBe(1);
    await Promise.all([client.get('/'), client.get('/'), client.get('/')]);
    expect(sockets.size).toBeGreaterThan(1);

    const gone = [...sockets].map((socket) => once(socket, 'close'));
    await connection.close?.(client);
    await Promise.all(gone);

    expect(sockets.size).toBe(0);
  });

  it('ends a request that is still under way when it closes', async () => {
    const arrived = new EventEmitter();
    const { url } = await upstream(() => void arrived.emit('request'));
    const connection = http(url);
    const client = await connection.open();
    const request = errorOf(client.get('/'));
    await once(arrived, 'request');

    await connection.close?.(client);

    expect(connectionFailure(await request)).toBe(true);
  });

  it('opens at most 100 sockets', async () => {
    const waiting: ServerResponse[] = [];
    const full = new EventEmitter();
    const { url, sockets } = await upstream((_, response) => {
      if (waiting.push(response) === 100) full.emit('full');
    });
    const client = await openClient(url);

    const all = Array.from({ length: 120 }, () => client.get('/'));
    await once(full, 'full');
    await new Promise((resolve) => setImmediate(resolve));
    expect(sockets.size).toBe(100);
    const drain = setInterval(() => {
      for (const response of waiting.splice(0)) response.end('{}');
    }, 5);
    await Promise.all(all);
    clearInterval(drain);
  });

  it('gives up a service that does not answer in time', async () => {
    const { url } = await upstream(() => {});
    const client = await openClient({ baseURL: url, timeout: 30 });

    const error = await errorOf(client.get('/'));

    expect(connectionFailure(error)).toBe(true);
    expect(client.defaults).toMatchObject({ timeout: 30, maxContentLength: 10 * 1024 * 1024, proxy: false });
  });

  it('tells a service that is gone from one that answers badly', async () => {
    const bad = await upstream((_, response) => response.writeHead(503).end('{}'));
    const gone = await upstream();
    gone.server.close();

    const answered = await errorOf((await openClient(bad.url)).get('/'));
    const silent = await errorOf((await openClient(gone.url)).get('/'));

    expect([connectionFailure(answered), upstreamAnswer(answered)]).toEqual([false, { status: 503 }]);
    expect([connectionFailure(silent), upstreamAnswer(silent)]).toEqual([true, undefined]);
  });

  it('pings where it is told what to get', async () => {
    let status = 200;
    const { url, seen } = await upstream((_, response) => response.writeHead(status).end('{}'));
    const connection: Connection<AxiosInstance> = http({ baseURL: url, ping: '/health' });
    const client = await connection.open();
    cleanUps.push(() => connection.close?.(client));

    await connection.ping?.(client);
    status = 500;
    const error = await errorOf(Promise.resolve(connection.ping?.(client)));

    expect(seen.map((request) => request.url)).toEqual(['/health', '/health']);
    expect(upstreamAnswer(error)).toEqual({ status: 500 });
    expect(http(url).ping).toBeUndefined();
  });

  it.each([
    [undefined, 'http() needs a base URL, options or an axios instance, got undefined'],
    [{}, 'http() needs baseURL, the address of the service'],
    [
      { baseUrl: 'http://a' },
      'http() needs baseURL, the address of the service, got "baseUrl" (did you mean "baseURL"?)',
    ],
    ['/v1', 'http(): baseURL must be a whole URL, as in https://billing.internal/v1'],
    ['ftp://user:secret@host', 'http(): baseURL must be a whole URL, as in https://billing.internal/v1'],
    ['http://host?key=secret', 'http(): baseURL has no query: give what every request needs as params'],
    [{ baseURL: 'http://host', ping: true }, 'http(): ping must be a path under baseURL, got boolean'],
  ])('refuses %j', (options, message) => {
    expect(() => http(options as never)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', message }));
  });
});
