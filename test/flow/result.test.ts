import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import express from 'express';
import { createFusio, type FusioOptions, fail, file, respond, Type } from '../../src/index.js';
import { fakeClock } from '../../src/testing/index.js';
import { takeProblems } from '../support/answers.js';
import { closeAll, closeLater, listen, raw } from '../support/fusio.js';

afterEach(closeAll);

// Wrong results are the point here: the types would refuse them.
type Options = Record<string, unknown> & { action: unknown };
type Registered = Parameters<ReturnType<typeof createFusio>['operation']>[0];

/** One public operation on a server of its own. */
async function serve(operation: Options, options: FusioOptions = {}) {
  const entries: { fields: object; message: string }[] = [];
  const keep = (fields: object | string, message = '') =>
    void entries.push(typeof fields === 'string' ? { fields: {}, message: fields } : { fields, message });
  const logger = { debug() {}, info() {}, warn: keep, error: keep };
  const fusio = createFusio({ logger, ...options });
  fusio.operation({ name: 'it', method: 'GET', path: '/it', public: true, ...operation } as unknown as Registered);
  const url = await listen(createServer(fusio.handler));
  return { fusio, url: `${url}/it`, entries, log: () => JSON.stringify(entries) };
}

describe('a result', () => {
  it.each([
    ['a value is JSON', { action: () => ({ a: 1 }) }, 200, '{"a":1}'],
    ['a text without a schema is JSON', { action: () => 'hello' }, 200, '"hello"'],
    ['null is JSON', { action: () => null }, 200, 'null'],
    ['undefined is 204', { action: () => undefined }, 204, ''],
    ['undefined with a status that the operation says', { status: 200, action: () => undefined }, 200, ''],
    ['undefined with a status that is described', { response: { 200: 'Fine' }, action: () => undefined }, 200, ''],
    ['respond without a body', { action: () => respond(200) }, 200, ''],
    ['respond 201 without a body', { action: () => respond(201) }, 201, ''],
    ['a declared status is sent', { status: 202, action: () => ({}) }, 202, '{}'],
    ['204 has no content whatever comes', { status: 204, action: () => ({ a: 1 }) }, 204, ''],
    [
      'a Date is its ISO text',
      { response: Type.Object({ at: Type.String({ format: 'date-time' }) }), action: () => ({ at: new Date(0) }) },
      200,
      '{"at":"1970-01-01T00:00:00.000Z"}',
    ],
    ['a media type takes a text', { response: 'text/html', action: () => '<b>x</b>' }, 200, '<b>x</b>'],
    ['a Buffer is sent as it is', { response: 'image/png', action: () => Buffer.from('png') }, 200, 'png'],
    ['a stream is sent as it is', { action: () => Readable.from(['a', 'b']) }, 200, 'ab'],
    ['a web stream is sent as it is', { action: () => new Blob(['web']).stream() }, 200, 'web'],
    ['a Blob is sent as it is', { action: () => new Blob(['blob']) }, 200, 'blob'],
    ['a Response is sent as it is', { action: () => new Response('teapot', { status: 418 }) }, 418, 'teapot'],
    [
      'respond sets the status',
      { response: { 203: Type.Object({ a: Type.Integer() }) }, action: () => respond(203, { a: 1 }) },
      203,
      '{"a":1}',
    ],
    ['a redirect has no content', { action: () => respond(303, undefined, { location: '/x' }) }, 303, ''],
  ] as [string, Options, number, string][])('%s', async (_title, operation, status, body) => {
    const { url } = await serve(operation);

    const answer = await fetch(url, { redirect: 'manual' });

    expect([answer.status, await answer.text()]).toEqual([status, body]);
  });

  it('that breaks its schema is a 500 to the caller and a report to the log', async () => {
    const { url, log } = await serve({ response: Type.Object({ id: Type.Integer() }), action: () => ({ id: 'x' }) });

    const answer = await fetch(url);

    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({
      code: 'RESULT_INVALID',
      detail: 'The result does not match the response schema of the operation',
    });
    expect(log()).toContain('/id');
  });

  it('that breaks its schema is logged and sent with checkResponse: report', async () => {
    const { url, log } = await serve({
      response: Type.Object({ id: Type.Integer() }),
      checkResponse: 'report',
      action: () => ({ id: 'x' }),
    });

    const answer = await fetch(url);

    expect([answer.status, await answer.json()]).toEqual([200, { id: 'x' }]);
    expect(takeProblems()).toEqual(['GET /it: 200: the body /id must be an integer']);
    expect(log()).toContain('/id');
  });

  it('with a status that the operation does not declare is a 500', async () => {
    const { url } = await serve({
      response: { 200: Type.Object({}), 409: Type.Object({}) },
      action: () => respond(418, { x: 1 }),
    });

    expect((await fetch(url)).status).toBe(500);
  });

  it('with a header that would split the answer is a clean 500', async () => {
    const { url } = await serve({ action: () => respond(200, {}, { 'x-bad': 'a\r\nset-cookie: x=1' }) });

    const answer = await fetch(url);

    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([500, null]);
    expect(((await answer.json()) as any).code).toBe('RESULT_INVALID');
  });

  it('may have several cookies, and keeps those of the host', async () => {
    const fusio = createFusio({ logger: false });
    fusio.operation({
      name: 'x',
      method: 'GET',
      path: '/x',
      public: true,
      action: () => respond(200, {}, { 'set-cookie': ['b=2', 'c=3'] }),
    });
    const app = express();
    app.use((_request, response, next) => {
      response.cookie('a', '1');
      next();
    });
    app.use(fusio.router);
    const url = await listen(createServer(app));

    const answer = await fetch(`${url}/x`);

    expect(answer.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2', 'c=3']);
  });
});

describe('a throw', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const hostile = Object.defineProperty({}, 'status', {
    get() {
      throw new Error('getter');
    },
  });
  it.each([
    ['an error', () => new Error('db password=hunter2'), 500, 'INTERNAL_ERROR'],
    ['a text', () => 'text', 500, 'INTERNAL_ERROR'],
    ['null', () => null, 500, 'INTERNAL_ERROR'],
    ['undefined', () => undefined, 500, 'INTERNAL_ERROR'],
    ['a circle', () => circular, 500, 'INTERNAL_ERROR'],
    ['a getter that throws', () => hostile, 500, 'INTERNAL_ERROR'],
    ['an http-errors error', () => Object.assign(new Error('Taken'), { status: 409, expose: true }), 409, 'CONFLICT'],
    [
      'a hidden http error',
      () => Object.assign(new Error('secret'), { statusCode: 503, expose: false }),
      503,
      'SERVICE_UNAVAILABLE',
    ],
    [
      'an axios error with an answer',
      () =>
        Object.assign(new Error('Request failed'), {
          isAxiosError: true,
          status: 401,
          response: { status: 401, data: {} },
          config: { headers: { authorization: 'Bearer abc' } },
        }),
      502,
      'BAD_GATEWAY',
    ],
    [
      'an axios error without one',
      () => Object.assign(new Error('connect ECONNREFUSED'), { isAxiosError: true, code: 'ECONNREFUSED' }),
      503,
      'CONNECTION_UNAVAILABLE',
    ],
    [
      'a mysql2 error',
      () =>
        Object.assign(new Error("Unknown column 'x'"), {
          code: 'ER_BAD_FIELD_ERROR',
          errno: 1054,
          sql: 'SELECT x FROM secret_table',
          sqlState: '42S22',
        }),
      500,
      'INTERNAL_ERROR',
    ],
  ])('of %s gives a clean answer and a log entry without secrets', async (_what, thrown, status, code) => {
    for (const action of [
      () => {
        throw thrown();
      },
      async () => {
        throw thrown();
      },
    ]) {
      const { url, log } = await serve({ action });

      const answer = await fetch(url);

      const body = await answer.text();
      expect([answer.status, JSON.parse(body).code]).toEqual([status, code]);
      expect(body).not.toMatch(/hunter2|secret_table|node_modules|\.ts:|Bearer abc/);
      if (status >= 500) expect(log()).toContain('"message"');
      expect(log()).not.toMatch(/hunter2|secret_table|Bearer abc/);
    }
  });

  it('of fail() carries its message, code, headers and further members', async () => {
    const { url } = await serve({
      action: () => fail(409, 'Taken by 12', { code: 'TODO_TAKEN', headers: { 'retry-after': 3 }, extra: { by: 12 } }),
    });

    const answer = await fetch(url);

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([409, '3']);
    expect(await answer.json()).toMatchObject({
      code: 'TODO_TAKEN',
      detail: 'Taken by 12',
      message: 'Taken by 12',
      by: 12,
      success: false,
    });
  });
});

describe('a file', () => {
  async function serveFile(options = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'fusio-file-'));
    closeLater(() => rm(folder, { recursive: true }));
    const path = join(folder, 'report.txt');
    await writeFile(path, '0123456789');
    return { ...(await serve({ response: 'text/plain', action: () => file(path, options) })), path };
  }

  it('is sent with its size, entity tag and date', async () => {
    const { url } = await serveFile({ download: 'résumé.txt' });

    const answer = await fetch(url);

    expect([answer.status, await answer.text()]).toEqual([200, '0123456789']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '10',
      'accept-ranges': 'bytes',
      'content-disposition': `attachment; filename="r_sum_.txt"; filename*=UTF-8''r%C3%A9sum%C3%A9.txt`,
    });
    const tag = answer.headers.get('etag')!;
    const again = await fetch(url, { headers: { 'if-none-match': tag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=0-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=20-', 416, undefined, 'bytes */10'],
    ['bytes=0-1,3-4', 200, '0123456789', null],
  ])('answers the range %s', async (range, status, body, contentRange) => {
    const { url } = await serveFile();

    const answer = await fetch(url, { headers: { range } });

    expect([answer.status, answer.headers.get('content-range')]).toEqual([status, contentRange]);
    if (body) expect(await answer.text()).toBe(body);
  });

  it('that is not there is a 404 without its path', async () => {
    const { url } = await serve({ action: () => file('/nowhere/at/all') });

    const answer = await fetch(url);

    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('nowhere');
  });
});

describe('an entity tag', () => {
  it('is sent and answered with 304 where the operation asks for it', async () => {
    const { url } = await serve({ cache: { etag: true, maxAgeMs: 60_000 }, action: () => ({ a: 1 }) });

    const first = await fetch(url);
    const second = await fetch(url, { headers: { 'if-none-match': first.headers.get('etag')! } });

    expect(first.headers.get('cache-control')).toBe('public, max-age=60');
    expect([second.status, await second.text()]).toEqual([304, '']);
  });
});

describe('Server-Sent Events', () => {
  it('are sent as they are yielded, and line breaks cannot forge a field', async () => {
    const { url } = await serve({
      response: 'text/event-stream',
      async *action() {
        yield { event: 'tick\nid: 9', id: '1', data: 'a\nb', retryMs: 10 };
        yield { n: 1 };
      },
    });

    const answer = await fetch(url);

    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(await answer.text()).toBe('event: tick id: 9\nid: 1\nretry: 10\ndata: a\ndata: b\n\ndata: {"n":1}\n\n');
  });

  it('end when the client leaves: the signal fires and the generator is closed', async () => {
    let closed: () => void = () => {};
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    let aborted = false;
    const { url } = await serve({
      response: 'text/event-stream',
      async *action(_request: unknown, { signal }: { signal: AbortSignal }) {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        try {
          for (;;) {
            yield { data: 1 };
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        } finally {
          closed();
        }
      },
    });
    const leave = new AbortController();

    const answer = await fetch(url, { signal: leave.signal });
    await answer.body!.getReader().read();
    leave.abort();

    await isClosed;
    expect(aborted).toBe(true);
  });
});

describe('time', () => {
  it('that is up ends the call with 504 and aborts the signal', async () => {
    const clock = fakeClock();
    let reason: unknown;
    const { url } = await serve(
      {
        timeoutMs: 1_000,
        action: (_request: unknown, { signal }: { signal: AbortSignal }) =>
          new Promise(() => {
            signal.addEventListener('abort', () => {
              reason = signal.reason;
            });
            clock.advance(1_000);
          }),
      },
      { clock },
    );

    const answer = await fetch(url);

    expect([answer.status, ((await answer.json()) as any).code]).toEqual([504, 'ACTION_TIMEOUT']);
    expect(reason).toMatchObject({ code: 'ACTION_TIMEOUT' });
  });

  it('that is up does not leave an unhandled rejection when the action fails later', async () => {
    const clock = fakeClock();
    let breakLater: () => void = () => {};
    const { url } = await serve(
      {
        timeoutMs: 1_000,
        action: () =>
          new Promise((_resolve, reject) => {
            breakLater = () => reject(new Error('late'));
            clock.advance(1_000);
          }),
      },
      { clock },
    );

    const answer = await fetch(url);
    breakLater();
    await new Promise((resolve) => setImmediate(resolve));

    expect(answer.status).toBe(504);
  });

  it('that a slow body takes is limited: 408, and the connection ends', async () => {
    const clock = fakeClock();
    const { url } = await serve({ method: 'POST', body: Type.Object({}), action: () => 1 }, { clock });

    const answer = raw(
      url,
      'POST /it HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{',
    );
    // The server has begun to read once a second request of ours is answered.
    await fetch(url, { method: 'GET' });
    clock.advance(31_000);

    expect((await answer).status).toBe(408);
  });
});

describe('a client that leaves', () => {
  it('aborts the signal of an action that looks at it', async () => {
    let started: () => void = () => {};
    const hasStarted = new Promise<void>((resolve) => {
      started = resolve;
    });
    let signal: AbortSignal | undefined;
    const { url } = await serve({
      action: (_request: unknown, context: { signal: AbortSignal }) => {
        signal = context.signal;
        started();
        return once(context.signal, 'abort');
      },
    });

    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /it HTTP/1.1\r\nhost: x\r\n\r\n');
    await hasStarted;
    const aborted = once(signal!, 'abort');
    socket.destroy();

    await aborted;
    expect(signal!.reason).toMatchObject({ code: 'CALL_CANCELLED' });
  });
});
