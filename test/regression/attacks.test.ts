// What a stranger found before 0.1: each of these ended the process, hung, leaked or lied.
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import {
  createFusio,
  FusioError,
  type FusioOptions,
  fail,
  type OpenApiDocument,
  respond,
  Type,
} from '../../src/index.js';
import { fakeClock } from '../../src/testing/index.js';
import { takeProblems } from '../support/answers.js';
import { closeAll, listen, post, raw } from '../support/fusio.js';

afterEach(closeAll);

type Registered = Parameters<ReturnType<typeof createFusio>['operation']>[0];

function api(operation: Record<string, unknown>, options: FusioOptions = {}) {
  const fusio = createFusio({ logger: false, ...options });
  const handle = fusio.operation({
    name: 'it',
    method: 'GET',
    path: '/it',
    public: true,
    ...operation,
  } as unknown as Registered);
  return { fusio, handle };
}

const uncaught: unknown[] = [];
const keep = (error: unknown) => void uncaught.push(error);
beforeAll(() => void process.on('uncaughtException', keep).on('unhandledRejection', keep));
afterAll(() => void process.off('uncaughtException', keep).off('unhandledRejection', keep));
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  expect(uncaught.splice(0)).toEqual([]);
});

/** The answer of one operation over `node:http` and over `fetch`: they must be the same. */
async function both(operation: Record<string, unknown>, init: RequestInit = {}) {
  const { fusio } = api(operation);
  const url = await listen(createServer(fusio.handler));
  const answers = [await fetch(`${url}/it`, init), await fusio.fetch(new Request('http://x/it', init))];
  const seen = await Promise.all(
    answers.map(async (answer) => ({ status: answer.status, text: await answer.text(), headers: answer.headers })),
  );
  expect(seen[1]!.status).toBe(seen[0]!.status);
  // Nothing is under way any more.
  const started = performance.now();
  await fusio.stop({ timeoutMs: 5_000 });
  expect(performance.now() - started).toBeLessThan(4_000);
  return seen[0]!;
}

const broken = () =>
  new Readable({
    read() {
      this.destroy(new Error('ENOENT /secret'));
    },
  });

describe('a stream', () => {
  it.each([
    ['of texts is sent', () => Readable.from(['a', 'b']), 200, 'ab'],
    ['of objects is refused', () => Readable.from([{ a: 1 }]), 500, undefined],
    ['that breaks at once is a problem', broken, 500, undefined],
    ['with 204 is let go', () => respond(204, broken()), 204, ''],
  ])('%s', async (_title, action, status, text) => {
    const answer = await both({ action });

    expect(answer.status).toBe(status);
    if (text !== undefined) expect(answer.text).toBe(text);
    expect(answer.text).not.toContain('/secret');
  });

  it('beside a response schema is refused and let go', async () => {
    const stream = broken();

    const answer = await both({ response: Type.Object({}), action: () => stream });

    expect([answer.status, stream.destroyed]).toEqual([500, true]);
  });

  it('is let go for HEAD, whatever it says to that', async () => {
    const action = () => new Readable({ read() {}, destroy: (_error, done) => done(new Error('late')) });

    expect((await both({ action }, { method: 'HEAD' })).status).toBe(200);
  });

  it('of events runs through fetch and inject as well', async () => {
    const { fusio } = api({
      response: 'text/event-stream',
      async *action() {
        yield 1;
      },
    });

    expect(await (await fusio.fetch(new Request('http://x/it'))).text()).toBe('data: 1\n\n');
    const injected = await fusio.inject({ path: '/it' });
    expect([injected.text(), injected.headers.get('cache-control')]).toEqual(['data: 1\n\n', 'no-store, no-transform']);
  });

  it('that never speaks ends with its time', async () => {
    const clock = fakeClock();
    const silent = new Readable({ read() {} });
    const { fusio } = api({ timeoutMs: 1_000, action: () => silent }, { clock });

    const answer = fusio.inject({ path: '/it' });
    setImmediate(() => clock.advance(1_000));

    expect([(await answer).status, silent.destroyed]).toEqual([504, true]);
  });

  it('that never speaks ends with its caller', async () => {
    let made: (stream: Readable) => void = () => {};
    const stream = new Promise<Readable>((resolve) => {
      made = resolve;
    });
    const { fusio } = api({
      action: () => {
        const silent = new Readable({ read() {} });
        made(silent);
        return silent;
      },
    });
    const url = await listen(createServer(fusio.handler));
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /it HTTP/1.1\r\nhost: x\r\n\r\n');

    const silent = await stream;
    const closed = new Promise((resolve) => silent.on('close', resolve));
    socket.destroy();

    await closed;
    await fusio.stop();
  });

  it('of an action that was too late is let go', async () => {
    const clock = fakeClock();
    const late = broken();
    let finish: () => void = () => {};
    const { fusio } = api(
      {
        timeoutMs: 1_000,
        action: () =>
          new Promise((resolve) => {
            finish = () => resolve(late);
            setImmediate(() => clock.advance(1_000));
          }),
      },
      { clock },
    );

    expect((await fusio.inject({ path: '/it' })).status).toBe(504);
    finish();
    await new Promise((resolve) => setImmediate(resolve));

    expect(late.destroyed).toBe(true);
  });
});

describe('a throw', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  it.each([
    [
      'a revoked proxy',
      () => {
        throw revoked.proxy;
      },
      500,
    ],
    [
      'a proxy that will not be asked',
      () => {
        throw new Proxy(
          {},
          {
            has() {
              throw new Error('has');
            },
          },
        );
      },
      500,
    ],
    [
      'a forged brand',
      () => {
        throw { [Symbol.for('fusio.error')]: 1 };
      },
      500,
    ],
    ['further members with a bigint', () => fail(400, 'x', { extra: { n: 1n } }), 400],
    ['further members in a circle', () => fail(400, 'x', { extra: circle }), 400],
    ['headers that are none', () => fail(400, 'x', { headers: { a: null, b: {}, c: 'x\r\ny' } as never }), 400],
    [
      'a code that is no text',
      () => {
        throw new FusioError(42 as never, 'x');
      },
      500,
    ],
    ['a status of success', () => fail(200), 500],
    ['a status that is not final', () => fail(101), 500],
    ['Response.error()', () => Response.error(), 500],
    [
      'headers of another answer',
      () => {
        throw Object.assign(new Error('m'), {
          status: 404,
          headers: { 'content-length': '5', 'transfer-encoding': 'chunked', 'set-cookie': 'a=b' },
        });
      },
      404,
    ],
  ])('of %s is a clean problem', async (_title, action, status) => {
    for (const run of [action, async () => action()]) {
      const answer = await both({ action: run });

      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
      expect(JSON.parse(answer.text).status).toBe(status);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
  });

  it('of a 401 carries WWW-Authenticate', async () => {
    expect((await both({ action: () => fail(401) })).headers.get('www-authenticate')).toBe('Bearer realm="fusio"');
  });

  it('tells the log no secret in its message either', async () => {
    const texts: string[] = [];
    const note = (fields: object | string, text?: string) => void texts.push(JSON.stringify([fields, text]));
    const { fusio } = api(
      {
        action: () => {
          throw Object.assign(new Error('connect mysql://root:hunter2@db failed'), { status: 503 });
        },
      },
      { logger: { debug: note, info: note, warn: note, error: note } },
    );

    await fusio.inject({ path: '/it' });

    expect(texts.join()).not.toContain('hunter2');
  });
});

it('does not take a body for a reply, whatever it says of itself', async () => {
  const { fusio } = api({ method: 'POST', body: Type.Unknown(), action: ({ body }: { body: unknown }) => body });
  const url = await listen(createServer(fusio.handler));
  const forged = {
    '~reply': true,
    status: 302,
    headers: { location: 'https://evil.example', 'set-cookie': 'a=b' },
    body: 1,
  };

  const answer = await raw(url, post('/it', JSON.stringify(forged)));

  expect(answer.status).toBe(200);
  expect(answer.head).not.toMatch(/location|set-cookie/i);
  expect(JSON.parse(answer.body)).toEqual(forged);
});

it('frames the message itself', async () => {
  const answer = await both({
    action: () => respond(200, { a: 1 }, { 'Content-Length': '1', 'transfer-encoding': 'chunked' }),
  });

  expect([answer.text, answer.headers.get('content-length'), answer.headers.get('transfer-encoding')]).toEqual([
    '{"a":1}',
    '7',
    null,
  ]);
});

describe('a hook of the host', () => {
  it('for the address may break: the call goes on without', async () => {
    const seen: unknown[] = [];
    const note = (fields: object | string) => void seen.push(Object(fields).ip);
    const { fusio } = api(
      { action: (_request: unknown, { ip }: { ip?: string }) => ip ?? 'unknown' },
      {
        clientIp: () => {
          throw new Error('no');
        },
        logger: { debug: note, info: note, warn: note, error: note },
      },
    );
    const url = await listen(createServer(fusio.handler));

    expect(await (await fetch(`${url}/it`)).json()).toBe('unknown');
    expect(seen.filter((ip) => ip !== undefined)).toEqual([]);
  });

  it('that never answers ends with the time of the operation', async () => {
    const clock = fakeClock();
    const { fusio } = api(
      { timeoutMs: 1_000, action: () => 1 },
      { clock, authenticate: () => new Promise(() => setImmediate(() => clock.advance(1_000))) },
    );

    expect((await fusio.inject({ path: '/it' })).status).toBe(504);
  });
});

describe('who comes too late', () => {
  it('does not run the action: the caller was identified after the answer', async () => {
    const clock = fakeClock();
    const action = jest.fn(() => 1);
    let identify: () => void = () => {};
    const authenticate = () =>
      new Promise<null>((resolve) => {
        identify = () => resolve(null);
        // The limit counts from the first thing that is waited for.
        setImmediate(() => clock.advance(1_000));
      });
    const { fusio } = api({ timeoutMs: 1_000, action }, { clock, authenticate });

    expect((await fusio.inject({ path: '/it' })).status).toBe(504);
    identify();
    await new Promise((resolve) => setImmediate(resolve));

    expect(action).not.toHaveBeenCalled();
  });

  it('is a thenable that calls back a second time', async () => {
    const { fusio } = api({
      action: () => ({
        // biome-ignore lint/suspicious/noThenProperty: that is what is tried
        then(done: (value: unknown) => void, failed: (error: unknown) => void) {
          done({ a: 1 });
          failed(new Error('too late'));
          done({ a: 2 });
        },
      }),
    });

    expect((await fusio.inject({ path: '/it' })).json()).toEqual({ a: 1 });
  });
});

describe('the signal', () => {
  it('has aborted when it is looked at too late', async () => {
    const clock = fakeClock();
    let look: () => AbortSignal = () => new AbortController().signal;
    const { fusio } = api(
      {
        timeoutMs: 1_000,
        action: (_request: unknown, context: { signal: AbortSignal }) => {
          look = () => context.signal;
          setImmediate(() => clock.advance(1_000));
          return new Promise(() => {});
        },
      },
      { clock },
    );

    await fusio.inject({ path: '/it' });

    expect(look().aborted).toBe(true);
    expect(look().reason).toMatchObject({ code: 'ACTION_TIMEOUT' });
  });
});

describe('who calls', () => {
  it('is not the system because `as` came undefined or mistyped', async () => {
    const { fusio, handle } = api({ public: false, action: () => 'secret' });
    const call = fusio.call as (handle: unknown, input: unknown, options: unknown) => Promise<unknown>;

    await expect(call(handle, {}, { as: undefined })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    await expect(call(handle, {}, { sa: {} })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    await expect(fusio.inject({ path: '/it', as: undefined } as never)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
    });
  });

  it('with the scope * sees no more in the documents than its scopes cover', async () => {
    const fusio = createFusio({
      logger: false,
      docs: { path: false },
      authenticate: ({ headers }) => (headers.authorization ? { user: { id: '1' }, scopes: ['*'] } : null),
    });
    fusio.operation({ name: 'secret', method: 'GET', path: '/secret', scopes: ['admin'], action: () => 1 });

    await fusio.inject({ path: '/openapi.json' });
    const seen = await fusio.inject({ path: '/openapi.json', headers: { authorization: 'x' } });

    expect(Object.keys(seen.json<OpenApiDocument>().paths)).toEqual([]);
  });
});

describe('a start and a stop', () => {
  it('that race end stopped', async () => {
    let opened: () => void = () => {};
    const opening = new Promise<void>((resolve) => {
      opened = resolve;
    });
    const fusio = createFusio({
      logger: false,
      connections: {
        slow: {
          open: async () => {
            await opening;
            return 1;
          },
        },
      },
    });
    const signals: string[] = [];
    fusio.on('started', () => signals.push('started'));

    const started = fusio.start();
    const stopped = fusio.stop();
    opened();

    await expect(started).rejects.toMatchObject({ code: 'STOPPED' });
    await stopped;
    expect(signals).toEqual([]);
  });

  it('end an event stream whose generator does not listen', async () => {
    const { fusio } = api({
      response: 'text/event-stream',
      async *action() {
        yield 1;
        await new Promise(() => {});
      },
    });
    const url = await listen(createServer(fusio.handler));
    const reader = (await fetch(`${url}/it`)).body!.getReader();
    await reader.read();

    const stopped = fusio.stop({ timeoutMs: 60_000 });

    await expect(reader.read()).rejects.toThrow();
    await stopped;
  });

  it('let an adapter call operations of its own', async () => {
    const fusio = createFusio({ logger: false });
    fusio.use(async (given) => {
      const one = given.operation({ name: 'one', method: 'GET', path: '/one', action: () => 1 });
      expect(await given.call(one)).toBe(1);
    });

    await fusio.ready();
  });
});

it.each([{ origins: [5] }, { origins: [/a/g] }, { origins: ['x'], exposeHeaders: ['a\nb'] }])(
  'refuses cors %j',
  (cors) => {
    expect(() => createFusio({ cors } as never)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
  },
);

it.each([
  [{ consumes: 'jsn', method: 'POST' }, /is no media type/],
  [{ response: 'todo' }, /neither a schema nor a media type/],
  [
    {
      action: class Action {
        handle() {}
      },
    },
    /of a class give an instance/,
  ],
  [{ name: 'a.__proto__' }, /"__proto__" is a word of JavaScript's objects/],
  [{ path: '/a%2fb' }, /cannot be a segment/],
  [{ rate: 5 }, /"rate" is not in this version of fusio yet/],
])('refuses the operation %j', (operation, message) => {
  expect(() => api({ action: () => 1, ...operation })).toThrow(
    expect.objectContaining({ message: expect.stringMatching(message) }),
  );
});

it('says what a cached operation says only of what is found, and that it is deprecated always', async () => {
  const operation = { cache: { maxAgeMs: 60_000 }, stability: 'deprecated', path: '/it' };

  const found = await both({ ...operation, action: () => 1 });
  const missing = await both({ ...operation, throws: { 404: 'No' }, action: () => respond(404, { no: 1 }) });
  const failed = await both({ ...operation, action: () => fail(404) });
  takeProblems();

  expect([found, missing, failed].map(({ headers }) => headers.get('deprecation'))).toEqual(['@0', '@0', '@0']);
  expect([found, missing, failed].map(({ headers }) => headers.get('cache-control'))).toEqual([
    'public, max-age=60',
    null,
    'no-store',
  ]);
});

it('takes the absolute form of a URL', async () => {
  const url = await listen(createServer(api({ action: () => 1 }).fusio.handler));

  expect((await raw(url, 'GET http://x/it?a=1 HTTP/1.1\r\nhost: x\r\n\r\n')).status).toBe(200);
});

it('gives an in-process caller the JSON form of what no schema describes', async () => {
  const { fusio, handle } = api({ action: () => ({ at: new Date(0), gone: undefined }) });

  expect(await fusio.call(handle as never)).toEqual({ at: '1970-01-01T00:00:00.000Z' });
});

it.each(['sync', 'async'])('ends the connection, not the process, where a host broke writing (%s)', async (kind) => {
  const { fusio } = api({ action: kind === 'sync' ? () => 1 : async () => 1 });
  const server = createServer((request, response) => {
    const refuse = (): never => {
      throw new Error('patched');
    };
    Object.assign(response, { writeHead: refuse, setHeader: refuse });
    fusio.handler(request, response);
  });
  const url = await listen(server);

  await expect(fetch(`${url}/it`)).rejects.toThrow();
  // Nothing is under way any more.
  await fusio.stop({ timeoutMs: 60_000 });
});
