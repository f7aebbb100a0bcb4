import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { PassThrough } from 'node:stream';
import type { createFusio, Logger } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

// A gateway whose upstream dies was taken for a client that left: the log had nothing.
afterEach(closeAll);
failOnUncaught();

const coded = (code: string) => Object.assign(new Error(code), { code });

/** What a source can end with; what a client that leaves gives as well. */
const ends: readonly (readonly [string, Error | undefined])[] = [
  ['ECONNRESET', coded('ECONNRESET')],
  ['EPIPE', coded('EPIPE')],
  ['ERR_STREAM_PREMATURE_CLOSE', coded('ERR_STREAM_PREMATURE_CLOSE')],
  ['AbortError', Object.assign(new Error('aborted'), { name: 'AbortError' })],
  ['no error', undefined],
];

function recorded(action: () => unknown) {
  const records: { readonly code?: string }[] = [];
  const errors: object[] = [];
  const logger: Logger = {
    debug() {},
    info: (fields: object | string) => void records.push(Object(fields)),
    warn() {},
    error: (fields: object | string) => void errors.push(Object(fields)),
  };
  const { fusio } = api({ response: 'text/plain', action }, { logger });
  const done = new Promise((resolve) => fusio.on('request:done', resolve));
  return { fusio, records, errors, done };
}

const entrances: readonly [string, (fusio: ReturnType<typeof createFusio>) => Promise<Response>][] = [
  ['node:http', async (fusio) => fetch(`${await listen(createServer(fusio.handler))}/it`)],
  ['fetch', (fusio) => fusio.fetch(new Request('http://x/it'))],
];

describe.each(entrances)('over %s', (_entrance, send) => {
  it.each(ends)('a source that ends with %s after its first byte is in the log', async (_title, error) => {
    const body = new PassThrough();
    body.write('first');
    const { fusio, records, errors, done } = recorded(() => body);

    const response = await send(fusio);
    const reader = response.body!.getReader();
    await reader.read();
    body.destroy(error);
    await expect(reader.read()).rejects.toThrow();
    await done;

    expect(records.at(-1)).toMatchObject({ status: 200, code: 'INTERNAL_ERROR' });
    expect(errors).toHaveLength(1);
  });

  it.each(ends)('a source that ends with %s before its first byte is a problem', async (_title, error) => {
    const { fusio, errors, done } = recorded(() => {
      const body = new PassThrough();
      setImmediate(() => body.destroy(error));
      return body;
    });

    const response = await send(fusio);
    await done;

    expect(response.status).toBeGreaterThanOrEqual(500);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(errors).toHaveLength(1);
  });
});

it('an upstream that is cut off in the middle is in the log', async () => {
  const upstream = await listen(
    createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('first');
      setImmediate(() => response.destroy());
    }),
  );
  const { fusio, errors, done } = recorded(() => new Promise((resolve) => request(`${upstream}/`, resolve).end()));

  const response = await fetch(`${await listen(createServer(fusio.handler))}/it`);
  await response.text().catch(() => {});
  await done;

  expect(errors).toHaveLength(1);
});

it('a client that leaves after the first byte is no error', async () => {
  const body = new PassThrough();
  body.write('first');
  const { fusio, records, errors, done } = recorded(() => body);
  const asked = request(`${await listen(createServer(fusio.handler))}/it`, { agent: false });
  asked.on('error', () => {}).end();
  await once(asked, 'response');

  asked.destroy();
  await done;

  expect([errors, records.at(-1)?.code, body.destroyed]).toEqual([[], undefined, true]);
});

it('a client that leaves before the first byte is no error', async () => {
  const body = new PassThrough();
  let ran: () => void = () => {};
  const running = new Promise<void>((resolve) => {
    ran = resolve;
  });
  const { fusio, records, errors, done } = recorded(() => {
    ran();
    return body;
  });
  const asked = request(`${await listen(createServer(fusio.handler))}/it`, { agent: false });
  asked.on('error', () => {}).end();
  await running;

  asked.destroy();
  await done;

  expect([errors, records.at(-1)?.code, body.destroyed]).toEqual([[], undefined, true]);
});

it('a reader of fetch that cancels is no error', async () => {
  const body = new PassThrough();
  body.write('first');
  const { fusio, records, errors, done } = recorded(() => body);

  const response = await fusio.fetch(new Request('http://x/it'));
  await response.body!.cancel();
  await done;

  expect([errors, records.at(-1)?.code, body.destroyed]).toEqual([[], undefined, true]);
});
