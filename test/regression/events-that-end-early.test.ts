import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { createClient } from '../../src/client/index.js';
import { createFusio, fail } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';
import { api, both, failOnUncaught } from './operation.js';

// An error before the first event was a 200 that broke off, and a generator whose reader left did not run its `finally`.
afterEach(closeAll);
failOnUncaught();

const events = { response: 'text/event-stream' };

describe('an error before the first event is a problem', () => {
  it.each<[string, () => unknown, number]>([
    [
      'thrown at once',
      async function* () {
        yield fail(404, 'No room');
      },
      404,
    ],
    [
      'thrown later',
      async function* () {
        await new Promise((resolve) => setImmediate(resolve));
        yield fail(409, 'Full');
      },
      409,
    ],
    [
      'of an event that cannot be written',
      async function* () {
        yield 1n;
      },
      500,
    ],
    ['of an iterator that cannot be had', () => ({ [Symbol.asyncIterator]: () => fail(503) }), 503],
  ])('%s', async (_title, action, status) => {
    const answer = await both({ ...events, action });

    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(JSON.parse(answer.text).status).toBe(status);
  });
});

it('events that there are none of are an empty 200', async () => {
  const answer = await both({ ...events, action: async function* () {} });

  expect([answer.status, answer.headers.get('content-type'), answer.text]).toEqual([200, 'text/event-stream', '']);
});

it('a client is told that it is connected before a first event that takes long', async () => {
  const { fusio } = api({
    ...events,
    // Less than the second for which the first event is waited for: events have no time limit.
    timeoutMs: 500,
    async *action(_request: unknown, { signal }: { signal: AbortSignal }) {
      await once(signal, 'abort').catch(() => {});
      yield* [];
    },
  });

  const response = await fetch(`${await listen(createServer(fusio.handler))}/it`);

  expect(response.status).toBe(200);
  await response.body!.cancel();
  await fusio.stop();
});

/** Events of which the first one comes, and then none; `ended` resolves with the generator's `finally`. */
function quiet() {
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const fusio = createFusio({ logger: false });
  const stream = fusio.operation({
    name: 'stream',
    method: 'GET',
    path: '/stream',
    public: true,
    response: 'text/event-stream',
    async *action(_request, { signal }) {
      try {
        yield 'first';
        await once(signal, 'abort');
      } finally {
        end();
      }
    },
  });
  return { fusio, stream, ended };
}

describe('the generator ends when its reader leaves', () => {
  it('a body of fusio.fetch that is cancelled', async () => {
    const { fusio, ended } = quiet();

    const response = await fusio.fetch(new Request('http://x/stream'));
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();

    await ended;
  });

  it('a body of fusio.fetch that is cancelled unread', async () => {
    const { fusio, ended } = quiet();

    await (await fusio.fetch(new Request('http://x/stream'))).body!.cancel();

    await ended;
  });

  it('a request of fusio.fetch that is aborted', async () => {
    const { fusio, ended } = quiet();
    const controller = new AbortController();

    await fusio.fetch(new Request('http://x/stream', { signal: controller.signal }));
    controller.abort();

    await ended;
  });

  it('a connection that is closed', async () => {
    const { fusio, ended } = quiet();
    const asked = request(`${await listen(createServer(fusio.handler))}/stream`, { agent: false });
    asked.on('error', () => {}).end();
    await once(asked, 'response');

    asked.destroy();

    await ended;
  });

  it.each(['a port', 'fusio.fetch'])('a loop of the client that is left, over %s', async (way) => {
    const { fusio, stream, ended } = quiet();
    const baseUrl = way === 'a port' ? await listen(createServer(fusio.handler)) : 'http://x';
    const send = (url: string | URL | globalThis.Request, init?: RequestInit) => fusio.fetch(new Request(url, init));
    const client = createClient({ baseUrl, routes: { stream }, ...(way !== 'a port' && { fetch: send }) });

    for await (const _ of await client.stream()) break;

    await ended;
  });

  it.each(['before it begins', 'while it waits'])('events of the client whose return is called %s', async (when) => {
    const { fusio, stream, ended } = quiet();
    const client = createClient({ baseUrl: await listen(createServer(fusio.handler)), routes: { stream } });

    const received = (await client.stream())[Symbol.asyncIterator]();
    if (when === 'while it waits') await received.next();
    const waiting = when === 'while it waits' ? received.next() : undefined;
    await received.return?.();

    await ended;
    expect((await waiting)?.done ?? true).toBe(true);
  });
});
