import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';

const open = new Set<() => Promise<void>>();

/** Closes what the tests of a file opened: call it in `afterEach`. */
export async function closeAll(): Promise<void> {
  const all = [...open];
  open.clear();
  for (const close of all) await close();
}

/** Remembers something to close after the test. */
export function closeLater(close: () => Promise<void>): void {
  open.add(close);
}

/** Listens on loopback and gives the URL. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeLater(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Writes bytes to a socket and reads one answer up to its end, without any HTTP library in between. */
export function raw(url: string, text: string | Buffer | readonly (string | Buffer)[]): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let received = '';
    const finish = (): void => {
      socket.destroy();
      const split = received.indexOf('\r\n\r\n');
      const head = split === -1 ? received : received.slice(0, split);
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
      if (Number.isNaN(status)) reject(new Error(`no answer: ${JSON.stringify(received)}`));
      else resolve({ status, head, body: split === -1 ? '' : received.slice(split + 4) });
    };
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      received += chunk;
      // 100 Continue is not the answer.
      received = received.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
      const split = received.indexOf('\r\n\r\n');
      if (split === -1) return;
      const length = /content-length: (\d+)/i.exec(received.slice(0, split))?.[1];
      const rest = Buffer.byteLength(received.slice(split + 4));
      if (length !== undefined && rest >= Number(length)) finish();
    });
    socket.on('close', finish);
    // A reset after the answer is an answer all the same.
    socket.on('error', () => {});
    for (const part of typeof text === 'string' || Buffer.isBuffer(text) ? [text] : text) socket.write(part);
  });
}

/** A request for `raw`, with the headers that every request needs. */
export function post(path: string, body: string | Buffer, headers: Record<string, string> = {}): Buffer {
  const fields = {
    host: 'x',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}
