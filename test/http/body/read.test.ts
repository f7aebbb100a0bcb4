import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import {
  brotliCompressSync,
  brotliDecompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
} from 'node:zlib';
import express from 'express';
import type { BodyFormat } from '../../../src/http/body/format.js';
import type { BodySource } from '../../../src/http/body/read.js';
import {
  binaryFormat,
  FakeClock,
  formFormat,
  jsonFormat,
  jsonHeaders,
  listeners,
  multipartFormat,
  readBody,
  readBytes,
  receive,
  refusal,
  shortestMs,
  TestServer,
  textFormat,
} from './support.js';

const clock = new FakeClock();

function source(headers: Record<string, string>, more: Partial<BodySource> = {}): BodySource {
  return { headers, stream: Readable.from([]), ...more };
}

describe('a request without a body', () => {
  it.each([{}, { 'content-length': '0' }, { 'content-type': 'text/plain' }, { 'content-length': '00' }])(
    'is undefined at once with %j',
    (headers) => {
      expect(readBody(source(headers), jsonFormat, clock)).toBeUndefined();
    },
  );

  it('is undefined where a host parser left nothing, or an empty object', () => {
    expect(readBody(source({}, { parsed: undefined }), jsonFormat, clock)).toBeUndefined();
    expect(readBody(source({}, { parsed: {} }), jsonFormat, clock)).toBeUndefined();
  });

  it('sends no 100 Continue', () => {
    const proceed = jest.fn();

    void readBody(source({}, { proceed }), jsonFormat, clock);

    expect(proceed).not.toHaveBeenCalled();
  });
});

describe('the type of a body', () => {
  it.each([
    ['application/json'],
    ['Application/JSON'],
    ['application/json; charset=utf-8'],
    ['application/json;charset="UTF-8"'],
    ['application/json ; profile=x; charset=utf8'],
    ['application/json;'],
  ])('takes %s', async (type) => {
    expect(await readBytes('{"a":1}', jsonFormat, { 'content-type': type })).toEqual({ a: 1 });
  });

  it.each([
    ['text/plain', '"text/plain"'],
    ['application/vnd.api+json', '"application/vnd.api+json"'],
    ['application/json, text/plain', '"application/json, text/plain"'],
    ['json', '"json"'],
    ['', 'none'],
    [undefined, 'none'],
  ])('refuses %s without reading', async (type, shown) => {
    const stream = Readable.from([Buffer.from('{}')]);
    const read = jest.spyOn(stream, 'read');
    const proceed = jest.fn();
    const headers = { 'content-length': '2', ...(type !== undefined && { 'content-type': type }) };

    const error = await refusal(() => readBody({ headers, stream, proceed }, jsonFormat, clock));

    expect([error.status, error.code]).toEqual([415, 'MEDIA_TYPE_UNSUPPORTED']);
    expect(error.message).toBe(`Content-Type must be application/json, got ${shown}`);
    expect(read).not.toHaveBeenCalled();
    expect(proceed).not.toHaveBeenCalled();
  });

  it('takes any of several types, and names them all', async () => {
    const format = { ...jsonFormat, mediaTypes: ['application/json', 'application/vnd.api+json'] };

    expect(await readBytes('1', format, { 'content-type': 'application/vnd.api+json' })).toBe(1);
    const error = await refusal(() => readBytes('1', format, { 'content-type': 'text/csv' }));
    expect(error.message).toBe('Content-Type must be application/json or application/vnd.api+json, got "text/csv"');
  });

  it.each(['utf-16', 'utf-7', 'iso-8859-1', '', 'utf-8x'])('refuses charset %j', async (charset) => {
    for (const format of [jsonFormat, textFormat, formFormat]) {
      const type = `${format.mediaTypes[0]}; charset=${charset}`;
      const error = await refusal(() => readBytes('1', format, { 'content-type': type }));

      expect([error.status, error.code]).toEqual([415, 'CHARSET_UNSUPPORTED']);
      expect(error.message).toBe(`Text must be UTF-8, got charset "${charset}"`);
    }
  });

  it('leaves the charset of bytes alone', async () => {
    const type = 'application/octet-stream; charset=utf-16';

    expect(await readBytes('ab', binaryFormat, { 'content-type': type })).toEqual(Buffer.from('ab'));
  });
});

describe('the kinds', () => {
  it('reads text', async () => {
    expect(await readBytes('\ufeffäöü\0', textFormat)).toBe('äöü\0');
    expect((await refusal(() => readBytes([Uint8Array.from([0xe9])], textFormat))).code).toBe('TEXT_INVALID');
  });

  it('reads a character that is cut between two chunks', async () => {
    const bytes = Buffer.from('"😀"');

    expect(await readBytes([bytes.subarray(0, 3), bytes.subarray(3)])).toBe('😀');
  });

  it('reads bytes as they are', async () => {
    expect(await readBytes([Uint8Array.from([0, 255]), Uint8Array.from([1])], binaryFormat)).toEqual(
      Buffer.from([0, 255, 1]),
    );
  });

  it('reads a web body', async () => {
    const { body } = new Request('http://localhost', { method: 'POST', body: '{"a":1}' });
    const stream = Readable.fromWeb(body as never);

    expect(await readBody({ headers: jsonHeaders(undefined), stream }, jsonFormat, clock)).toEqual({ a: 1 });
  });

  it('reads a form', async () => {
    const form = (await readBytes('a=1&b=2&b=3&c+d=%C3%A9+&e&line=a%0D%0Ab&raw=é', formFormat)) as object;

    expect('toString' in form).toBe(false);
    expect({ ...form }).toEqual({ a: '1', b: ['2', '3'], 'c d': 'é ', e: '', line: 'a\r\nb', raw: 'é' });
  });

  it('refuses forms that cannot be read', async () => {
    const malformed = await refusal(() => readBytes('a=%zz', formFormat));
    expect([malformed.status, malformed.code]).toEqual([400, 'FORM_INVALID']);
    expect(malformed.message).toBe('The body has a percent-encoding that is not UTF-8');

    const many = await refusal(() => readBytes('a=1&'.repeat(1001), formFormat));
    expect([many.status, many.code, many.message]).toEqual([
      413,
      'FORM_TOO_LARGE',
      'The body has more than 1000 parameters',
    ]);
    expect(((await readBytes('a=1&'.repeat(1000), formFormat)) as { a: string[] }).a).toHaveLength(1000);

    const key = await refusal(() => readBytes('%5F_proto__=1', formFormat));
    expect([key.code, key.errors?.[0]?.pointer]).toEqual(['KEY_FORBIDDEN', '/body/__proto__']);
  });

  it.each([jsonFormat, formFormat, textFormat, binaryFormat])('hands the bytes of $kind to keep', async (format) => {
    const keep = jest.fn();
    const headers = {
      'content-type': format.mediaTypes[0]!,
      'transfer-encoding': 'chunked',
      'content-encoding': 'gzip',
    };

    await readBody({ headers, stream: Readable.from([gzipSync('{}')]) }, format, clock, keep);

    expect(keep.mock.calls).toEqual([[Buffer.from('{}')]]);
  });
});

describe('the size of a body', () => {
  const format: BodyFormat = { ...jsonFormat, maxBytes: 10 };

  it('is refused by Content-Length before it is read', async () => {
    const stream = new PassThrough();
    const proceed = jest.fn();

    const error = await refusal(() =>
      readBody({ headers: jsonHeaders({ length: 11 }), stream, proceed }, format, clock),
    );

    expect([error.status, error.code]).toEqual([413, 'BODY_TOO_LARGE']);
    expect(error.message).toBe('The body is larger than 10 bytes');
    expect(proceed).not.toHaveBeenCalled();
    expect(stream.readableFlowing).toBeNull();
  });

  it('is counted where it is not said, or said wrongly', async () => {
    expect(await readBytes('"12345678"', format)).toBe('12345678');
    expect((await refusal(() => readBytes('"123456789"', format))).code).toBe('BODY_TOO_LARGE');
    expect((await refusal(() => readBytes(['"1234', '5678', '9"'], format))).code).toBe('BODY_TOO_LARGE');
    expect((await refusal(() => readBytes('"123456789"', format, { 'content-length': '5' }))).code).toBe(
      'BODY_TOO_LARGE',
    );
  });

  it('is not buffered beyond the limit', async () => {
    let sent = 0;
    const stream = new Readable({
      read() {
        sent += 1024;
        this.push(Buffer.alloc(1024));
      },
    });

    await refusal(() => readBody({ headers: jsonHeaders(undefined), stream }, format, clock));

    expect(stream.destroyed).toBe(true);
    expect(sent).toBeLessThan(256 * 1024);
  });
});

describe('an encoded body', () => {
  const text = JSON.stringify({ text: 'abc '.repeat(1000) });
  const encoders = [
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['GZIP', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['identity', Buffer.from],
    ['', Buffer.from],
  ] as [string, (text: string) => Buffer][];

  it.each(encoders)('is inflated: %s', async (encoding, encode) => {
    const bytes = encode(text);

    expect(await readBytes(bytes, jsonFormat, { 'content-encoding': encoding })).toEqual(JSON.parse(text));
    const halves = [bytes.subarray(0, 1), bytes.subarray(1)];
    expect(await readBytes(halves, jsonFormat, { 'content-encoding': encoding })).toEqual(JSON.parse(text));
  });

  it.each(['gzip, gzip', 'br, gzip', 'zstd', 'compress', 'gzip,'])('is refused: %s', async (encoding) => {
    const error = await refusal(() => readBytes('1', jsonFormat, { 'content-encoding': encoding }));

    expect([error.status, error.code]).toEqual([415, 'ENCODING_UNSUPPORTED']);
    expect(error.headers).toEqual({ 'accept-encoding': 'gzip, deflate, br' });
  });

  it.each([
    ['gzip', Buffer.from('not gzip')],
    ['deflate', Buffer.from('not deflate')],
    ['br', Buffer.from('not brotli at all')],
    ['gzip', gzipSync(text).subarray(0, 20)],
    ['br', brotliCompressSync(text).subarray(0, 10)],
    ['deflate', deflateSync(text).subarray(0, 10)],
  ])('is refused when it is not %s', async (encoding, bytes) => {
    const error = await refusal(() => readBytes(bytes, jsonFormat, { 'content-encoding': encoding }));

    expect([error.status, error.code]).toEqual([400, 'ENCODING_INVALID']);
  });

  it('counts the inflated bytes', async () => {
    for (const [encoding, encode] of encoders.slice(0, 6)) {
      const fits = { ...jsonFormat, maxBytes: text.length };
      const tooSmall = { ...jsonFormat, maxBytes: text.length - 1 };

      expect(await readBytes(encode(text), fits, { 'content-encoding': encoding })).toBeDefined();
      const error = await refusal(() => readBytes(encode(text), tooSmall, { 'content-encoding': encoding }));
      expect([error.status, error.code]).toEqual([413, 'BODY_TOO_LARGE']);
    }
  });

  const quickBrotli = (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });

  it.each([
    ['gzip', gzipSync, gunzipSync],
    ['br', quickBrotli, brotliDecompressSync],
    ['deflate', deflateRawSync, inflateRawSync],
  ])(
    'is no bomb: 200 MB of %s',
    async (encoding, encode, decode) => {
      const bytes = encode(Buffer.alloc(200 * 1024 * 1024));
      const before = process.memoryUsage().rss;

      const tookMs = await shortestMs(async () => {
        const error = await refusal(() => readBytes(bytes, jsonFormat, { 'content-encoding': encoding }));
        expect([error.status, error.code]).toEqual([413, 'BODY_TOO_LARGE']);
      });

      expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
      // Beside the time of the whole of it, on the same machine.
      expect(tookMs).toBeLessThan((await shortestMs(() => decode(bytes))) / 2);
    },
    60_000,
  );
});

describe('what a host parser did', () => {
  const done = Readable.from([]);
  beforeAll(() => once(done.resume(), 'close'));
  const consumed = (parsed: unknown, format = jsonFormat, type = format.mediaTypes[0]!) =>
    readBody({ headers: { 'content-type': type, 'content-length': '9' }, stream: done, parsed }, format, clock);

  it('is taken at once', () => {
    const parsed = { a: [1, null, { b: true }] };

    expect(consumed(parsed)).toBe(parsed);
    expect(consumed({})).toEqual({});
    expect(consumed(null)).toBeNull();
    expect(consumed(false)).toBe(false);
  });

  it('is parsed where it is bytes or text', () => {
    expect(consumed(Buffer.from('{"a":1}'))).toEqual({ a: 1 });
    expect(consumed('{"a":1}')).toEqual({ a: 1 });
    expect({ ...(consumed('a=1', formFormat) as object) }).toEqual({ a: '1' });
    expect(consumed(Buffer.from('ä'), textFormat)).toBe('ä');
    expect(consumed('ä', binaryFormat)).toEqual(Buffer.from('ä'));
  });

  it('is checked like our own work', async () => {
    const deep = JSON.parse(`${'['.repeat(65)}${']'.repeat(65)}`);
    const circle: Record<string, unknown> = {};
    circle.self = circle;

    expect(consumed(deep[0])).toBeDefined();
    expect((await refusal(() => consumed(deep))).code).toBe('JSON_TOO_DEEP');
    expect((await refusal(() => consumed(circle))).code).toBe('JSON_TOO_DEEP');
    const error = await refusal(() => consumed(JSON.parse('{"a":[{"__proto__":1}]}')));
    expect([error.code, error.errors?.[0]?.pointer]).toEqual(['KEY_FORBIDDEN', '/body/a/0/__proto__']);
    expect((await refusal(() => consumed({ constructor: 1 }, formFormat))).code).toBe('KEY_FORBIDDEN');
    expect((await refusal(() => consumed({ a: 1 }, jsonFormat, 'text/plain'))).code).toBe('MEDIA_TYPE_UNSUPPORTED');
    expect((await refusal(() => consumed(Buffer.alloc(99), { ...jsonFormat, maxBytes: 10 }))).code).toBe(
      'BODY_TOO_LARGE',
    );
    expect((await refusal(() => consumed('x'.repeat(99), { ...jsonFormat, maxBytes: 10 }))).code).toBe(
      'BODY_TOO_LARGE',
    );
  });

  it('is asked back where nothing is left of the body', async () => {
    for (const format of [jsonFormat, formFormat, textFormat, binaryFormat, multipartFormat]) {
      const error = await refusal(() => consumed(undefined, format));

      expect([error.status, error.code]).toEqual([500, 'BODY_CONSUMED']);
      expect(error.message).toContain('mount fusio.router before it');
    }
    expect((await refusal(() => consumed({ a: 1 }, textFormat))).code).toBe('BODY_CONSUMED');
    expect((await refusal(() => consumed({ a: '1' }, multipartFormat))).code).toBe('BODY_CONSUMED');
  });

  it('is not mistaken for a parser that only set an empty object', async () => {
    const stream = Readable.from([Buffer.from('{"a":1}')]);

    expect(await readBody({ headers: jsonHeaders(undefined), stream, parsed: {} }, jsonFormat, clock)).toEqual({
      a: 1,
    });
  });
});

describe('behind Express', () => {
  const app = express();
  const answer: express.RequestHandler = async (request, response) => {
    const format = request.path.endsWith('/text') ? textFormat : jsonFormat;
    try {
      const value = await readBody({ headers: request.headers, stream: request, parsed: request.body }, format, clock);
      response.json(value === undefined ? { none: true } : { value });
    } catch (error) {
      response.status((error as { status: number }).status).json({ code: (error as { code: string }).code });
    }
  };
  app.use('/json', express.json(), answer);
  app.use('/raw', express.raw({ type: '*/*' }), answer);
  app.use('/text', express.text({ type: '*/*' }), answer);
  app.use('/drop', (request, _response, next) => void request.resume().on('end', next), answer);
  app.use('/none', answer);
  const server = new TestServer(() => undefined);
  beforeAll(() => {
    server.server.removeAllListeners('request').on('request', app);
    return server.start();
  });
  afterAll(() => server.stop());

  const post = async (path: string, body: string | undefined, type = 'application/json') => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
      method: 'POST',
      headers: { 'content-type': type, connection: 'close' },
      ...(body !== undefined && { body }),
    });
    return [response.status, await response.json()];
  };

  it.each(['/json', '/raw', '/text', '/none'])('reads JSON after %s', async (path) => {
    expect(await post(path, '{"a":1}')).toEqual([200, { value: { a: 1 } }]);
  });

  it.each(['/json', '/none', '/drop'])('finds no body after %s', async (path) => {
    expect(await post(path, undefined)).toEqual([200, { none: true }]);
  });

  it('reads what express.json() left alone', async () => {
    expect(await post('/json/text', 'hello', 'text/plain')).toEqual([200, { value: 'hello' }]);
  });

  it('says that the body was dropped', async () => {
    expect(await post('/drop', '{"a":1}')).toEqual([500, { code: 'BODY_CONSUMED' }]);
  });
});

describe('on a socket', () => {
  const fake = new FakeClock();
  const read: ((outcome: { value?: unknown; error?: unknown; left: number; stream: Readable }) => void)[] = [];
  const format: BodyFormat = { ...jsonFormat, maxBytes: 300_000, timeoutMs: 10_000 };
  const server = new TestServer(async (request) => {
    const before = listeners(request);
    try {
      const value = await readBody({ headers: request.headers, stream: request }, format, fake);
      read.shift()?.({ value, left: listeners(request) - before, stream: request });
      return { value: typeof value === 'object' ? value : String(value).length };
    } catch (error) {
      read.shift()?.({ error, left: listeners(request) - before, stream: request });
      throw error;
    }
  });
  const outcome = () => new Promise<Parameters<(typeof read)[0]>[0]>((resolve) => read.push(resolve));
  beforeAll(() => server.start());
  afterAll(() => server.stop());

  it('reads a small body, and lets go of the request', async () => {
    const seen = outcome();

    const reply = await server.post(jsonHeaders(Buffer.from('{"a":1}')), '{"a":1}');

    expect([reply.status, reply.body]).toEqual([200, { value: { a: 1 } }]);
    expect((await seen).left).toBe(0);
  });

  it('reads a large body in chunks', async () => {
    const text = JSON.stringify('x'.repeat(290_000));

    const reply = await server.post(jsonHeaders(undefined), Readable.from([text.slice(0, 9), text.slice(9)]));

    expect(reply.body).toEqual({ value: 290_000 });
  });

  it('answers a chunked body that grows too large while it is being sent', async () => {
    const seen = outcome();
    const socket = await server.connect();
    const answer = receive(socket, /\}$/);

    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
    for (let index = 0; index < 5; index++) socket.write(`10000\r\n${'x'.repeat(65536)}\r\n`);

    expect(await answer).toMatch(/^HTTP\/1.1 413 .*connection: close.*BODY_TOO_LARGE/is);
    const { left, stream } = await seen;
    expect([left, stream.isPaused()]).toEqual([0, true]);
  });

  it('answers 413 to a length that is too large before anything is sent', async () => {
    const socket = await server.connect();
    const answer = receive(socket, /\}$/);

    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 9999999\r\n\r\n');

    expect(await answer).toMatch(/^HTTP\/1.1 413 .*connection: close/is);
  });

  it('keeps the connection after it refused something short', async () => {
    const socket = await server.connect();
    const first = receive(socket, /\}$/);
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\nabc');
    expect(await first).toMatch(/^HTTP\/1.1 415 .*connection: keep-alive/is);

    const second = receive(socket, /\}$/);
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}');

    expect(await second).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });

  it('ends with the client', async () => {
    const seen = outcome();
    const socket = await server.connect();
    const arrived = once(server.server, 'request');
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"a":');
    await arrived;

    socket.destroy();

    const { error, left } = await seen;
    expect(error).toMatchObject({ status: 400, code: 'BODY_INCOMPLETE' });
    expect(left).toBe(0);
  });

  it('ends with the time', async () => {
    const seen = outcome();
    const socket = await server.connect();
    const answer = receive(socket, /\}$/);
    const arrived = once(server.server, 'request');
    socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"a":');
    await arrived;

    fake.time += 10_000;

    const { error, left } = await seen;
    expect(error).toMatchObject({ status: 408, code: 'BODY_TIMEOUT', headers: { connection: 'close' } });
    expect(left).toBe(0);
    expect(await answer).toMatch(/^HTTP\/1.1 408 /);
    socket.destroy();
  });

  it('finds that the client had gone before the body was wanted', async () => {
    const stream = new PassThrough().destroy();
    await once(stream, 'close');

    const error = await refusal(() => readBody({ headers: jsonHeaders(undefined), stream }, jsonFormat, clock));

    expect([error.status, error.code]).toEqual([400, 'BODY_INCOMPLETE']);
  });
});

describe('a stream that fails', () => {
  it('is an incomplete body, with its cause', async () => {
    const cause = new Error('broken');
    const stream = new Readable({ read() {} });
    const reading = refusal(() => readBody({ headers: jsonHeaders(undefined), stream }, jsonFormat, clock));

    stream.destroy(cause);

    expect(await reading).toMatchObject({ code: 'BODY_INCOMPLETE', cause });
    expect(stream.listenerCount('data')).toBe(0);
  });

  it('may fail after it was refused', async () => {
    const web = new ReadableStream({
      start: (controller) => void setImmediate(() => controller.error(new Error('late'))),
    });
    const stream = Readable.fromWeb(web as never);
    const headers = { ...jsonHeaders(undefined), 'content-type': 'text/plain' };

    expect((await refusal(() => readBody({ headers, stream }, jsonFormat, clock))).status).toBe(415);
    expect(stream.destroyed).toBe(true);
    // An error without a listener would end the process, and the test with it.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  });
});

describe('100 Continue', () => {
  it('is asked for once, after the fields are checked and before a byte is read', async () => {
    const stream = Readable.from([Buffer.from('1')]);
    const proceed = jest.fn(() => expect(stream.readableFlowing).toBeNull());

    expect(await readBody({ headers: jsonHeaders(undefined), stream, proceed }, jsonFormat, clock)).toBe(1);

    expect(proceed).toHaveBeenCalledTimes(1);
  });
});
