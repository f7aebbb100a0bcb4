import { createFusio, type FusioError } from '../../src/index.js';

/** The context of an action whose caller is this principal. */
async function contextOf(principal: unknown) {
  const fusio = createFusio({ logger: false, authenticate: () => principal as never });
  fusio.operation({
    name: 'who',
    method: 'GET',
    path: '/who',
    action: (_request, { user, app, token, scopes }) => ({ user, app, token, scopes }),
  });
  return (await fusio.inject({ path: '/who' })).json();
}

/** What is thrown for a principal that the app itself gives. */
async function refusalOf(principal: unknown): Promise<string> {
  const fusio = createFusio({ logger: false });
  fusio.operation({ name: 'who', method: 'GET', path: '/who', action: () => 1 });
  try {
    await fusio.inject({ path: '/who', as: principal as never });
  } catch (error) {
    const { code, message } = error as FusioError;
    return `${code}: ${message}`;
  }
  return 'nothing was thrown';
}

describe('a principal', () => {
  it('with a user has its id for a name, and no roles and scopes', async () => {
    expect(await contextOf({ user: { id: '7' } })).toEqual({
      user: { id: '7', name: '7', roles: [], anonymous: false },
      token: { id: 'host:7', kind: 'host', scopes: [] },
      scopes: [],
    });
  });

  it('with everything is shown with everything', async () => {
    const user = { id: '7', name: 'Ada', email: 'ada@example.com', roles: ['admin'] };
    const principal = { user, app: { id: 'a1', name: 'Desk' }, scopes: ['todo', 'mail'], claims: { iss: 'x' } };

    expect(await contextOf(principal)).toEqual({
      user: { ...user, anonymous: false },
      app: { id: 'a1', name: 'Desk' },
      token: { id: 'host:7', kind: 'host', scopes: ['todo', 'mail'], claims: { iss: 'x' } },
      scopes: ['todo', 'mail'],
    });
  });

  it('keeps further members of user, app and claims, and no others of its own', async () => {
    const user = { id: '7', tenant: 'acme', anonymous: true, email: undefined };
    const principal = { user, app: { id: 'a1', plan: 2 }, claims: { iss: 'x' }, scopes: undefined, tenant: undefined };

    expect(await contextOf(principal)).toEqual({
      user: { id: '7', name: '7', tenant: 'acme', roles: [], anonymous: false },
      app: { id: 'a1', name: 'a1', plan: 2 },
      token: { id: 'host:7', kind: 'host', scopes: [], claims: { iss: 'x' } },
      scopes: [],
    });
  });

  it('has only members of its own: nothing that a prototype gives', async () => {
    const forged = JSON.parse('{"id":"7","__proto__":{"roles":["admin"],"name":"root","tenant":"acme"}}');
    const user = Object.assign({}, forged);
    const app = Object.assign(Object.create({ name: 'Desk' }), { id: 'a1' });
    const inherited = { scopes: ['admin'], claims: { iss: 'x' } };

    expect(user.roles).toEqual(['admin']);
    expect(await contextOf(Object.assign(Object.create(inherited), { user, app }))).toEqual({
      user: { id: '7', name: '7', roles: [], anonymous: false },
      app: { id: 'a1', name: 'a1' },
      token: { id: 'host:7', kind: 'host', scopes: [] },
      scopes: [],
    });
  });

  it('is what its getters give at first', async () => {
    let reads = 0;
    const principal = {
      user: { id: '7' },
      get scopes() {
        return reads++ === 0 ? ['todo'] : ['admin'];
      },
    };

    expect(await contextOf(principal)).toMatchObject({ scopes: ['todo'], token: { scopes: ['todo'] } });
  });

  it('with a user without a name takes that of its app', async () => {
    expect(await contextOf({ user: { id: '7' }, app: { id: 'a1', name: 'Desk' } })).toMatchObject({
      user: { id: '7', name: 'Desk' },
    });
  });

  it('with an app alone is that app, also as a user', async () => {
    expect(await contextOf({ app: { id: 'a1' } })).toEqual({
      user: { id: 'app:a1', name: 'app:a1', roles: [], anonymous: false },
      app: { id: 'a1', name: 'a1' },
      token: { id: 'host:app:a1', kind: 'host', scopes: [] },
      scopes: [],
    });
    expect(await contextOf({ app: { id: 'a1', name: 'Desk' } })).toMatchObject({
      user: { id: 'app:a1', name: 'Desk' },
    });
  });

  const needed = 'an object with a user or an app is needed';
  it.each([
    ['a text', 'yes', `principal: ${needed}, got "yes"; authenticate may also return null or 'challenge'`],
    ['a number', 7, `principal: ${needed}, got number; authenticate may also return null or 'challenge'`],
    ['null', null, `principal: ${needed}, got object; authenticate may also return null or 'challenge'`],
    ['scopes that are a text', { user: { id: '7' }, scopes: 'todo' }, 'principal: scopes must be an array of strings'],
    [
      'a scope that is a number',
      { user: { id: '7' }, scopes: ['a', 1] },
      'principal: scopes must be an array of strings',
    ],
    ['a user that is a text', { user: '7' }, 'principal: user.id must be a non-empty string'],
    ['a user that is null', { user: null }, 'principal: user.id must be a non-empty string'],
    ['a user without an id', { user: {} }, 'principal: user.id must be a non-empty string'],
    ['a user whose id is a number', { user: { id: 7 } }, 'principal: user.id must be a non-empty string'],
    ['a user whose id is empty', { user: { id: '' } }, 'principal: user.id must be a non-empty string'],
    [
      'a function with an id for a user',
      { user: Object.assign(() => 1, { id: '7' }) },
      'principal: user.id must be a non-empty string',
    ],
    [
      'a user whose class has the id',
      { user: Object.create({ id: '7' }) },
      'principal: user.id must be a non-empty string, and not inherited: user: { id: row.id }',
    ],
    [
      'a user that a prototype gives',
      Object.create({ user: { id: '7' } }),
      'principal: a user or an app is needed; return null for nobody',
    ],
    ['an app that is a text', { app: 'a1' }, 'principal: app.id must be a non-empty string'],
    ['an app that is null', { app: null }, 'principal: app.id must be a non-empty string'],
    ['an app without an id', { user: { id: '7' }, app: {} }, 'principal: app.id must be a non-empty string'],
    ['an app whose id is empty', { app: { id: '' } }, 'principal: app.id must be a non-empty string'],
    [
      'a function with an id for an app',
      { app: Object.assign(() => 1, { id: 'a' }) },
      'principal: app.id must be a non-empty string',
    ],
    [
      'an id without a user',
      { id: '7', scopes: [] },
      'principal: a user or an app is needed: { user: { id } }; return null for nobody',
    ],
    [
      'a member that it does not know',
      { user: { id: '7' }, tenant: 'acme' },
      'principal: "tenant" is no member of it; what you want to find in actions goes into user, app or claims',
    ],
    ['neither', { scopes: ['a'] }, 'principal: a user or an app is needed; return null for nobody'],
  ])('that is %s is refused with the reason', async (_what, principal, message) => {
    expect(await refusalOf(principal)).toBe(`OPTIONS_INVALID: ${message}`);
  });
});

describe('a caller that may not pass', () => {
  function api() {
    const fusio = createFusio({
      logger: false,
      authenticate: ({ headers }) =>
        headers.authorization === 'good'
          ? { user: { id: '7' }, scopes: ['todo'] }
          : headers.authorization === undefined
            ? null
            : 'challenge',
    });
    const operations = {
      any: [],
      same: ['todo'],
      below: ['todo.read'],
      longer: ['todos'],
      other: ['bill'],
      both: ['bill', 'mail.send'],
      above: ['tod'],
    };
    for (const [name, scopes] of Object.entries(operations)) {
      fusio.operation({ name, method: 'GET', path: `/${name}`, scopes, action: () => name });
    }
    return fusio;
  }
  async function ask(path: string, authorization?: string) {
    const answer = await api().inject({ path, ...(authorization !== undefined && { headers: { authorization } }) });
    return { ...(answer.json() as { code?: string; detail?: string }), status: answer.status, headers: answer.headers };
  }

  it('is told that there is no credential', async () => {
    const { status, code, detail } = await ask('/any');

    expect([status, code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(detail).not.toBe('The credential is not valid');
  });

  it('is told that its credential is not valid', async () => {
    expect(await ask('/any', 'bad')).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
      detail: 'The credential is not valid',
    });
  });

  it('is told which scope, or which of several, it needs', async () => {
    expect(await ask('/other', 'good')).toMatchObject({
      status: 403,
      code: 'SCOPE_MISSING',
      detail: 'This operation needs the scope bill',
    });
    const both = await ask('/both', 'good');
    expect(both.detail).toBe('This operation needs one of the scopes bill, mail.send');
    expect(both.headers.get('www-authenticate')).toBe(
      'Bearer realm="fusio", error="insufficient_scope", scope="bill mail.send"',
    );
  });

  it.each([
    ['any', 200],
    ['same', 200],
    ['below', 200],
    ['longer', 403],
    ['above', 403],
  ])('with the scope "todo": %s gets %d', async (name, status) => {
    expect((await ask(`/${name}`, 'good')).status).toBe(status);
  });
});

it('the anonymous caller and the system have names, no roles and no scopes', async () => {
  const fusio = createFusio({ logger: false });
  fusio.operation({
    name: 'who',
    method: 'GET',
    path: '/who',
    public: true,
    action: (_request, { user, app, token, scopes }) => ({ user, app, token, scopes }),
  });

  expect((await fusio.inject({ path: '/who' })).json()).toEqual({
    // Nobody has no id that could be mistaken for that of a user.
    user: { name: 'anonymous', roles: [], anonymous: true },
    scopes: [],
  });
  expect((await fusio.inject({ path: '/who', as: 'system' })).json()).toEqual({
    user: { id: 'system', name: 'system', roles: [], anonymous: false },
    scopes: [],
  });
});

it('a hook that gives nothing means an anonymous caller', async () => {
  const fusio = createFusio({ logger: false, authenticate: () => undefined as never });
  fusio.operation({ name: 'open', method: 'GET', path: '/open', public: true, action: () => 1 });

  expect((await fusio.inject({ path: '/open' })).status).toBe(200);
});

it('a route of the host says which scopes it needs when it is made', () => {
  const { requireScope } = createFusio({ logger: false });

  expect(() => (requireScope as () => unknown)()).toThrow('requireScope: at least one scope is needed, as a text');
});
