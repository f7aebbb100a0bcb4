import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Request that a receiver recorded. */
export interface Received {
  /** HTTP method, in upper case. */
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Header fields, names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The bytes of the body. */
  readonly body: Buffer;
  /** The body as UTF-8 text. */
  text(): string;
  /** Parses the body as JSON: `json<Todo>()`. */
  json<T = unknown>(): T;
}

/** A server for tests that keeps the requests it gets, such as deliveries of webhooks. */
export interface Receiver {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  /** All requests so far, in order. */
  readonly received: readonly Received[];
  /** Resolves with the next request that was not taken yet; waits until it comes. */
  next(): Promise<Received>;
  /** Sets the answer to later requests: a status, body and headers, or a function. Default: 204. */
  answer(
    status: number | ((request: Received, response: ServerResponse) => void),
    body?: unknown,
    headers?: Record<string, string>,
  ): void;
  /** Closes the server and its connections. */
  close(): Promise<void>;
}

/** Starts a server on loopback that records requests, to test a connection or a webhook. */
export async function createReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const waiting: ((request: Received) => void)[] = [];
  let taken = 0;
  let respond: (request: Received, response: ServerResponse) => void = answerWith(204);

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const { method = 'GET', url = '/', headers } = request;
      const text = () => body.toString('utf8');
      const record: Received = { method, url, headers, body, text, json: () => JSON.parse(text()) };
      received.push(record);
      const waiter = waiting.shift();
      if (waiter) {
        taken++;
        waiter(record);
      }
      respond(record, response);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });

  return {
    // Cast: a server that listens on a port has an AddressInfo.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    next() {
      const ready = received[taken];
      if (ready) {
        taken++;
        return Promise.resolve(ready);
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    answer(status, body, headers = {}) {
      respond = typeof status === 'function' ? status : answerWith(status, body, headers);
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answerWith(status: number, body?: unknown, headers: Record<string, string> = {}) {
  return function answer(_request: Received, response: ServerResponse): void {
    const isText = typeof body === 'string' || Buffer.isBuffer(body);
    const type = body === undefined || isText ? {} : { 'content-type': 'application/json' };
    response.writeHead(status, { ...type, ...headers });
    response.end(body === undefined || isText ? body : JSON.stringify(body));
  };
}
