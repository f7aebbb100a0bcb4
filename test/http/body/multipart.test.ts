import { once } from 'node:events';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { UploadedFile } from '../../../src/action/request.js';
import type { BodyFormat, MultipartFormat } from '../../../src/http/body/format.js';
import type { MultipartForm } from '../../../src/http/body/multipart.js';
import { FakeClock, listeners, multipartFormat, readBody, receive, refusal, TestServer } from './support.js';

const type = 'multipart/form-data; boundary=b';

type Part = [disposition: string, content: string | Buffer, mediaType?: string];

function encode(parts: readonly Part[], end = '--b--\r\n'): Buffer {
  const pieces = parts.flatMap(([disposition, content, mediaType]) => [
    `--b\r\nContent-Disposition: form-data; ${disposition}\r\n`,
    mediaType ? `Content-Type: ${mediaType}\r\n\r\n` : '\r\n',
    content,
    '\r\n',
  ]);
  return Buffer.concat([...pieces, end].map((piece) => Buffer.from(piece as string)));
}

function limited(
  multipart: Partial<MultipartFormat['multipart']>,
  more: Partial<MultipartFormat> = {},
): MultipartFormat {
  return { ...multipartFormat, multipart: { ...multipartFormat.multipart, ...multipart }, ...more };
}

interface Options {
  format?: BodyFormat;
  clock?: FakeClock;
  chunk?: number;
  contentType?: string;
}

async function open(body: Buffer | Readable, options: Options = {}): Promise<MultipartForm> {
  const { format = multipartFormat, clock = new FakeClock(), chunk = 65536, contentType = type } = options;
  const chunks: Buffer[] = [];
  if (Buffer.isBuffer(body)) {
    for (let at = 0; at < body.length; at += chunk) chunks.push(body.subarray(at, at + chunk));
  }
  const stream = Buffer.isBuffer(body) ? Readable.from(chunks, { objectMode: false }) : body;
  const headers = { 'content-type': contentType, 'transfer-encoding': 'chunked' };
  return (await readBody({ headers, stream }, format, clock)) as MultipartForm;
}

async function readAll(form: MultipartForm): Promise<{ field: string; filename: string; text: string }[]> {
  const read = [];
  for await (const file of form.files) {
    read.push({ field: file.field, filename: file.filename, text: (await file.bytes()).toString() });
  }
  return read;
}

const a: Part = ['name="a"; filename="a.txt"', 'alpha', 'text/plain'];
const b: Part = ['name="b"; filename="b.txt"', 'beta', 'text/plain'];
const large: Part = ['name="large"; filename="large.bin"', Buffer.alloc(4 * 1024 * 1024, 'x'), 'application/pdf'];

describe('a form', () => {
  it('has its fields, and no prototype', async () => {
    const { fields, files } = await open(
      encode([
        ['name="x"', '1'],
        ['name="y"', 'ä\r\n'],
        ['name="y"', ''],
        ['name="ü"', '2'],
      ]),
    );

    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect({ ...fields }).toEqual({ x: '1', y: ['ä\r\n', ''], ü: '2' });
    expect(await readAll({ files } as MultipartForm)).toEqual([]);
  });

  it.each([1, 2, 7, 65536])('has its files, in chunks of %i bytes', async (chunk) => {
    const form = await open(encode([['name="x"', '1'], a, b]), { chunk });

    expect({ ...form.fields }).toEqual({ x: '1' });
    expect(await readAll(form)).toEqual([
      { field: 'a', filename: 'a.txt', text: 'alpha' },
      { field: 'b', filename: 'b.txt', text: 'beta' },
    ]);
  });

  it('is read from the web standard form', async () => {
    const data = new FormData();
    data.append('x', '1');
    data.append('photo', new Blob(['bytes'], { type: 'image/png' }), 'p.png');
    const request = new Request('http://localhost', { method: 'POST', body: data });

    const form = await open(Readable.fromWeb(request.body as never), {
      contentType: request.headers.get('content-type')!,
    });

    expect({ ...form.fields }).toEqual({ x: '1' });
    for await (const file of form.files) {
      expect([file.field, file.filename, file.mediaType]).toEqual(['photo', 'p.png', 'image/png']);
      expect((await file.bytes()).toString()).toBe('bytes');
    }
  });

  it('resolves when its first file begins', async () => {
    const stream = new PassThrough();
    const body = encode([['name="x"', '1'], a]);
    stream.write(body.subarray(0, body.length - 12));

    const form = await open(stream);

    expect({ ...form.fields }).toEqual({ x: '1' });
    stream.end(body.subarray(body.length - 12));
    expect(await readAll(form)).toHaveLength(1);
  });

  it.each([
    ['photo.png', 'photo.png'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\\\Users\\\\me\\\\cv.pdf', 'cv.pdf'],
    ['..', ''],
    ['a\tb.txt', 'ab.txt'],
    ['übung 1.txt', 'übung 1.txt'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    [`${'x'.repeat(300)}`, 'x'.repeat(255)],
    ['', ''],
  ])('names a file %j as %j', async (given, expected) => {
    const form = await open(encode([[`name="a"; filename="${given}"`, '', 'application/octet-stream']]));

    expect((await readAll(form)).map(({ filename }) => filename)).toEqual([expected]);
  });

  it('reads the extended name of a file', async () => {
    const form = await open(encode([['name="a"; filename*=UTF-8\'\'%e2%82%ac%2f..%00.txt', '']]));

    expect((await readAll(form))[0]!.filename).toBe('...txt');
  });

  it.each([
    ['name="__proto__"', '1'],
    ['name="constructor"', '1'],
    ['name="__proto__"; filename="a"', '1'],
  ])('refuses %s', async (disposition, content) => {
    const error = await refusal(() => open(encode([[disposition, content]])));

    expect([error.status, error.code]).toEqual([400, 'KEY_FORBIDDEN']);
    expect(error.errors?.[0]?.pointer).toMatch(/^\/body\/(__proto__|constructor)$/);
  });

  it('refuses a part without a name', async () => {
    for (const part of [
      ['x=1', '1'],
      ['filename="a"', '1'],
    ] as Part[]) {
      const error = await refusal(() => open(encode([part])));
      expect([error.code, error.message]).toEqual(['FORM_INVALID', 'The form cannot be read: a part has no name']);
    }
  });

  it('refuses text that is not UTF-8', async () => {
    expect((await refusal(() => open(encode([['name="a"', Buffer.from([0xe9])]])))).code).toBe('TEXT_INVALID');
  });

  it('refuses text of a charset that it does not know', async () => {
    const error = await refusal(() => open(encode([['name="a"', 'x', 'text/plain; charset=klingon']])));

    expect([error.status, error.code, error.message]).toEqual([
      415,
      'CHARSET_UNSUPPORTED',
      'The field "a" must be UTF-8',
    ]);
  });

  it('refuses a field behind a file', async () => {
    const form = open(encode([a, ['name="x"', '1']]), { chunk: 1 });

    const error = await refusal(async () => readAll(await form));

    expect([error.status, error.code]).toEqual([400, 'FORM_INVALID']);
    expect(error.message).toBe('The form cannot be read: field "x" must come before the files');
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary', 'multipart/form-data; charset=utf-8'])(
    'refuses %s',
    async (contentType) => {
      const error = await refusal(() => open(encode([a]), { contentType }));

      expect([error.status, error.code]).toEqual([400, 'FORM_INVALID']);
      expect(error.message).toBe('The Content-Type of the form has no boundary');
    },
  );

  it.each([
    ['nothing', Buffer.from('garbage')],
    ['the end of its fields', encode([['name="x"', '1']], '')],
    ['half of a field', Buffer.from('--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1')],
    ['a broken part', Buffer.from('--b\r\n: form-data\r\n\r\n1\r\n--b--')],
  ])('refuses %s', async (_what, body) => {
    const error = await refusal(() => open(body));

    expect([error.status, error.code]).toEqual([400, 'FORM_INVALID']);
  });

  it('refuses a Content-Encoding', async () => {
    const headers = { 'content-type': type, 'transfer-encoding': 'chunked', 'content-encoding': 'gzip' };

    const error = await refusal(() =>
      readBody({ headers, stream: Readable.from([]) }, multipartFormat, new FakeClock()),
    );

    expect([error.status, error.code]).toEqual([415, 'ENCODING_UNSUPPORTED']);
  });

  it('fails in the iteration where its files are cut off', async () => {
    const body = encode([a, large]);
    const form = await open(body.subarray(0, body.length - 100));

    const error = await refusal(() => readAll(form));

    expect(error.code).toBe('FORM_INVALID');
    expect(error.message).toBe('The form cannot be read: Unexpected end of form');
  });
});

describe('the limits of a form', () => {
  const text = 'x'.repeat(10);

  it('takes what just fits', async () => {
    const format = limited({ maxFiles: 2, maxFileBytes: 5, maxFields: 2, maxFieldBytes: 10 });
    const form = await open(encode([['name="x"', text], ['name="y"', text], a, b]), { format });

    expect({ ...form.fields }).toEqual({ x: text, y: text });
    expect(await readAll(form)).toHaveLength(2);
  });

  it.each([
    ['more than 1 files', limited({ maxFiles: 1 }), [a, b]],
    [
      'more than 1 fields',
      limited({ maxFields: 1 }),
      [
        ['name="x"', '1'],
        ['name="y"', '1'],
      ],
    ],
    ['more than 9 bytes in the field "x"', limited({ maxFieldBytes: 9 }), [['name="x"', text]]],
    ['more than 4 bytes in the file of the field "a"', limited({ maxFileBytes: 4 }), [a]],
  ] as [string, BodyFormat, Part[]][])('refuses %s', async (what, format, parts) => {
    for (const chunk of [1, 65536]) {
      const error = await refusal(async () => readAll(await open(encode(parts), { format, chunk })));

      expect([error.status, error.code, error.message]).toEqual([413, 'FORM_TOO_LARGE', `The form has ${what}`]);
    }
  });

  it('counts parts that are nothing', async () => {
    const parts = Array.from({ length: 20 }, (): Part => ['x', '1']);
    const body = Buffer.from(encode(parts).toString().replaceAll('form-data', 'attachment'));

    expect((await refusal(() => open(body))).message).toBe('The form has more than 7 parts');
  });

  it('counts the whole', async () => {
    const body = encode([a, large]);
    const format = limited({}, { maxBytes: body.length - 1 });

    const error = await refusal(async () => readAll(await open(body, { format })));

    expect([error.status, error.code]).toEqual([413, 'BODY_TOO_LARGE']);
    const headers = { 'content-type': type, 'content-length': String(body.length) };
    const early = await refusal(() => readBody({ headers, stream: Readable.from([]) }, format, new FakeClock()));
    expect(early.code).toBe('BODY_TOO_LARGE');
  });

  it('ends the stream of a file that is too large with the error', async () => {
    const form = await open(encode([large]), { format: limited({ maxFileBytes: 100_000 }) });
    const seen: unknown[] = [];

    const error = await refusal(async () => {
      for await (const file of form.files) {
        await pipeline(file.stream, new Writable({ write: (_chunk, _encoding, done) => done() })).catch((error) =>
          seen.push(error),
        );
      }
    });

    expect(error.code).toBe('FORM_TOO_LARGE');
    expect(seen).toEqual([error]);
  });
});

describe('reading files', () => {
  it('streams', async () => {
    const form = await open(encode([large, a]));
    const sizes: number[] = [];

    for await (const file of form.files) {
      let size = 0;
      for await (const chunk of file.stream) size += chunk.length;
      sizes.push(size);
    }

    expect(sizes).toEqual([4 * 1024 * 1024, 5]);
  });

  it('skips a file that is not read', async () => {
    const form = await open(encode([large, a, large]));
    const seen: string[] = [];

    for await (const file of form.files) seen.push(file.field === 'a' ? String(await file.bytes()) : file.field);

    expect(seen).toEqual(['large', 'alpha', 'large']);
  });

  it('goes on when the reader of a file has had enough', async () => {
    const form = await open(encode([large, a]));
    const seen: string[] = [];

    for await (const file of form.files) {
      for await (const _chunk of file.stream) break;
      seen.push(file.field);
    }

    expect(seen).toEqual(['large', 'a']);
  });

  it('waits for a file that is being read while the next is asked for', async () => {
    const form = await open(encode([large, a, b]));
    const reads: Promise<Buffer>[] = [];

    for await (const file of form.files) reads.push(file.bytes());

    expect((await Promise.all(reads)).map(({ length }) => length)).toEqual([4 * 1024 * 1024, 5, 4]);
  });

  it('gives the same bytes twice', async () => {
    const form = await open(encode([a]));

    for await (const file of form.files) expect(await file.bytes()).toBe(await file.bytes());
  });

  it('lets go of everything after break', async () => {
    const stream = Readable.from([encode([large, a])], { objectMode: false });
    const form = await open(stream);
    let first: UploadedFile | undefined;

    for await (const file of form.files) {
      first = file;
      break;
    }

    expect(first!.stream.destroyed).toBe(true);
    expect(stream.destroyed).toBe(true);
    expect([stream.listenerCount('data'), stream.listenerCount('end')]).toEqual([0, 0]);
  });

  it('lets go of everything when disposed unread', async () => {
    const stream = Readable.from([encode([large, a])], { objectMode: false });
    const form = await open(stream);

    form.dispose();
    form.dispose();

    expect([stream.destroyed, stream.listenerCount('data')]).toEqual([true, 0]);
    const error = await refusal(() => readAll(form));
    expect([error.code, error.message]).toEqual(['BODY_INCOMPLETE', 'The form was let go before its files were read']);
  });

  it('hears the stream fail in the tick in which it is let go', async () => {
    const stream = new PassThrough();
    const body = encode([large]);
    stream.write(body.subarray(0, 1000));
    const form = await open(stream);

    stream.destroy(new Error('gone'));
    form.dispose();

    // An error without a listener would end the process, and the test with it.
    await new Promise((resolve) => setImmediate(resolve));
    expect(stream.closed).toBe(true);
  });
});

describe('a form on a socket', () => {
  const fake = new FakeClock();
  let use: (form: MultipartForm, stream: Readable) => unknown = readAll;
  let seen: { left: number } = { left: -1 };
  const server = new TestServer(async (request) => {
    const before = listeners(request);
    try {
      const form = (await readBody(
        { headers: request.headers, stream: request },
        multipartFormat,
        fake,
      )) as MultipartForm;
      try {
        return await use(form, request);
      } finally {
        form.dispose();
      }
    } finally {
      seen = { left: listeners(request) - before };
    }
  });
  beforeAll(() => server.start());
  afterAll(() => server.stop());
  const head = (length: number) =>
    `POST / HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;

  it('is read', async () => {
    use = readAll;
    const body = encode([['name="x"', '1'], a, b]);

    const reply = await server.post({ 'content-type': type, 'content-length': body.length }, body);

    expect(reply.body).toHaveLength(2);
    expect(seen.left).toBe(0);
  });

  it('holds the sender up while the file is not read', async () => {
    const size = 32 * 1024 * 1024 - 1;
    const body = encode([['name="a"; filename="a"', Buffer.alloc(size)]]);
    let bytesRead = 0;
    const socket = await server.connect();
    use = async (form, stream) => {
      for await (const file of form.files) {
        // Until the sender cannot get rid of any more.
        let sent = -1;
        while (sent !== socket.bytesWritten - socket.writableLength || !stream.isPaused()) {
          sent = socket.bytesWritten - socket.writableLength;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        bytesRead = (stream as unknown as { socket: { bytesRead: number } }).socket.bytesRead;
        return (await file.bytes()).length;
      }
      return undefined;
    };
    const answer = receive(socket, /\d+$/);

    socket.write(head(body.length));
    socket.write(body);

    expect(await answer).toMatch(new RegExp(`${size}$`));
    expect(bytesRead).toBeGreaterThan(0);
    expect(bytesRead).toBeLessThan(1024 * 1024);
    socket.destroy();
  });

  it('is no time-out while the reader is slow', async () => {
    const body = encode([large]);
    use = async (form, stream) => {
      for await (const file of form.files) {
        while (!stream.isPaused()) await new Promise((resolve) => setImmediate(resolve));
        fake.time += 60_000;
        // The sweep asks the clock, so it has come round twice.
        const target = fake.calls + 2;
        while (fake.calls < target) await new Promise((resolve) => setImmediate(resolve));
        return (await file.bytes()).length;
      }
      return undefined;
    };

    const reply = await server.post({ 'content-type': type, 'content-length': body.length }, body);

    expect([reply.status, reply.body]).toEqual([200, 4 * 1024 * 1024]);
  });

  it('times out when the client is silent', async () => {
    const socket = await server.connect();
    const answer = receive(socket, /\}$/);
    use = async (form) => {
      for await (const file of form.files) {
        fake.time += 10_000;
        await file.bytes();
      }
    };

    socket.write(head(1000) + encode([a], '').toString().slice(0, -4));

    expect(await answer).toMatch(/^HTTP\/1.1 408 .*BODY_TIMEOUT/s);
    socket.destroy();
  });

  it.each(['bytes', 'next', 'fields'])('ends with the client, in %s', async (where) => {
    const socket = await server.connect();
    const done = new Promise<unknown>((resolve) => {
      use = async (form) => {
        try {
          for await (const file of form.files) {
            socket.destroy();
            if (where === 'bytes') await file.bytes();
          }
          resolve('it ended');
        } catch (error) {
          resolve(error);
        }
      };
    });
    if (where === 'fields') {
      const arrived = once(server.server, 'request');
      socket.write(head(1000) + encode([['name="x"', '1']], '').toString());
      const [request] = await arrived;
      socket.destroy();
      await new Promise((resolve) => request.once('close', resolve));
      await new Promise((resolve) => setImmediate(resolve));
      expect(seen.left).toBe(0);
      return;
    }

    socket.write(head(1000) + encode([a], '').toString().slice(0, -4));

    expect(await done).toMatchObject({ status: 400, code: 'BODY_INCOMPLETE' });
  });

  it('is answered when the action leaves after the fields, and keeps a short connection', async () => {
    use = (form) => ({ ...form.fields });
    const socket = await server.connect();
    const body = encode([['name="x"', '1'], a, b]);
    for (let round = 0; round < 2; round++) {
      const answer = receive(socket, /\}$/);
      socket.write(head(body.length));
      socket.write(body);
      expect(await answer).toMatch(/^HTTP\/1.1 200 .*keep-alive.*\{"x":"1"\}$/is);
    }
    socket.destroy();
  });

  it('closes when a long form is left unread', async () => {
    use = (form) => ({ ...form.fields });
    const socket = await server.connect();
    const answer = receive(socket, /\}$/);

    socket.write(head(4_000_000));
    socket.write(encode([['name="x"', '1'], large]).subarray(0, 100_000));

    expect(await answer).toMatch(/^HTTP\/1.1 200 .*connection: close.*\{"x":"1"\}$/is);
    socket.destroy();
  });

  it('ends an iteration that goes on after the call is over', async () => {
    let left: Promise<unknown> = Promise.resolve();
    use = (form) => {
      left = refusal(async () => readAll(form));
      return 'over';
    };
    const socket = await server.connect();
    const answer = receive(socket, /over"$/);

    socket.write(head(1000) + encode([a], '').toString().slice(0, -4));

    expect(await answer).toMatch(/ 200 /);
    expect(await left).toMatchObject({ code: 'BODY_INCOMPLETE' });
    socket.destroy();
  });
});
