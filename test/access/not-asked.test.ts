import express from 'express';
import { createFusio } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

const headers = { authorization: 'Bearer k1' };

/** An API whose session store is away. */
function makeApi() {
  const asked: string[] = [];
  const fusio = createFusio({
    logger: false,
    authenticate({ path }): Promise<null> {
      asked.push(path);
      return Promise.reject(new Error('the session store is away'));
    },
  });
  const who = { method: 'GET', action: (_request: unknown, { user }: { user: object }) => ({ user }) } as const;
  fusio.operation({ ...who, name: 'health', path: '/health', authenticate: false });
  fusio.operation({ ...who, name: 'open', path: '/open', public: true });
  const probes = fusio.group({ path: '/probe', authenticate: false });
  probes.operation({ ...who, name: 'live', path: '/live' });
  probes.group({}).operation({ ...who, name: 'ready', path: '/ready' });
  probes.operation({ ...who, name: 'mine', path: '/mine', authenticate: true });
  return { fusio, asked, who };
}

const nobody = { user: { name: 'anonymous', roles: [], anonymous: true } };

describe('an operation with authenticate: false', () => {
  it('answers nobody over HTTP while the login is down', async () => {
    const { fusio, asked } = makeApi();
    const mounted = await listen(fusio.createServer(express().use('/api', fusio.router)));
    const alone = await listen(fusio.createServer());

    for (const path of ['/health', '/probe/live', '/probe/ready']) {
      for (const url of [`${mounted}/api`, alone]) {
        const response = await fetch(url + path, { headers });

        expect([response.status, await response.json()]).toEqual([200, nobody]);
      }
    }
    expect(asked).toEqual([]);
  });

  it('answers nobody through fetch and inject', async () => {
    const { fusio, asked } = makeApi();

    const fetched = await fusio.fetch(new Request('http://localhost/health', { headers }));
    const injected = await fusio.inject({ path: '/probe/live', headers });

    expect([await fetched.json(), injected.json()]).toEqual([nobody, nobody]);
    expect(asked).toEqual([]);
  });

  it('has the caller that inject names', async () => {
    const { fusio } = makeApi();

    const answer = await fusio.inject({ path: '/health', as: { user: { id: '7' } } });

    expect(answer.json()).toMatchObject({ user: { id: '7' } });
  });

  it('needs no credential in the document', () => {
    const { paths } = makeApi().fusio.openapi();

    expect(paths['/health']?.get).toMatchObject({ security: [] });
    expect(paths['/open']?.get).toMatchObject({ security: [{}, { bearer: [] }] });
  });

  it('is the only one that does not ask', async () => {
    const { fusio, asked } = makeApi();

    const statuses = await Promise.all(
      ['/open', '/probe/mine'].map(async (path) => (await fusio.inject({ path })).status),
    );

    expect(statuses).toEqual([500, 500]);
    expect(asked).toEqual(['/open', '/probe/mine']);
  });

  it('cannot be in a group with scopes', () => {
    const { fusio, who } = makeApi();
    const guarded = fusio.group({ scopes: ['todo'] });

    expect(() => guarded.operation({ ...who, name: 'hole', path: '/hole', authenticate: false })).toThrow(
      'operation "hole": authenticate: false lets everybody call it, as nobody; leave scopes out, or authenticate',
    );
  });
});
