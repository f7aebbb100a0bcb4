import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import express from 'express';
import { Registry } from 'prom-client';
import { createFusio, FusioError, respond } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

// Each of these left an invocation that never ended, so that stop() waited for all of its time, or ended the process.
const open = { method: 'GET', public: true } as const;
afterEach(closeAll);

/** Tells whether nothing is under way any more: stop() warns of what is left when its time is over. */
async function hasEnded(fusio: ReturnType<typeof createFusio>, records: readonly unknown[]): Promise<boolean> {
  const before = records.length;
  await fusio.stop({ timeoutMs: 200 });
  return records.length === before;
}

function recording(options: object = {}) {
  const records: any[] = [];
  const note = (fields: object) => void records.push(fields);
  const logger = { debug() {}, info: note, warn: note, error: note, ...options } as never;
  return { logger, records };
}

it('a stream over fetch that fails before it is read', async () => {
  const { logger, records } = recording();
  const fusio = createFusio({ logger });
  const body = new PassThrough();
  body.write('first');
  fusio.operation({ name: 'one', path: '/one', ...open, response: 'text/plain', action: () => body });

  const response = await fusio.fetch(new Request('http://x/one'));
  body.destroy(new Error('the disk is gone'));
  await new Promise((resolve) => setImmediate(resolve));

  await expect(response.text()).rejects.toThrow();
  expect(await hasEnded(fusio, records)).toBe(true);
});

it('a stream over fetch that is not read when fusio stops', async () => {
  const fusio = createFusio({ logger: false });
  const body = new PassThrough();
  body.write('first');
  fusio.operation({ name: 'one', path: '/one', ...open, response: 'text/plain', action: () => body });

  await fusio.fetch(new Request('http://x/one'));
  await fusio.stop({ timeoutMs: 10 });
  await new Promise((resolve) => setImmediate(resolve));

  expect(body.destroyed).toBe(true);
});

it('an error whose members cannot be read', async () => {
  const { logger, records } = recording();
  const fusio = createFusio({ logger });
  const extra = Object.defineProperty({}, 'seat', {
    enumerable: true,
    get() {
      throw new Error('not this one');
    },
  });
  fusio.operation({
    name: 'one',
    path: '/one',
    ...open,
    action() {
      throw new FusioError('CONFLICT', 'Taken', { extra });
    },
  });

  const response = await fusio.inject({ path: '/one' });

  expect(response.status).toBe(409);
  expect(await hasEnded(fusio, records)).toBe(true);
});

it('a logger that cannot tell its level', async () => {
  const { logger, records } = recording({
    isLevelEnabled() {
      throw new Error('no level');
    },
  });
  const fusio = createFusio({ logger });
  fusio.operation({ name: 'one', path: '/one', ...open, action: () => 1 });

  expect((await fusio.inject({ path: '/one' })).status).toBe(200);
  expect(await hasEnded(fusio, records)).toBe(true);
});

it('an Express app whose "trust proxy" throws', async () => {
  const { logger, records } = recording();
  const fusio = createFusio({ logger });
  fusio.operation({ name: 'one', path: '/one', ...open, action: () => 1 });
  const app = express().use(fusio.router);
  app.set('trust proxy', () => {
    throw new Error('no proxy');
  });

  const response = await fetch(`${await listen(createServer(app))}/one`);

  expect(response.status).toBe(200);
  expect(records[0]).toMatchObject({ operation: 'one', ip: '127.0.0.1' });
  expect(await hasEnded(fusio, records)).toBe(true);
});

it('telemetry that breaks before the steps', async () => {
  const registry = new Registry();
  const fusio = createFusio({ logger: false, telemetry: { openTelemetry: false, prometheus: { registry } } });
  const active = registry.getSingleMetric('fusio_active_requests') as unknown as { inc(): void };
  active.inc = () => {
    throw new Error('no gauge');
  };
  fusio.operation({ name: 'one', path: '/one', ...open, action: () => 1 });

  expect((await fusio.inject({ path: '/one' })).status).toBe(200);
});

it('a stream over fetch that is aborted after its first byte counts with the status that was sent', async () => {
  const registry = new Registry();
  const fusio = createFusio({ logger: false, telemetry: { openTelemetry: false, prometheus: { registry } } });
  const done = new Promise((resolve) => fusio.on('request:done', resolve));
  const body = new PassThrough();
  body.write('first');
  fusio.operation({ name: 'one', path: '/one', ...open, response: 'text/plain', action: () => body });
  const controller = new AbortController();

  const response = await fusio.fetch(new Request('http://x/one', { signal: controller.signal }));
  const reader = response.body?.getReader();
  await reader?.read();
  controller.abort();
  await reader?.cancel().catch(() => {});
  await done;

  expect(await registry.metrics()).toContain('operation="one",method="GET",status="200"');
});

it('a client that leaves a stream: its record has the address', async () => {
  const { logger, records } = recording();
  const fusio = createFusio({ logger });
  const done = new Promise((resolve) => fusio.on('request:done', resolve));
  async function* events() {
    yield { data: 1 };
    await new Promise(() => {});
  }
  fusio.operation({ name: 'one', path: '/one', ...open, response: 'text/event-stream', action: () => events() });
  const { port } = new URL(await listen(createServer(fusio.handler)));
  const socket = connect(Number(port), '127.0.0.1');
  socket.write('GET /one HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'data');

  socket.destroy();
  await done;

  expect(records).toEqual([expect.objectContaining({ operation: 'one', status: 200, ip: '127.0.0.1' })]);
});

it('a source that fails as a client that left would', async () => {
  const { logger, records } = recording();
  const fusio = createFusio({ logger });
  const done = new Promise((resolve) => fusio.on('request:done', resolve));
  const body = new PassThrough();
  body.write('first');
  fusio.operation({ name: 'one', path: '/one', ...open, response: 'text/plain', action: () => body });

  const response = await fetch(`${await listen(createServer(fusio.handler))}/one`);
  body.destroy(Object.assign(new Error('the backend has reset'), { code: 'ECONNRESET' }));
  await expect(response.text()).rejects.toThrow();
  await done;

  expect(records.at(-1)).toMatchObject({ operation: 'one', status: 200, code: 'INTERNAL_ERROR' });
});

it.each<[string, (body: Readable) => unknown, string | undefined]>([
  ['a header that cannot be sent', (body) => respond(200, body, { 'bad\n': 'x' }), undefined],
  ['a status that there is not', (body) => respond(99, body), undefined],
  ['a Response for events', (body) => new Response(Readable.toWeb(body) as ReadableStream), 'text/event-stream'],
])('%s: the stream is destroyed', async (_title, make, response) => {
  const fusio = createFusio({ logger: false });
  const body = new PassThrough();
  body.write('first');
  // A web stream that is cancelled aborts the stream of Node behind it.
  body.on('error', () => {});
  const closed = new Promise((resolve) => body.once('close', resolve));
  fusio.operation({
    name: 'one',
    path: '/one',
    ...open,
    ...(response && { response: response as 'text/event-stream' }),
    action: () => make(body) as never,
  });

  const { status } = await fusio.inject({ path: '/one' });

  expect(status).toBe(500);
  await closed;
});

it('a stream that fusio ends has the reason in its record', async () => {
  const { logger, records } = recording();
  const fusio = createFusio({ logger });
  const done = new Promise((resolve) => fusio.on('request:done', resolve));
  const body = new PassThrough();
  body.write('first');
  fusio.operation({ name: 'one', path: '/one', ...open, response: 'text/plain', action: () => body });
  const response = await fetch(`${await listen(createServer(fusio.handler))}/one`);

  await Promise.all([fusio.stop({ timeoutMs: 10 }), response.text().catch(() => {}), done]);

  expect(records.at(-1)).toMatchObject({ operation: 'one', status: 200, code: 'SHUTTING_DOWN' });
});
