import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import express from 'express';
import { createFusio, Type } from '../../src/index.js';
import { closeAll, listen, post } from '../support/fusio.js';

afterEach(closeAll);

function api() {
  const fusio = createFusio({ logger: false });
  const live = { streams: 0, generators: 0, listeners: 0 };
  const base = { method: 'GET', public: true } as const;
  fusio.operation({
    ...base,
    name: 'stream',
    path: '/stream',
    action: () => {
      live.streams++;
      return new Readable({
        read() {
          this.push(Buffer.alloc(64 * 1024));
        },
        destroy(error, done) {
          live.streams--;
          done(error);
        },
      });
    },
  });
  fusio.operation({
    ...base,
    name: 'events',
    path: '/events',
    response: 'text/event-stream',
    async *action(_request, { signal }) {
      live.generators++;
      try {
        while (!signal.aborted) {
          yield 1;
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
      } finally {
        live.generators--;
      }
    },
  });
  fusio.operation({
    ...base,
    name: 'wait',
    path: '/wait',
    action: (_request, { signal }) => {
      live.listeners++;
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          live.listeners--;
          reject(signal.reason);
        });
      });
    },
  });
  fusio.operation({ name: 'body', method: 'POST', path: '/body', public: true, body: Type.Unknown(), action: () => 1 });
  return { fusio, live };
}

const connections = (server: Server) =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

/** Waits until a thing is so: the test's own time limit ends it otherwise. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

it.each(['router', 'handler'] as const)(
  'leaves no stream, generator, listener, handle or socket behind a thousand calls that break off, through %s',
  async (transport) => {
    const { fusio, live } = api();
    const server = createServer(transport === 'router' ? express().use(fusio.router) : fusio.handler);
    const url = await listen(server);
    const port = Number(new URL(url).port);
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const requests = [
      Buffer.from('GET /stream HTTP/1.1\r\nhost: x\r\n\r\n'),
      Buffer.from('GET /events HTTP/1.1\r\nhost: x\r\n\r\n'),
      Buffer.from('GET /wait HTTP/1.1\r\nhost: x\r\n\r\n'),
      post('/body', '{"a":', { 'content-length': '1000' }),
    ];

    for (let round = 0; round < 25; round++) {
      const sockets: Socket[] = [];
      for (let index = 0; index < 40; index++) {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => {});
        socket.write(requests[index % requests.length]!);
        sockets.push(socket);
      }
      // Some leave before they were heard, some in the middle of an answer.
      await new Promise((resolve) => setTimeout(resolve, round % 5));
      for (const socket of sockets) socket.destroy();
    }

    await until(async () => (await connections(server)) === 0);
    await until(() => live.streams === 0 && live.generators === 0 && live.listeners === 0);
    expect(live).toEqual({ streams: 0, generators: 0, listeners: 0 });
    // Nothing is under way any more: a stop has nothing to wait for.
    await fusio.stop({ timeoutMs: 60_000 });
    await until(() => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length <= before);
  },
  60_000,
);
