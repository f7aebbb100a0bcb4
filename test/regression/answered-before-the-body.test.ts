import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import express from 'express';
import { createFusio, Type } from '../../src/index.js';
import { closeAll, closeLater, listen } from '../support/fusio.js';

afterEach(closeAll);

type Served = (fusio: ReturnType<typeof api>) => Server;

const entrances: [string, Served][] = [
  ['createServer()', (fusio) => fusio.createServer()],
  ['createServer(app)', (fusio) => fusio.createServer(express().use(fusio.router))],
  ['router under Express', (fusio) => createServer(express().use(fusio.router))],
  ['handler', (fusio) => createServer(fusio.handler)],
];

function api() {
  const fusio = createFusio({ logger: false });
  const form = { method: 'POST', consumes: 'multipart/form-data', maxBodyBytes: 64 * 1024 * 1024 } as const;
  fusio.operation({ ...form, name: 'private', path: '/private', action: () => ({ a: 1 }) });
  fusio.operation({ ...form, name: 'unread', path: '/unread', public: true, action: () => ({ a: 1 }) });
  fusio.operation({
    ...form,
    name: 'thrown',
    path: '/thrown',
    public: true,
    action: async (_request, { files }) => {
      for await (const _file of files) throw new Error('x');
    },
  });
  fusio.operation({
    ...form,
    name: 'streamed',
    path: '/streamed',
    public: true,
    response: 'text/plain',
    action: () => Readable.from(['one', 'two']),
  });
  fusio.operation({ name: 'none', method: 'POST', path: '/none', public: true, action: () => ({ a: 1 }) });
  fusio.operation({
    name: 'json',
    method: 'POST',
    path: '/json',
    public: true,
    body: Type.Object({}),
    maxBodyBytes: 100,
    action: () => ({ a: 1 }),
  });
  fusio.operation({ name: 'next', method: 'GET', path: '/next', public: true, action: () => ({ next: true }) });
  return fusio;
}

const before = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nstart';
const after = '\r\n--x--\r\n';

/** The head of a form with one file of so many bytes, and the start of its body. */
function begin(path: string, bytes: number, more = ''): string {
  const length = before.length + bytes + after.length;
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n`;
  return `${head}Content-Length: ${length}\r\n${more}\r\n${before}`;
}

async function connected(url: string): Promise<Socket & { text(): string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  closeLater(async () => void socket.destroy());
  await once(socket, 'connect');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  return Object.assign(socket, { text: () => text });
}

/** Resolves when what came has the pattern; rejects where the connection ends before. */
function until(socket: Socket & { text(): string }, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (pattern.test(socket.text())) resolve(socket.text());
    };
    socket.on('data', look);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`closed after ${JSON.stringify(socket.text())}`)));
    look();
  });
}

const next = 'GET /next HTTP/1.1\r\nHost: x\r\n\r\n';
const paths = ['/private', '/unread', '/thrown', '/streamed', '/none', '/json'];

describe.each(entrances)('an answer before the body has come, %s', (_title, served) => {
  it.each(paths)('says that the connection ends, and ends it once the rest has come: %s', async (path) => {
    for (const bytes of [90_000, 3_000_000]) {
      const socket = await connected(await listen(served(api())));
      const closed = once(socket, 'close');
      socket.write(begin(path, bytes));

      expect(await until(socket, /\r\n\r\n/)).toMatch(/^connection: close$/im);

      socket.write(Buffer.alloc(bytes));
      socket.write(after);
      expect(await closed).toEqual([false]);
      expect(socket.text().match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
    }
  });

  it.each(paths)('keeps the connection where the rest is short: %s', async (path) => {
    const socket = await connected(await listen(served(api())));
    socket.write(begin(path, 1_000));

    expect(await until(socket, /\r\n\r\n/)).toMatch(/^connection: keep-alive$/im);

    socket.write(Buffer.alloc(1_000));
    socket.write(after + next);
    await until(socket, /\{"next":true\}/);
  });

  it('keeps the connection where the whole body has come', async () => {
    const socket = await connected(await listen(served(api())));
    socket.write(`${begin('/unread', 1_000)}${'x'.repeat(1_000)}${after}${next}`);

    await until(socket, /\{"next":true\}/);
  });

  it('says that the connection ends where the length is not known', async () => {
    const socket = await connected(await listen(served(api())));
    const closed = once(socket, 'close');
    socket.write('POST /private HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n');

    expect(await until(socket, /\r\n\r\n/)).toMatch(/^connection: close$/im);

    socket.write('1\r\nx\r\n0\r\n\r\n');
    expect(await closed).toEqual([false]);
  });
});

it('does not wait for a body that a client with Expect was not told to send', async () => {
  const socket = await connected(await listen(api().createServer()));
  const head = `POST /private HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n`;
  socket.write(head);

  const text = await until(socket, /\r\n\r\n/);

  expect(text).toMatch(/^HTTP\/1\.1 401 /);
  expect(text).toMatch(/^connection: close$/im);
});

it.each(entrances.slice(0, 2))('closes a head that drips, %s', async (_title, served) => {
  const server = served(api());
  expect(server.headersTimeout).toBe(10_000);
  server.headersTimeout = 1;
  const socket = await connected(await listen(server));
  const closed = once(socket, 'close');

  socket.write('GET /next HTTP/1.1\r\nHost: x\r\nX-Drip');

  await closed;
  expect(socket.text()).toMatch(/^HTTP\/1\.1 408 /);
});
