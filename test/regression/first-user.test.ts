// What the first users of 0.1 met, one test each.
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import express from 'express';
import { createFusio, type Problem, Type } from '../../src/index.js';
import { fakeClock } from '../../src/testing/index.js';
import { closeAll, listen, raw } from '../support/fusio.js';

afterEach(closeAll);

const open = { method: 'GET', public: true } as const;

it('sends each CORS field of a preflight once', async () => {
  const fusio = createFusio({ logger: false, cors: { origins: ['https://app.example.com'], credentials: true } });
  fusio.operation({ ...open, name: 'x', path: '/x', action: () => 1 });
  const url = await listen(createServer(express().use(fusio.router)));
  const headers = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' };

  for (const answer of [
    await fetch(`${url}/x`, { method: 'OPTIONS', headers }),
    await fusio.fetch(new Request('http://x/x', { method: 'OPTIONS', headers })),
  ]) {
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('access-control-allow-methods')).toContain('GET');
  }
  const stranger = await fetch(`${url}/x`, { headers: { origin: 'https://evil.example' } });
  expect([stranger.headers.get('access-control-allow-origin'), stranger.headers.get('vary')]).toEqual([null, 'origin']);
});

it.each(['/rest/..%2f..', '/p/..%2f..%2fetc', '/p/..%5c..', '/rest/a/%2e%2e/b', '/p/%2e'])(
  'refuses the way up in %s, however it is encoded',
  async (path) => {
    const fusio = createFusio({ logger: false });
    fusio.operation({ ...open, name: 'rest', path: '/rest/*rest', action: ({ params }) => params });
    fusio.operation({ ...open, name: 'p', path: '/p/:id', action: ({ params }) => params });
    const url = await listen(createServer(fusio.handler));

    const answer = await raw(url, `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);

    expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, 'PATH_INVALID']);
  },
);

it('lets dots pass that are no way up', async () => {
  const fusio = createFusio({ logger: false });
  fusio.operation({ ...open, name: 'rest', path: '/rest/*rest', action: ({ params }) => params.rest });

  expect((await fusio.inject({ path: '/rest/.well-known/a..b/c.txt' })).json()).toBe('.well-known/a..b/c.txt');
});

it('does not abort a stream because the time of the action that made it is up', async () => {
  const clock = fakeClock();
  const fusio = createFusio({ logger: false, clock });
  let signal: AbortSignal | undefined;
  let push: (text: string | null) => void = () => {};
  fusio.operation({
    ...open,
    name: 'stream',
    path: '/stream',
    timeoutMs: 300,
    response: 'text/plain',
    action: async (_request, context) => {
      signal = context.signal;
      const stream = new Readable({ read() {} });
      push = (text) => void stream.push(text);
      push('first ');
      return stream;
    },
  });
  fusio.operation({ ...open, name: 'wait', path: '/wait', timeoutMs: 300, action: () => new Promise(() => {}) });
  const url = await listen(createServer(fusio.handler));

  const answer = await fetch(`${url}/stream`);
  const witness = fetch(`${url}/wait`);
  // Answered by a server that has begun with the one before.
  await fetch(`${url}/none`);
  clock.advance(10_000);
  // The call beside it was ended: the time was looked at.
  expect((await witness).status).toBe(504);
  push('last');
  push(null);

  expect(await answer.text()).toBe('first last');
  expect(signal?.aborted).toBe(false);
});

it('refuses a call in process that comes after stop()', async () => {
  const fusio = createFusio({ logger: false });
  const one = fusio.operation({ ...open, name: 'one', path: '/one', action: () => 1 });
  await fusio.stop();

  await expect(fusio.call(one)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
});

it('rejects, and does not throw, where events are not available yet', async () => {
  const fusio = createFusio({ logger: false });

  await expect((fusio.dispatch as (event: string) => Promise<string>)('x')).rejects.toMatchObject({
    code: 'NOT_AVAILABLE',
  });
});

it('tells the developer which operation made a result that JSON does not have', async () => {
  const messages: unknown[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (_fields: object | string, text?: string) => messages.push(text),
  };
  const fusio = createFusio({ logger: logger as never });
  fusio.operation({ ...open, name: 'big', path: '/big', action: () => ({ n: 1n }) });

  const answer = await fusio.inject({ path: '/big' });

  expect([answer.status, answer.json<Problem>().code]).toEqual([500, 'RESULT_INVALID']);
  expect(messages).toEqual([expect.stringContaining('operation "big"')]);
});

describe('a server of createServer()', () => {
  function api() {
    const fusio = createFusio({
      logger: false,
      authenticate: ({ headers }) => (headers.authorization ? { user: { id: '1' } } : null),
    });
    fusio.operation({
      name: 'x',
      method: 'POST',
      path: '/x',
      body: Type.Object({ a: Type.Integer() }),
      action: ({ body }) => body,
    });
    return fusio;
  }
  const head = 'POST /x HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 7\r\n';

  it('asks for a body only when it is wanted (100 Continue)', async () => {
    const url = await listen(api().createServer());

    const refused = await raw(url, `${head}expect: 100-continue\r\n\r\n`);
    const taken = await raw(url, [`${head}authorization: x\r\nexpect: 100-continue\r\n\r\n`, '{"a":1}']);

    expect([refused.status, refused.head.includes('100 Continue')]).toEqual([401, false]);
    expect([taken.status, taken.body]).toEqual([200, '{"a":1}']);
  });

  it('answers any other expectation with a problem', async () => {
    const url = await listen(api().createServer());

    const answer = await raw(url, `${head}expect: miracles\r\n\r\n{"a":1}`);

    expect([answer.status, JSON.parse(answer.body).code]).toEqual([417, 'EXPECTATION_FAILED']);
  });

  it('gives a host app the prototypes of Express, and its parsers their bodies', async () => {
    const fusio = api();
    const app = express();
    app.use('/api', fusio.router);
    app.post('/own', express.json(), (request, response) => {
      response.json({ body: request.body, ip: typeof request.ip, is: request.get('host') });
    });
    const url = await listen(fusio.createServer(app));

    const own = await raw(url, [
      'POST /own HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 7\r\nexpect: 100-continue\r\n\r\n',
      '{"a":1}',
    ]);
    const ours = await fetch(`${url}/api/x`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'x' },
      body: '{"a":2}',
    });

    expect(JSON.parse(own.body)).toEqual({ body: { a: 1 }, ip: 'string', is: 'x' });
    expect(await ours.json()).toEqual({ a: 2 });
  });
});
