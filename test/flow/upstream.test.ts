import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { http } from '../../src/connections/http.js';
import { createFusio } from '../../src/index.js';
import { fakeClock } from '../../src/testing/index.js';
import { closeAll, closeLater } from '../support/fusio.js';

afterEach(closeAll);

/** A service that writes these bytes for any request, and then ends the connection, resets it, or does neither. */
async function service(bytes: string | Buffer, end: 'ends' | 'resets' | 'hangs' = 'ends'): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      if (end === 'ends') socket.end(bytes);
      else if (end === 'hangs') socket.write(bytes);
      // A reset may overtake the bytes: it waits until they were read.
      else socket.write(bytes, () => setImmediate(() => setImmediate(() => socket.resetAndDestroy())));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeLater(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Asks an operation that gives what the service answers: its status, the code of the problem or the body, and the line in the log. */
async function ask(baseURL: string, { maxRedirects = 0, timeout = 10_000 } = {}): Promise<unknown[]> {
  const lines: string[] = [];
  const fusio = createFusio({
    connections: { upstream: http({ baseURL, maxRedirects, timeout }) },
    logger: { debug() {}, info() {}, warn() {}, error: (...entry: unknown[]) => lines.push(String(entry[1])) },
  });
  closeLater(() => fusio.stop());
  fusio.operation({
    name: 'ask',
    method: 'GET',
    path: '/ask',
    public: true,
    action: async (_request, { connections }) => ({ data: (await connections.upstream.get('/')).data }),
  });
  const answer = await fusio.inject({ path: '/ask' });
  const { code, data } = answer.json<{ code?: string; data?: unknown }>();
  return [answer.status, code ?? data, ...lines];
}

const json = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n';
const late = 'An upstream service did not answer in time';
const unreadable = 'A service behind this one answered what cannot be read';
const cut = 'A service behind this one answered 200 with a body that cannot be read';
const away = 'A service that this operation needs is not reachable';

describe.each([0, 3])('what a service behind http() answers, with maxRedirects %d,', (maxRedirects) => {
  it.each<[string, string | Buffer, 'ends' | 'resets' | 'hangs', unknown[]]>([
    ['no byte in time', '', 'hangs', [504, 'GATEWAY_TIMEOUT', late]],
    ['no byte before the end', '', 'ends', [503, 'CONNECTION_UNAVAILABLE', away]],
    ['JSON that is broken', `${json}\r\n{"a":`, 'ends', [502, 'BAD_GATEWAY', cut]],
    ['another JSON that is broken', `${json.replace('json', 'hal+json; v=1')}\r\n[`, 'ends', [502, 'BAD_GATEWAY', cut]],
    ['a body that ends early', `${json}Content-Length: 9\r\n\r\n{}`, 'ends', [502, 'BAD_GATEWAY', cut]],
    ['a body that a reset ends', `${json}Content-Length: 9\r\n\r\n{}`, 'resets', [502, 'BAD_GATEWAY', unreadable]],
    ['a broken chunk', `${json}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 'ends', [502, 'BAD_GATEWAY', unreadable]],
    ['no gzip', `${json}Content-Encoding: gzip\r\n\r\n{"a":1}`, 'ends', [502, 'BAD_GATEWAY', cut]],
    [
      'half a gzip',
      Buffer.concat([Buffer.from(`${json}Content-Encoding: gzip\r\n\r\n`), gzipSync('{"a":1}').subarray(0, 14)]),
      'ends',
      [502, 'BAD_GATEWAY', cut],
    ],
    ['too much', `${json}\r\n"${'x'.repeat(11_000_000)}"`, 'ends', [502, 'BAD_GATEWAY', unreadable]],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n', 'ends', [502, 'BAD_GATEWAY', unreadable]],
    ['a huge head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(99_999)}\r\n\r\n`, 'ends', [502, 'BAD_GATEWAY', unreadable]],
    [
      'an error, with JSON that is broken',
      `${json.replace('200 OK', '500 Oh')}\r\n{"a":`,
      'ends',
      [502, 'BAD_GATEWAY', 'A service behind this one answered 500'],
    ],
    ['text that looks like JSON', `${json.replace('application/json', 'text/plain')}\r\n{"a":`, 'ends', [200, '{"a":']],
    ['JSON that is a text', `${json}\r\n"5"`, 'ends', [200, '5']],
    ['JSON without a byte', `${json}Content-Length: 0\r\n\r\n`, 'ends', [200, '']],
  ])('%s, is told as it was', async (_, bytes, end, expected) => {
    const [status, answer, line] = expected;
    const lines = line === undefined ? [] : [expect.stringMatching(`^operation "ask": ${line}: .`)];

    const timeout = end === 'hangs' ? 100 : 10_000;
    expect(await ask(await service(bytes, end), { maxRedirects, timeout })).toEqual([status, answer, ...lines]);
  });
});

it('answers 504 for a body that does not end in time', async () => {
  const line = expect.stringMatching(`^operation "ask": ${late}: .`);

  expect(await ask(await service(`${json}\r\n{"a":`, 'hangs'), { timeout: 100 })).toEqual([
    504,
    'GATEWAY_TIMEOUT',
    line,
  ]);
});

it('reads JSON as a request asks for it', async () => {
  const connection = http(await service(`${json}\r\n{"a":`));
  const client = await connection.open();
  closeLater(async () => connection.close?.(client));

  const text = await client.get('/', { responseType: 'text' });
  const raw = await client.get('/', { transitional: { forcedJSONParsing: false } });

  expect([text.data, raw.data]).toEqual(['{"a":', '{"a":']);
});

it('says of a pool that hangs when fusio stops that it does not close', async () => {
  const lines: string[] = [];
  jest.useFakeTimers();
  try {
    const fusio = createFusio({
      connections: { db: { open: () => 'pool', close: () => new Promise<void>(() => {}) } },
      logger: { debug() {}, info() {}, warn: (...entry: unknown[]) => lines.push(String(entry[1])), error() {} },
      clock: fakeClock(),
    });
    await fusio.ready();
    const stopped = fusio.stop();
    await jest.advanceTimersByTimeAsync(5_000);
    await stopped;
  } finally {
    jest.useRealTimers();
  }

  expect(lines).toEqual(['connection "db" does not close: no end within 5 s']);
});
