import { createServer } from 'node:http';
import { PassThrough } from 'node:stream';
import { createFusio, type Signals } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

type Done = Signals['request:done'];

function recording(options: object = {}) {
  const records: { message: string | undefined; fields: any }[] = [];
  const note = (fields: object, message?: string) => void records.push({ fields, message });
  const logger = { debug() {}, info: note, warn: note, error: note } as never;
  const fusio = createFusio({ logger, ...options });
  const done: Done[] = [];
  const next = () => new Promise<Done>((resolve) => fusio.on('request:done', resolve));
  fusio.on('request:done', (one) => done.push(one));
  return { fusio, records, done, next };
}

const open = { method: 'GET', public: true } as const;

describe('the end of an invocation', () => {
  afterEach(closeAll);

  it('comes after the last byte of a stream, with the time that all of it took', async () => {
    let time = 1_000;
    const { fusio, done, next } = recording({ clock: { now: () => time } });
    const body = new PassThrough();
    fusio.operation({ name: 'stream', path: '/stream', ...open, response: 'text/plain', action: () => body });
    const ended = next();
    body.write('first');

    const response = await fetch(`${await listen(createServer(fusio.handler))}/stream`);
    const before = [...done];
    time += 250;
    body.end(' last');
    const text = await response.text();

    expect(text).toBe('first last');
    expect(before).toEqual([]);
    expect(await ended).toMatchObject({ operation: 'stream', status: 200, ms: 250, source: 'http' });
  });

  it('comes once for a stream that breaks off, with the status that was sent and the code', async () => {
    const { fusio, records, done, next } = recording();
    const body = new PassThrough();
    fusio.operation({ name: 'broken', path: '/broken', ...open, response: 'text/plain', action: () => body });
    const ended = next();
    body.write('first');

    const response = await fetch(`${await listen(createServer(fusio.handler))}/broken`);
    body.destroy(new Error('the disk is gone'));

    await expect(response.text()).rejects.toThrow();
    expect(await ended).toMatchObject({ operation: 'broken', status: 200 });
    expect(done).toHaveLength(1);
    expect(records.map(({ message, fields: { status, code } }) => [message, status, code])).toEqual([
      ['operation "broken": the answer broke off', undefined, 'INTERNAL_ERROR'],
      ['call', 200, 'INTERNAL_ERROR'],
    ]);
  });

  it('comes once where a header cannot be sent, with the status of the error that was sent instead', async () => {
    const { fusio, done } = recording();
    fusio.operation({ name: 'plain', path: '/plain', ...open, action: () => 1 });
    const server = createServer((request, response) => {
      let calls = 0;
      const writeHead = response.writeHead.bind(response) as (...given: unknown[]) => unknown;
      response.writeHead = ((...given: unknown[]) => {
        if (calls++ === 0) throw new TypeError('not this one');
        return writeHead(...given);
      }) as never;
      fusio.handler(request, response);
    });

    await fetch(`${await listen(server)}/plain`).catch(() => {});

    expect(done.map(({ operation, status }) => [operation, status])).toEqual([['plain', expect.any(Number)]]);
  });

  it('comes once for a call in process, for one that fails and for one that is nested', async () => {
    const { fusio, done } = recording();
    const inner = fusio.operation({ name: 'inner', path: '/inner', ...open, action: () => 1 });
    const outer = fusio.operation({
      name: 'outer',
      path: '/outer',
      ...open,
      action: async (_request, { call }) => ({ inner: await call(inner) }),
    });
    const failing = fusio.operation({
      name: 'failing',
      path: '/failing',
      ...open,
      action: () => {
        throw new Error('x');
      },
    });

    await fusio.call(outer);
    await fusio.call(failing).catch(() => {});

    expect(done.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'inner 200',
      'outer 200',
      'failing 500',
    ]);
    expect(done[0]?.requestId).toBe(done[1]?.requestId);
  });

  it('lets stop() wait for the stream, and not longer', async () => {
    const { fusio, records } = recording();
    const order: string[] = [];
    fusio.on('request:done', () => order.push('done'));
    fusio.on('stopped', () => order.push('stopped'));
    const body = new PassThrough();
    fusio.operation({ name: 'stream', path: '/stream', ...open, response: 'text/plain', action: () => body });
    body.write('first');
    const response = await fetch(`${await listen(createServer(fusio.handler))}/stream`);

    const stopping = fusio.stop();
    // Another request is answered meanwhile: what stop() could do at once it has done.
    await fusio.inject({ path: '/stream' });
    order.push('end of the stream');
    body.end();
    await Promise.all([stopping, response.text()]);

    expect(order).toEqual(['done', 'end of the stream', 'done', 'stopped']);
    // The first record is the 503 of the other request; none warns that the time to drain was over.
    expect(records.map(({ message, fields }) => [message, fields.status])).toEqual([
      ['call', 503],
      ['call', 200],
    ]);
  });
});
