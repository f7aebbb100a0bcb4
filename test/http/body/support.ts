import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Clock } from '../../../src/base/clock.js';
import { type FusioError, isFusioError } from '../../../src/base/errors.js';
import type { BodyFormat, MultipartFormat } from '../../../src/http/body/format.js';
import { type Body, type BodySource, readBody as readBodyWith } from '../../../src/http/body/read.js';
import { createDeadlines } from '../../../src/pipeline/deadlines.js';

export const jsonFormat: BodyFormat = {
  kind: 'json',
  mediaTypes: ['application/json'],
  maxBytes: 1024 * 1024,
  maxDepth: 64,
  timeoutMs: 10_000,
};

export const formFormat: BodyFormat = {
  ...jsonFormat,
  kind: 'form',
  mediaTypes: ['application/x-www-form-urlencoded'],
};
export const textFormat: BodyFormat = { ...jsonFormat, kind: 'text', mediaTypes: ['text/plain'] };
export const binaryFormat: BodyFormat = { ...jsonFormat, kind: 'binary', mediaTypes: ['application/octet-stream'] };
export const multipartFormat: MultipartFormat = {
  ...jsonFormat,
  kind: 'multipart',
  mediaTypes: ['multipart/form-data'],
  maxBytes: 64 * 1024 * 1024,
  multipart: { maxFiles: 3, maxFileBytes: 32 * 1024 * 1024, maxFields: 4, maxFieldBytes: 1024 },
};

export class FakeClock {
  time = 1_000_000;
  calls = 0;
  now(): number {
    this.calls++;
    return this.time;
  }
}

export function jsonHeaders(bytes: { length: number } | undefined, more: Record<string, string> = {}) {
  const framing = bytes ? { 'content-length': String(bytes.length) } : { 'transfer-encoding': 'chunked' };
  return { 'content-type': 'application/json', ...framing, ...more };
}

/** The value of a body, or its form. `keep` gets the bytes. */
export function readBody(
  source: BodySource,
  format: BodyFormat,
  clock: Clock,
  keep?: (bytes: Buffer) => void,
): unknown {
  const body: Body | Promise<Body> = readBodyWith(source, format, createDeadlines(clock), { onEnd() {} });
  return body instanceof Promise ? body.then(take) : take(body);

  function take({ value, bytes, form }: Body): unknown {
    if (bytes) keep?.(bytes);
    return form ?? value;
  }
}

/** Reads bytes as if they were a request's body. */
export async function readBytes(
  body: string | Uint8Array | readonly (string | Uint8Array)[],
  format: BodyFormat = jsonFormat,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const chunks = (Array.isArray(body) ? body : [body]).map((chunk) => Buffer.from(chunk));
  return readBody(
    {
      headers: { 'content-type': format.mediaTypes[0]!, 'transfer-encoding': 'chunked', ...headers },
      stream: Readable.from(chunks, { objectMode: false }),
    },
    format,
    new FakeClock(),
  );
}

/** The error that something ends with. */
export async function refusal(work: () => unknown): Promise<FusioError> {
  try {
    await work();
  } catch (error) {
    if (isFusioError(error)) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

export function listeners(stream: Readable): number {
  return ['data', 'end', 'error', 'close', 'readable'].reduce((sum, name) => sum + stream.listenerCount(name), 0);
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: any;
}

/** fusio reads on for the rest of a refused body; this server only closes. */
function isLong({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 64 * 1024;
}

/** A server that reads the body of every request, and answers with what `answer` makes of it. */
export class TestServer {
  readonly server: Server;
  readonly sockets = new Set<Socket>();
  #work: Promise<unknown>[] = [];

  constructor(answer: (request: IncomingMessage) => unknown) {
    this.server = createServer((request, response) => {
      const work = Promise.resolve()
        .then(() => answer(request))
        .then((value) => ({ status: 200, value: value === undefined ? { none: true } : value }))
        .catch((error: FusioError) => ({
          status: error.status ?? 500,
          value: { code: error.code, message: error.message, stack: error.code ? undefined : error.stack },
        }))
        .then(({ status, value }) => {
          if (!request.complete && isLong(request)) response.setHeader('connection', 'close');
          response.statusCode = status;
          response.end(JSON.stringify(value));
        });
      this.#work.push(work);
    });
    this.server.on('connection', (socket) => this.sockets.add(socket));
    // Clients that go away are part of these tests.
    this.server.on('clientError', (_error, socket) => socket.destroy());
  }

  async start(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#work);
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  connect(): Promise<Socket> {
    const socket = connect(this.port, '127.0.0.1');
    socket.on('error', () => {});
    return once(socket, 'connect').then(() => socket);
  }

  post(headers: Record<string, string | number>, body?: Buffer | string | Readable): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ port: this.port, host: '127.0.0.1', method: 'POST', headers }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk) => chunks.push(chunk));
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({
            status: incoming.statusCode!,
            headers: incoming.headers,
            body: text === '' ? '' : JSON.parse(text),
          });
        });
      });
      outgoing.on('error', reject);
      if (body instanceof Readable) body.pipe(outgoing);
      else outgoing.end(body);
    });
  }
}

/** What a socket receives until it matches. */
export function receive(socket: Socket, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
      if (pattern.test(text)) resolve(text);
    });
    socket.on('close', () => reject(new Error(`closed after ${text}`)));
  });
}

/** The shortest of three runs, in milliseconds: the other ones may have waited for another process. */
export async function shortestMs(work: () => unknown): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run++) {
    const startedAt = performance.now();
    await work();
    shortest = Math.min(shortest, performance.now() - startedAt);
  }
  return shortest;
}
