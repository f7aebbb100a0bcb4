import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import express from 'express';
import { FusioError } from '../../../src/base/errors.js';
import { readBody } from '../../../src/http/body/read.js';
import { createFusio } from '../../../src/index.js';
import { fileRulesOf } from '../../../src/operation/form-files.js';
import { createDeadlines } from '../../../src/pipeline/deadlines.js';
import { closeAll, closeLater, listen } from '../../support/fusio.js';
import { FakeClock, listeners, multipartFormat, refusal } from './support.js';

afterEach(closeAll);

const mebibyte = 1024 * 1024;

function api(ran: string[]) {
  const fusio = createFusio({ logger: false });
  closeLater(() => fusio.stop());
  fusio.operation({
    name: 'it',
    method: 'POST',
    path: '/it',
    public: true,
    consumes: 'multipart/form-data',
    files: { one: { required: true, mediaTypes: ['text/plain'], maxBytes: 4 * mebibyte }, two: {} },
    action: ({ body: { one, two } }) => {
      ran.push(one.name);
      return { one: one.size, two: two?.size };
    },
  });
  return fusio;
}

const entrances: [string, (fusio: ReturnType<typeof api>) => Server][] = [
  ['createServer()', (fusio) => fusio.createServer()],
  ['createServer(app)', (fusio) => fusio.createServer(express().use(fusio.router))],
  ['router under Express', (fusio) => createServer(express().use(fusio.router))],
  ['handler', (fusio) => createServer(fusio.handler)],
];

const part = (name: string, type = 'text/plain') =>
  `--x\r\nContent-Disposition: form-data; name="${name}"; filename="f"\r\nContent-Type: ${type}\r\n\r\n`;

/** Sends the begin of a form that never ends, and resolves with the answer. */
async function begun(url: string, begin: string | Buffer): Promise<string> {
  const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1');
  closeLater(async () => void socket.destroy());
  await once(socket, 'connect');
  const type = 'Content-Type: multipart/form-data; boundary=x\r\n';
  socket.write(`POST /it HTTP/1.1\r\nHost: x\r\n${type}Content-Length: ${64 * mebibyte}\r\n\r\n`);
  socket.write(begin);
  let text = '';
  for await (const chunk of socket) {
    text += chunk;
    if (/\r\n\r\n\{.*\}$/s.test(text)) break;
  }
  return text;
}

describe.each(entrances)('declared files, %s', (_title, serve) => {
  it.each<[string, string | Buffer, number, string]>([
    ['is not declared', `${part('three')}a`, 400, '/body/three'],
    ['has another type', `${part('one', 'image/png')}a`, 415, '/body/one'],
    ['comes twice', `${part('one')}a\r\n${part('one')}a`, 413, '/body/one'],
    ['is too large', Buffer.concat([Buffer.from(part('one')), Buffer.alloc(5 * mebibyte, 'x')]), 413, '/body/one'],
  ])('are refused before the rest has come where one %s', async (_fault, begin, status, pointer) => {
    const ran: string[] = [];
    const url = await listen(serve(api(ran)));

    const answer = await begun(url, begin);

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ errors: [{ pointer }] });
    expect(ran).toEqual([]);
  });

  it('come whole, whatever their size', async () => {
    const ran: string[] = [];
    const url = await listen(serve(api(ran)));
    const form = new FormData();
    form.append('two', new Blob(['y'.repeat(3 * mebibyte)]), 'b.txt');
    form.append('one', new Blob(['x'.repeat(4 * mebibyte)], { type: 'text/plain' }), 'a.txt');

    const answer = await fetch(`${url}/it`, { method: 'POST', body: form });

    expect([answer.status, await answer.json()]).toEqual([200, { one: 4 * mebibyte, two: 3 * mebibyte }]);
    expect(ran).toEqual(['a.txt']);
  });
});

describe('a form with declared files', () => {
  const files = fileRulesOf({ one: { maxBytes: 2 * mebibyte } });
  const format = { ...multipartFormat, files };
  const headers = { 'content-type': 'multipart/form-data; boundary=x', 'transfer-encoding': 'chunked' };

  function read(stream: Readable) {
    const endings: (() => void)[] = [];
    const clock = new FakeClock();
    const deadlines = createDeadlines(clock);
    const body = Promise.resolve(
      readBody({ headers, stream }, format, deadlines, { onEnd: (callback) => void endings.push(callback) }),
    );
    const end = () => {
      for (const ending of endings) ending();
    };
    return { body, end };
  }

  it('is let go, with all that has come, where its invocation ends first', async () => {
    const stream = new Readable({ read() {} });
    const { body, end } = read(stream);
    const failure = refusal(() => body);
    stream.push(Buffer.concat([Buffer.from(part('one')), Buffer.alloc(mebibyte, 'x')]));
    await once(stream, 'data');

    end();

    expect((await failure).code).toBe('BODY_INCOMPLETE');
    expect(stream.destroyed).toBe(true);
  });

  it('is let go where its client goes away', async () => {
    const stream = new Readable({ read() {} });
    const { body } = read(stream);
    const failure = refusal(() => body);
    stream.push(`${part('one')}some`);
    await once(stream, 'data');

    stream.destroy(new Error('gone'));

    expect(await failure).toMatchObject({ code: 'BODY_INCOMPLETE', cause: new Error('gone') });
  });

  it('leaves no listener behind', async () => {
    const stream = Readable.from([Buffer.from(`${part('one')}some\r\n--x--\r\n`)], { objectMode: false });
    const { body } = read(stream);

    const { value, form } = await body;

    expect(value).toEqual({ one: [expect.any(File)] });
    expect(form).toBeUndefined();
    expect(listeners(stream)).toBe(0);
  });

  it('says what is wrong with it as any form', async () => {
    const stream = Readable.from([Buffer.from(`${part('one')}some`)], { objectMode: false });

    const error = await refusal(() => read(stream).body);

    expect(error).toBeInstanceOf(FusioError);
    expect(error.code).toBe('FORM_INVALID');
  });
});
