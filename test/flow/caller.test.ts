import { createServer } from 'node:http';
import express from 'express';
import { type AuthenticateRequest, createFusio, type FusioOptions, Type } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

const authenticate: NonNullable<FusioOptions['authenticate']> = ({ headers }) => {
  if (headers.authorization === 'Bearer good')
    return { user: { id: '7', name: 'Ada' }, app: { id: 'a1' }, scopes: ['todo'] };
  if (headers.authorization === 'Bearer poor') return { user: { id: '8' } };
  return headers.authorization === undefined ? null : 'challenge';
};

function api(options: FusioOptions = {}) {
  const fusio = createFusio({ authenticate, logger: false, ...options });
  const who = (_request: unknown, { user, app, token, scopes }: any) => ({
    user: user.name,
    app: app?.id,
    kind: token?.kind,
    scopes,
  });
  fusio.operation({ name: 'open', method: 'GET', path: '/open', public: true, action: who });
  fusio.operation({ name: 'private', method: 'GET', path: '/private', action: who });
  fusio.operation({ name: 'todo.list', method: 'GET', path: '/todo', scopes: ['todo.read', 'admin'], action: who });
  fusio.operation({ name: 'billing', method: 'GET', path: '/billing', scopes: ['billing'], action: who });
  return fusio;
}

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

describe.each(['router', 'handler', 'fetch'] as const)('a caller through %s', (transport) => {
  async function client() {
    const fusio = api();
    if (transport === 'fetch')
      return (path: string, init?: RequestInit) => fusio.fetch(new Request(`http://x${path}`, init));
    const url = await listen(createServer(transport === 'router' ? express().use(fusio.router) : fusio.handler));
    return (path: string, init?: RequestInit) => fetch(url + path, init);
  }

  it.each([
    ['/open', undefined, 200],
    ['/open', 'bad', 401],
    ['/private', undefined, 401],
    ['/private', 'bad', 401],
    ['/private', 'poor', 200],
    ['/todo', 'poor', 403],
    ['/todo', 'good', 200],
    ['/billing', 'good', 403],
  ])('of %s with the credential %s gets %d', async (path, token, status) => {
    const call = await client();

    const answer = await call(path, token === undefined ? {} : bearer(token));

    expect(answer.status).toBe(status);
    const challenge = answer.headers.get('www-authenticate');
    if (status === 401) expect(challenge).toBe('Bearer realm="fusio"');
    if (status === 403)
      expect(challenge).toMatch(/^Bearer realm="fusio", error="insufficient_scope", scope="[\w. ]+"$/);
  });

  it('is shown to the action, and what it may see is kept out of caches', async () => {
    const call = await client();

    const answer = await call('/private', bearer('good'));

    expect(await answer.json()).toEqual({ user: 'Ada', app: 'a1', kind: 'host', scopes: ['todo'] });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

it('shows the hook the path with its mount, the headers and the request of the host', async () => {
  const seen: AuthenticateRequest[] = [];
  const fusio = api({
    authenticate(request) {
      seen.push(request);
      return null;
    },
  });
  const url = await listen(createServer(express().use('/api', fusio.router)));

  await fetch(`${url}/api/open?secret=1`, { headers: { 'x-a': 'b' } });

  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({ method: 'GET', path: '/api/open', headers: { 'x-a': 'b' } });
  expect(seen[0]!.ip).toMatch(/127\.0\.0\.1$/);
  expect((seen[0]!.raw as { originalUrl: string }).originalUrl).toBe('/api/open?secret=1');
});

it('answers 500, and logs why, where the hook breaks or gives nonsense', async () => {
  for (const hook of [
    () => {
      throw new Error('session store is gone');
    },
    async () => 'yes' as never,
    () => ({ user: { id: 7 } }) as never,
    () => ({ scopes: ['todo'] }) as never,
  ]) {
    const errors: object[] = [];
    const logger = {
      debug() {},
      info() {},
      warn() {},
      error: (fields: object | string) => void errors.push(Object(fields)),
    };
    const answer = await api({ authenticate: hook, logger }).inject({ path: '/open' });

    expect(answer.status).toBe(500);
    expect(errors).toHaveLength(1);
  }
});

it('reads no body before it knows who calls', async () => {
  let asked = false;
  const fusio = createFusio({ logger: false, authenticate: () => null });
  fusio.operation({ name: 'x', method: 'POST', path: '/x', body: Type.Object({}), action: () => 1 });
  const body = new ReadableStream(
    {
      pull() {
        asked = true;
      },
    },
    { highWaterMark: 0 },
  );

  const answer = await fusio.fetch(
    new Request('http://x/x', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
      duplex: 'half',
    } as RequestInit),
  );

  expect([answer.status, asked]).toEqual([401, false]);
});

describe('requireScope', () => {
  async function host() {
    const fusio = api();
    const app = express();
    app.get(
      '/report',
      fusio.requireScope('todo.read', 'admin'),
      (_request, response) => void response.json({ report: 1 }),
    );
    return listen(createServer(app));
  }

  it.each([
    [undefined, 401],
    ['bad', 401],
    ['poor', 403],
    ['good', 200],
  ])('lets %s pass a route of the host with %d', async (token, status) => {
    const url = await host();

    const answer = await fetch(`${url}/report`, token === undefined ? {} : bearer(token));

    expect(answer.status).toBe(status);
    if (status > 400) expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });
});

describe('inject as', () => {
  it('the system may call everything, a principal the operations that its scopes cover, an anonymous caller the public ones', async () => {
    const fusio = api();
    const status = async (path: string, as?: Parameters<typeof fusio.inject>[0]['as']) =>
      (await fusio.inject(as === undefined ? { path } : { path, as })).status;

    expect(await status('/billing', 'system')).toBe(200);
    expect(await status('/billing', { user: { id: '1' }, scopes: ['billing'] })).toBe(200);
    expect(await status('/billing', { user: { id: '1' }, scopes: ['bill'] })).toBe(403);
    expect(await status('/billing')).toBe(401);
    expect(await status('/open')).toBe(200);
  });
});
