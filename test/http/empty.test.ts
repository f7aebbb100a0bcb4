import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { createFusio, respond } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

const bodies: Record<string, () => unknown> = {
  nothing: () => undefined,
  'a text': () => 'text',
  'an object': () => ({ a: 1 }),
  bytes: () => Buffer.from('text'),
  'a stream': () => Readable.from(['text']),
};

function api() {
  const fusio = createFusio({ logger: false });
  for (const status of [200, 204, 205, 304]) {
    for (const [index, body] of Object.values(bodies).entries()) {
      fusio.operation({
        name: `empty${status}.b${index}`,
        method: 'GET',
        path: `/${status}/${index}`,
        public: true,
        action: () => respond(status, body(), { 'x-own': 'yes' }),
      });
    }
    fusio.operation({
      name: `web${status}`,
      method: 'GET',
      path: `/web/${status}`,
      public: true,
      action: () => new Response(status === 200 ? 'text' : null, { status, headers: { 'x-own': 'yes' } }),
    });
  }
  return fusio;
}

/** All bytes that the server writes until it closes the connection. */
async function bytesOf(method: string, path: string): Promise<{ head: string; body: string }> {
  const url = new URL(await listen(createServer(api().handler)));
  const received = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(url.port), url.hostname);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text)).on('error', reject);
    socket.write(`${method} ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  });
  const split = received.indexOf('\r\n\r\n');
  return { head: received.slice(0, split).toLowerCase(), body: received.slice(split + 4) };
}

const empty = [204, 205, 304].flatMap((status) => [
  ...Object.keys(bodies).map((body, index) => [status, body, `/${status}/${index}`] as const),
  [status, 'a web Response', `/web/${status}`] as const,
]);

// RFC 9110, 15.3.5, 15.3.6 and 15.4.5; a 205 must say that nothing follows, a 204 must not (8.6).
it.each(empty)('a %d of %s has no body on the wire', async (status, _body, path) => {
  const { head, body } = await bytesOf('GET', path);

  expect(head).toMatch(new RegExp(`^http/1\\.1 ${status} `));
  expect(head).toContain('\r\nx-own: yes');
  expect(body).toBe('');
  expect(head).not.toContain('transfer-encoding');
  expect(head).not.toContain('content-type');
  if (status === 205) expect(head).toContain('\r\ncontent-length: 0');
  else expect(head).not.toContain('content-length');
});

it.each(empty)('a %d of %s has no body through fetch', async (status, _body, path) => {
  const answer = await api().fetch(new Request(`http://x${path}`));

  expect([answer.status, answer.body, answer.headers.get('x-own')]).toEqual([status, null, 'yes']);
});

const heads = [...Object.keys(bodies).map((body, index) => [body, `/200/${index}`]), ['a web Response', '/web/200']];

it.each(heads)('the answer to a HEAD has the fields of the GET and no body on the wire: %s', async (_body, path) => {
  const get = await bytesOf('GET', path!);
  const head = await bytesOf('HEAD', path!);

  expect(head.body).toBe('');
  const fieldsOf = (text: string) =>
    text
      .replace(/x-request-id: .*|date: .*|transfer-encoding: .*/g, '')
      .split(/\s*\r\n/)
      .filter(Boolean)
      .sort();
  expect(fieldsOf(head.head)).toEqual(fieldsOf(get.head));
});

it.each(heads)('the answer to a HEAD has no body through fetch: %s', async (_body, path) => {
  const fusio = api();

  const get = await fusio.fetch(new Request(`http://x${path}`));
  const head = await fusio.fetch(new Request(`http://x${path}`, { method: 'HEAD' }));

  expect([head.status, head.body]).toEqual([get.status, null]);
  expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
});
