import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { createServer, IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import express from 'express';
import { Type } from 'typebox';
import { createFusio } from '../../src/index.js';
import { receive } from './body/support.js';

interface Made {
  readonly fusio: ReturnType<typeof createFusio>;
  readonly server: Server;
  readonly socket: Socket;
}

const open: Made[] = [];

type Listener = Parameters<IncomingMessage['on']>[1];

type Action = (request: any, context: any) => unknown;

/** A server with an operation that takes a body, and a connection to it. */
async function serving(
  createServer: (fusio: Made['fusio']) => Server,
  action: Action = ({ body }) => ({ got: body.n }),
  options: object = {},
): Promise<Made> {
  const fusio = createFusio({ logger: false, ...options });
  const body = Type.Object({ n: Type.Number(), text: Type.Optional(Type.String()) });
  fusio.operation({ name: 'echo', method: 'POST', path: '/echo', public: true, maxBodyBytes: 1000, body, action });
  fusio.operation({ name: 'ping', method: 'POST', path: '/ping', public: true, action: () => ({ pong: 1 }) });
  const server = createServer(fusio).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  const one = { fusio, server, socket };
  open.push(one);
  return one;
}

afterEach(async () => {
  for (const { fusio, server, socket } of open.splice(0)) {
    socket.destroy();
    server.closeAllConnections();
    server.close();
    await fusio.stop();
  }
});

function post(content: string, more = '', path = '/echo'): string {
  const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
  return `${head}Content-Length: ${content.length}\r\n${more}\r\n${content}`;
}

/** Tells of every call of a method by its first parameter. */
function wrap(target: IncomingMessage, name: string, tell: (first: unknown) => void): void {
  const own: (...given: unknown[]) => unknown = Reflect.get(target, name);
  Reflect.set(target, name, function wrapped(this: unknown, ...given: unknown[]) {
    tell(given[0]);
    return own.apply(this, given);
  });
}

const original = Readable.prototype.push;

const answers = (text: string) => [...text.matchAll(/\{"got":(\d+)\}/g)].map(([, n]) => Number(n));

const servers = {
  'of fusio alone': (fusio: Made['fusio']) => fusio.createServer(),
  'for an app of Express': (fusio: Made['fusio']) => fusio.createServer(express().use(fusio.router)),
};

describe('a body on a server of fusio alone', () => {
  it('goes to its reader past the stream', async () => {
    const pushed: unknown[] = [];
    const push = jest.spyOn(Readable.prototype, 'push').mockImplementation(function (this: Readable, chunk, encoding) {
      if (this instanceof IncomingMessage) pushed.push(chunk);
      return original.call(this, chunk, encoding);
    });
    const { socket } = await serving(servers['of fusio alone']);

    socket.write(post('{"n":1}'));
    const text = await receive(socket, /"got":1/);
    push.mockRestore();

    expect(answers(text)).toEqual([1]);
    expect(pushed).toEqual([null]);
  });
});

describe.each(Object.entries(servers))('a body on a server %s', (_, create) => {
  const made = (action?: Action, options?: object) => serving(create, action, options);

  it('is read of each of several requests in one packet, in order', async () => {
    const { socket } = await made();

    socket.write([1, 2, 3].map((n) => post(`{"n":${n}}`)).join(''));

    expect(answers(await receive(socket, /"got":3/))).toEqual([1, 2, 3]);
  });

  it('is read byte by byte, and in chunks', async () => {
    const { socket } = await made();
    socket.setNoDelay(true);
    const chunked =
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '4\r\n{"n"\r\n3\r\n:2}\r\n0\r\n\r\n';

    const received = receive(socket, /"got":2/);
    for (const byte of post('{"n":1}') + chunked) {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }

    expect(answers(await received)).toEqual([1, 2]);
  });

  it('is there when authenticate waits first: the stream has kept it', async () => {
    const authenticate = () => new Promise<null>((resolve) => setTimeout(resolve, 20, null));
    const { socket } = await made(undefined, { authenticate });

    socket.write(post('{"n":1}') + post('{"n":2}'));

    expect(answers(await receive(socket, /"got":2/))).toEqual([1, 2]);
  });

  it('may be too large, and the connection serves on', async () => {
    const { socket } = await made();

    socket.write(post(`{"n":1,"text":"${'x'.repeat(2000)}"}`) + post('{"n":2}'));

    const text = await receive(socket, /"got":2/);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(answers(text)).toEqual([2]);
  });

  it('is waited for with 100 Continue', async () => {
    const { socket } = await made();
    const [head = '', content = ''] = post('{"n":1}', 'Expect: 100-continue\r\n').split(/(?<=\r\n\r\n)/);

    socket.write(head);
    await receive(socket, /100 Continue/);
    socket.write(content);

    expect(answers(await receive(socket, /"got":1/))).toEqual([1]);
  });

  it('is incomplete when its sender leaves', async () => {
    const { fusio, socket } = await made();
    const failed = new Promise<any>((resolve) => fusio.on('request:done', resolve));

    socket.write(post('{"n":1}').slice(0, -3));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();

    expect((await failed).status).toBe(400);
  });

  it('is one that has ended, for code that reads it afterwards', async () => {
    const seen: unknown[] = [];
    const { socket } = await made(async ({ body }, { http }) => {
      const chunks: unknown[] = [];
      for await (const chunk of http.req) chunks.push(chunk);
      seen.push(http.req.readableEnded, http.req.aborted, chunks.length);
      return { got: body.n };
    });

    socket.write(post('{"n":1}'));

    await receive(socket, /"got":1/);
    expect(seen).toEqual([true, false, 0]);
  });

  it('ends for an action that waits for it, or has no use for it', async () => {
    const { socket } = await made(async ({ body }, { http }) => {
      await finished(http.req, { writable: false });
      http.req.destroy();
      return { got: body.n };
    });

    socket.write(post('{"n":1}') + post('{"n":2}'));

    expect(answers(await receive(socket, /"got":2/))).toEqual([1, 2]);
  });

  it.each<[string, string, (request: IncomingMessage, heard: (what: unknown) => void) => void]>([
    ['listens for "end"', 'end', (request, heard) => request.on('end', () => heard('end'))],
    ['listens for "data"', 'data', (request, heard) => request.on('data', () => heard('data'))],
    ['listens for "data" in front', 'data', (request, heard) => request.prependListener('data', () => heard('data'))],
    ['sees listeners come', 'data', (request, heard) => wrap(request, 'on', heard)],
    ['sees events', 'data', (request, heard) => wrap(request, 'emit', heard)],
    ['sees chunks', '{"n":1}', (request, heard) => wrap(request, 'push', (chunk) => heard(String(chunk)))],
  ])('goes by the stream where the host %s', async (_, wanted, listen) => {
    const { server, socket } = await made();
    const heard: unknown[] = [];
    server.prependListener('request', (request: IncomingMessage) => listen(request, (what) => heard.push(what)));

    socket.write(post('{"n":1}'));

    expect(answers(await receive(socket, /"got":1/))).toEqual([1]);
    expect(heard).toContain(wanted);
  });

  it('is left to a host that listens for "readable": he wants to read it himself', async () => {
    const { server, socket } = await made();
    const readable = new Promise<unknown>((resolve) => {
      server.prependListener('request', (request: IncomingMessage) => {
        request.on('readable', () => resolve(request.read()));
      });
    });

    socket.write(post('{"n":1}'));

    expect(String(await readable)).toBe('{"n":1}');
  });

  it.each(['on', 'prependListener'] as const)(
    'ends before the answer for who listens by "%s" once it comes',
    async (way) => {
      let close = () => {};
      const closed = new Promise<void>((resolve) => {
        close = resolve;
      });
      const { server, socket } = await made(async ({ body }) => {
        await closed;
        return { got: body.n };
      });
      const heard: string[] = [];
      server.on('request', (request: IncomingMessage) => {
        request[way]('end', () => heard.push('end'));
        request[way]('close', () => {
          heard.push('close');
          close();
        });
      });

      socket.write(post('{"n":1}'));

      // The action waits for the end, and the answer for the action.
      expect(answers(await receive(socket, /"got":1/))).toEqual([1]);
      expect(heard).toEqual(['end', 'close']);
    },
  );

  it('goes to both from the moment when an action listens, too', async () => {
    const { server, socket } = await made();
    let heard = '';
    const first = new Promise((resolve) => {
      server.on('request', (request: IncomingMessage) => {
        request.on('data', (chunk) => {
          heard += chunk;
          resolve(chunk);
        });
      });
    });

    socket.write(post('{"n":1}').slice(0, -3));
    await first;
    socket.write('":1}'.slice(-3));

    expect(answers(await receive(socket, /"got":1/))).toEqual([1]);
    expect(heard).toBe('{"n":1}');
  });

  it.each(['utf8', 'hex'] as const)('may come as texts of the encoding %s', async (encoding) => {
    const { server, socket } = await made();
    server.prependListener('request', (request: IncomingMessage) => {
      request.setEncoding(encoding).on('data', () => {});
    });

    socket.write(post('{"n":1}') + post(`{"n":2,"text":"${'x'.repeat(2000)}"}`));

    const text = await receive(socket, / 413 /);
    expect(answers(text)).toEqual([1]);
  });

  it('was no failure when its sender leaves before the answer', async () => {
    const heard: unknown[] = [];
    const { fusio, server, socket } = await made(async ({ body }, { signal }) => {
      const gone = once(signal, 'abort');
      socket.destroy();
      await gone;
      return { got: body.n };
    });
    const done = new Promise((resolve) => fusio.on('request:done', resolve));
    const closed = new Promise((resolve) => {
      server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
        request.on('error', (error) => heard.push(error)).on('aborted', () => heard.push('aborted'));
        response.on('close', resolve);
      });
    });

    socket.write(post('{"n":1}'));
    await Promise.all([done, closed]);
    // Node tells of errors in a tick after it.
    await new Promise((resolve) => setImmediate(resolve));

    expect(heard).toEqual([]);
  });

  it('leaves what the host has put on the request alone, whatever its name', async () => {
    const { server, socket } = await made();
    server.prependListener('request', (request: IncomingMessage) => {
      const refuse = () => {
        throw new Error('not yours');
      };
      Object.assign(request, { release: refuse, divert: refuse, sink: refuse });
    });

    socket.write(post('{"n":1}'));

    expect(answers(await receive(socket, /"got":1/))).toEqual([1]);
  });

  it('is left to a host whose methods call one another', async () => {
    const { server, socket } = await made();
    server.prependListener('request', (request: IncomingMessage) => {
      const on: IncomingMessage['addListener'] = (event: string, listener: Listener) =>
        request.addListener(event, listener);
      Object.assign(request, { on });
    });

    socket.write(post('{"n":1}'));

    expect(answers(await receive(socket, /"got":1/))).toEqual([1]);
  });

  it('is nothing to parse for a parser that comes afterwards', async () => {
    const seen: unknown[] = [];
    const { socket } = await made(async ({ body }, { http }) => {
      seen.push(await new Promise((resolve) => express.json()(http.req, http.res, resolve)));
      seen.push(http.req.readable, http.req.readableDidRead);
      return { got: body.n };
    });

    socket.write(post('{"n":1}'));

    expect(answers(await receive(socket, /"got":1/))).toEqual([1]);
    expect(seen).toEqual([undefined, false, true]);
  });

  it('waits for 100 Continue as any request does, unless the host has his own way', async () => {
    const { server, socket } = await made();
    const heard: string[] = [];
    server.on('request', () => heard.push('request'));
    const [head = '', content = ''] = post('{"n":1}', 'Expect: 100-continue\r\n').split(/(?<=\r\n\r\n)/);

    socket.write(head);
    await receive(socket, /100 Continue/);
    socket.write(content);
    await receive(socket, /"got":1/);
    server.on('checkContinue', (_request, response: ServerResponse) => response.writeHead(417).end());
    socket.write(head);
    const text = await receive(socket, /HTTP/);

    expect(heard).toEqual(['request']);
    expect(text).toMatch(/^HTTP\/1.1 417 /);
  });

  it("keeps the host's async context", async () => {
    const storage = new AsyncLocalStorage<string>();
    const { server, socket } = await made(({ body }) => ({ got: storage.getStore() === 'host' ? body.n : 0 }));
    server.prependListener('request', () => storage.enterWith('host'));

    socket.write(post('{"n":1}'));

    expect(answers(await receive(socket, /"got":\d/))).toEqual([1]);
  });

  it('lets go of the request while its connection is idle', async () => {
    const requests: WeakRef<IncomingMessage>[] = [];
    const { server, socket } = await made();
    server.prependListener('request', (request: IncomingMessage) => void requests.push(new WeakRef(request)));
    const parserOf = (found: Socket) => (found as Socket & { parser?: { incoming: unknown } }).parser;
    const accepted = new Promise<Socket>((resolve) => {
      server.prependListener('request', (request: IncomingMessage) => resolve(request.socket));
    });

    socket.write(post('{"n":1}'));
    await receive(socket, /"got":1/);
    await new Promise((resolve) => setTimeout(resolve, 20));

    expect(requests).toHaveLength(1);
    expect(parserOf(await accepted)?.incoming).toBeNull();
  });

  it('that no operation wants is not swallowed for ever', async () => {
    const { socket } = await made();
    let sent = 0;

    socket.write('POST /ping HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 1000000000\r\n\r\n');
    await receive(socket, /"pong":1/);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const chunk = Buffer.alloc(64 * 1024);
    while (!socket.destroyed && sent < 500_000_000) {
      sent += chunk.length;
      if (!socket.write(chunk)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
    }

    expect(socket.destroyed).toBe(true);
    expect(sent).toBeLessThan(100_000_000);
  });
});

describe('createServer(app)', () => {
  it("leaves a request's methods to an app that has its own", async () => {
    const app = express();
    const chunks: unknown[] = [];
    (app.request as unknown as Readable).push = function (this: Readable, chunk: unknown) {
      chunks.push(chunk && String(chunk));
      return original.call(this, chunk);
    };
    const { socket } = await serving((fusio) => fusio.createServer(app.use(fusio.router)));

    socket.write(post('{"n":1}'));

    expect(answers(await receive(socket, /"got":1/))).toEqual([1]);
    expect(chunks).toEqual(['{"n":1}', null]);
  });

  it('may be called twice for an app that another server of Node has as well', async () => {
    const app = express();
    const first = await serving((fusio) => fusio.createServer(app.use(fusio.router)));
    const again = await serving(() => first.fusio.createServer(app));
    const plain = await serving(() => createServer(app));

    for (const { socket } of [first, again, plain]) {
      socket.write(post('{"n":1}') + post('{"n":2}'));
      expect(answers(await receive(socket, /"got":2/))).toEqual([1, 2]);
    }
  });

  it("serves an app's own parser, and apps within the app", async () => {
    const inner = express();
    inner.post('/own', express.json(), (request, response) => {
      response.json({ got: request.body.n });
    });
    const { socket } = await serving((fusio) => {
      inner.use(fusio.router);
      return fusio.createServer(express().use('/in', inner));
    });

    socket.write(post('{"n":1}', '', '/in/own') + post('{"n":2}', '', '/in/echo'));

    expect(answers(await receive(socket, /"got":2/))).toEqual([1, 2]);
  });

  it('takes an app whose requests may not be changed', async () => {
    const app = express();
    const { socket } = await serving((fusio) => {
      Object.freeze(app.use(fusio.router).request);
      return fusio.createServer(app);
    });

    socket.write(post('{"n":1}'));

    expect(answers(await receive(socket, /"got":1/))).toEqual([1]);
  });

  it.each([
    ['a plain listener', () => {}],
    ['a router', express.Router()],
    ['an object', {}],
  ])('refuses %s, and says what is needed', (_, app) => {
    const fusio = createFusio({ logger: false });

    expect(() => fusio.createServer(app as never)).toThrow(
      expect.objectContaining({
        code: 'OPTIONS_INVALID',
        message: expect.stringContaining('an Express app is needed'),
      }),
    );
  });
});
