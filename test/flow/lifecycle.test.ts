import { createServer } from 'node:http';
import { createFusio, defineConnection, FusioError, Type } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

it('waits for adapters and for connections that open asynchronously before the first call', async () => {
  const fusio = createFusio({
    logger: false,
    connections: { map: defineConnection({ open: async () => new Map([['a', 1]]) }) },
  });
  fusio.use(async (given) => {
    await new Promise((resolve) => setImmediate(resolve));
    given.operation({ name: 'late', method: 'GET', path: '/late', public: true, action: () => 'late' });
  });
  fusio.operation({
    name: 'a',
    method: 'GET',
    path: '/a',
    public: true,
    action: (_request, { connections }) => connections.map.get('a'),
  });

  expect((await fusio.inject({ path: '/a' })).json()).toBe(1);
  expect((await fusio.inject({ path: '/late' })).json()).toBe('late');
});

it('rejects ready() with the error of an adapter', async () => {
  const fusio = createFusio({ logger: false });
  fusio.use(async () => {
    throw new Error('no schema to introspect');
  });

  await expect(fusio.start()).rejects.toThrow('no schema to introspect');
});

it('drains what is under way, refuses what is new, closes connections once, and may be stopped twice', async () => {
  const closed: string[] = [];
  let finish: () => void = () => {};
  const fusio = createFusio({
    logger: false,
    connections: { map: defineConnection({ open: () => new Map(), close: () => void closed.push('map') }) },
  });
  const isRunning = new Promise<void>((started) => {
    fusio.operation({
      name: 'slow',
      method: 'GET',
      path: '/slow',
      public: true,
      action: () =>
        new Promise((resolve) => {
          finish = () => resolve({ done: true });
          started();
        }),
    });
  });
  const url = await listen(createServer(fusio.handler));
  await fusio.start();

  const slow = fetch(`${url}/slow`);
  await isRunning;
  const stopped = fusio.stop();
  const refused = await fetch(`${url}/slow`);
  expect(closed).toEqual([]);
  finish();

  expect([refused.status, refused.headers.get('retry-after'), ((await refused.json()) as any).code]).toEqual([
    503,
    '5',
    'SHUTTING_DOWN',
  ]);
  expect(await (await slow).json()).toEqual({ done: true });
  await Promise.all([stopped, fusio.stop()]);
  expect(closed).toEqual(['map']);
  await expect(fusio.start()).rejects.toMatchObject({ code: 'STOPPED' });
});

it('ends what still waits when the time to drain is over, aborts its signal, and says so once', async () => {
  const warnings: unknown[] = [];
  const errors: unknown[] = [];
  const fusio = createFusio({
    logger: {
      debug() {},
      info() {},
      warn: (...entry: unknown[]) => warnings.push(entry),
      error: (...entry: unknown[]) => errors.push(entry),
    },
  });
  let reason: unknown;
  const isRunning = new Promise<void>((started) => {
    fusio.operation({
      name: 'stuck',
      method: 'GET',
      path: '/stuck',
      public: true,
      action: (_request, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
          });
          started();
        }),
    });
  });
  const url = await listen(createServer(fusio.handler));

  const stuck = fetch(`${url}/stuck`);
  await isRunning;
  await fusio.stop({ timeoutMs: 10 });

  expect((await stuck).status).toBe(503);
  expect(reason).toMatchObject({ code: 'SHUTTING_DOWN' });
  expect(warnings).toEqual([[{ invocations: 1, timeoutMs: 10 }, 'the time to drain is over: the rest is ended']]);
  expect(errors).toEqual([]);
});

it('ends event streams at once when it stops', async () => {
  const fusio = createFusio({ logger: false });
  fusio.operation({
    name: 'tick',
    method: 'GET',
    path: '/tick',
    public: true,
    response: 'text/event-stream',
    async *action(_request, { signal }) {
      yield 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  });
  const url = await listen(createServer(fusio.handler));

  const answer = await fetch(`${url}/tick`);
  const reader = answer.body!.getReader();
  await reader.read();
  const stopped = fusio.stop();

  expect((await reader.read()).done).toBe(true);
  await stopped;
});

it('tells its health by its connections, and asks them at most once a second', async () => {
  let asked = 0;
  let isUp = true;
  const now = jest.spyOn(performance, 'now').mockReturnValue(0);
  const ping = () => {
    asked++;
    if (!isUp) throw Object.assign(new Error('connect ECONNREFUSED secret-host:3306'), { code: 'ECONNREFUSED' });
  };
  const fusio = createFusio({
    logger: false,
    connections: { db: { open: () => 1, ping }, other: { open: () => 2 } },
  });

  expect((await fusio.health()).status).toBe('ok');
  await fusio.health();
  expect(asked).toBe(1);
  isUp = false;
  now.mockReturnValue(1_000);
  const health = await fusio.health();
  now.mockRestore();

  expect(health.status).toBe('degraded');
  expect(health.checks.db).toMatchObject({ status: 'down', error: 'ECONNREFUSED' });
  expect(JSON.stringify(health)).not.toContain('secret-host');
});

it('survives listeners of signals that throw or reject, and tells the log', async () => {
  const messages: string[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (_fields: object | string, message?: string) => void messages.push(String(message)),
  };
  const fusio = createFusio({ logger });
  fusio.operation({ name: 'x', method: 'GET', path: '/x', public: true, action: () => 1 });
  const heard: number[] = [];
  fusio.on('request:done', () => {
    throw new Error('listener');
  });
  const rejects: () => unknown = async () => {
    throw new Error('async listener');
  };
  fusio.on('request:done', () => rejects() as undefined);
  const off = fusio.on('request:done', ({ status }) => heard.push(status));

  await fusio.inject({ path: '/x' });
  off();
  await fusio.inject({ path: '/x' });

  expect(heard).toEqual([200]);
  expect(messages.filter((message) => message.includes('request:done'))).toHaveLength(4);
});

it('hands one record a call to the logger, without queries, bodies and credentials', async () => {
  const records: object[] = [];
  const logger = {
    debug() {},
    info: (fields: object | string) => void records.push(Object(fields)),
    warn() {},
    error() {},
  };
  const fusio = createFusio({ logger, authenticate: () => ({ user: { id: '7' } }) });
  fusio.operation({
    name: 'x',
    method: 'POST',
    path: '/x/:id',
    body: Type.Object({ a: Type.String() }),
    action: () => 1,
  });

  await fusio.inject({
    method: 'POST',
    path: '/x/canary1',
    query: { q: 'canary2' },
    body: { a: 'canary3' },
    headers: { authorization: 'Bearer canary4', cookie: 'canary5' },
  });
  await fusio.inject({ path: '/none' });

  expect(records).toHaveLength(2);
  expect(records[0]).toMatchObject({
    operation: 'x',
    method: 'POST',
    path: '/x/:id',
    status: 200,
    source: 'http',
    user: '7',
  });
  expect(JSON.stringify(records)).not.toContain('canary');
});

it('does not let a logger that throws break a call', async () => {
  const broken = () => {
    throw new Error('disk full');
  };
  const fusio = createFusio({ logger: { debug: broken, info: broken, warn: broken, error: broken } });
  fusio.operation({ name: 'x', method: 'GET', path: '/x', public: true, action: () => Promise.reject(new Error('x')) });

  expect((await fusio.inject({ path: '/x' })).status).toBe(500);
});

describe('a mistake at registration', () => {
  const fusio = createFusio({ logger: false });
  const base = { name: 'todo.get', method: 'GET', path: '/todo/:id', action: () => 1 } as const;
  fusio.operation({ ...base, name: 'taken', path: '/taken' });

  it.each([
    [{ ...base, incoming: {} }, 'OPERATION_INVALID', /^operation "todo.get": unknown option "incoming"/],
    [{ ...base, pubic: true }, 'OPERATION_INVALID', /did you mean "public"\?/],
    [{ ...base, name: 'todo create' }, 'NAME_INVALID', /^operation "todo create": a name is letters/],
    [{ ...base, name: 'taken' }, 'NAME_TAKEN', /^operation "taken" is registered already/],
    [{ ...base, path: '/taken' }, 'OPERATION_CONFLICT', /GET \/taken is operation "taken" already$/],
    [{ ...base, method: 'FETCH' }, 'OPERATION_INVALID', /method /],
    [{ ...base, status: 404 }, 'OPERATION_INVALID', /status /],
    [{ ...base, action: undefined }, 'ACTION_INVALID', /action must be a function/],
    [{ ...base, action: 'nope' }, 'ACTION_INVALID', /there is no action "nope"/],
    [{ ...base, action: {} }, 'ACTION_INVALID', /action must be a function/],
    [{ ...base, body: Type.Object({}) }, 'OPERATION_INVALID', /a GET has no body/],
    [{ ...base, params: Type.Object({ other: Type.String() }) }, 'OPERATION_INVALID', /params wants "other"/],
    [{ ...base, response: { 404: Type.Object({}) } }, 'OPERATION_INVALID', /response needs a status from 200 to 299/],
    [{ ...base, throws: { 200: 'x' } }, 'OPERATION_INVALID', /200 is no status from 300 to 599/],
    [{ ...base, scopes: ['a b'] }, 'OPERATION_INVALID', /scopes/],
    [{ ...base, deprecation: { sunset: 'soon' } }, 'OPERATION_INVALID', /deprecation.sunset is no date/],
    [
      { ...base, method: 'POST', consumes: ['application/json', 'text/plain'] },
      'OPERATION_INVALID',
      /consumes mixes json and text/,
    ],
    [null, 'OPERATION_INVALID', /^operation/],
  ])('of an operation fails at once with its name and the fix: %#', (options, code, message) => {
    expect(() => fusio.operation(options as never)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it.each([
    [{ stor: 'x' }, /unknown option "stor"/],
    [{ loger: false }, /did you mean "logger"\?/],
    [{ logger: {} }, /logger must have debug/],
    [{ authenticate: 1 }, /authenticate must be a function/],
    [{ cors: { origins: '*', credentials: true } }, /cors.credentials needs cors.origins to be named/],
    [{ connections: { db: {} } }, /connection "db"/],
  ])('of createFusio fails at once: %#', (options, message) => {
    expect(() => createFusio(options as never)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) }),
    );
  });

  it('leaves nothing half registered', () => {
    expect(() => fusio.operation({ ...base, name: 'half', action: 'nope' })).toThrow(FusioError);
    expect(() => fusio.operation({ ...base, name: 'half', path: '/half' })).not.toThrow();
  });
});

it.each(['cronjob', 'trigger', 'webhook', 'event'] as const)('says that %s is not in this version', (name) => {
  const fusio = createFusio({ logger: false });

  expect(() => (fusio[name] as (options: unknown) => void)({})).toThrow(
    expect.objectContaining({ code: 'NOT_AVAILABLE' }),
  );
});
