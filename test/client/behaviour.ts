import { listen, sendJson, type TestServer } from './server.js';

type Routes = Record<string, { method: string; path: string; consumes?: string }>;
type Method = (input?: object, options?: object) => Promise<any>;
type Make = (routes: Routes, options: { baseUrl: string; [name: string]: unknown }) => unknown;
type ErrorClass = { is(error: unknown, operation: unknown, status: number): boolean };

const routes: Routes = {
  get: { method: 'GET', path: '/todo/:id' },
  list: { method: 'GET', path: '/todo' },
  create: { method: 'POST', path: '/todo' },
  replace: { method: 'PUT', path: '/todo/:id' },
  head: { method: 'HEAD', path: '/todo' },
  file: { method: 'GET', path: '/file/*rest' },
  report: { method: 'GET', path: '/report/$year<[0-9]+>/:part' },
  upload: { method: 'POST', path: '/upload', consumes: 'multipart/form-data' },
  form: { method: 'POST', path: '/form', consumes: 'application/x-www-form-urlencoded' },
  patch: { method: 'PATCH', path: '/patch', consumes: 'application/merge-patch+json' },
  note: { method: 'POST', path: '/note', consumes: 'text/plain' },
};

/** What every client of ours does, the one over handles and the generated one alike. */
export function describeClient(title: string, make: Make, ClientError: ErrorClass): void {
  describe(title, () => {
    let server: TestServer;
    let client: Record<keyof typeof routes, Method>;
    const clientWith = (options: object): Record<keyof typeof routes, Method> =>
      make(routes, { baseUrl: server.baseUrl, ...options }) as Record<keyof typeof routes, Method>;
    const errorOf = async (promise: Promise<unknown>): Promise<any> =>
      promise.then(
        () => {
          throw new Error('it should have been rejected');
        },
        (error) => error,
      );

    beforeAll(async () => {
      server = await listen();
    });
    afterAll(() => server.close());
    beforeEach(() => {
      server.respond((response) => sendJson(response, 200, { ok: true }));
      client = clientWith({});
    });

    describe('the request', () => {
      test('fills the path of every kind of segment and encodes it', async () => {
        await client.get!({ params: { id: 'a/b ?#%ä' } });
        await client.file!({ params: { rest: 'a b/c?/d' } });
        await client.report!({ params: { year: 2024, part: 'x' } });

        expect(server.received.map((one) => one.url)).toEqual([
          '/todo/a%2Fb%20%3F%23%25%C3%A4',
          '/file/a%20b/c%3F/d',
          '/report/2024/x',
        ]);
      });

      test('refuses a missing parameter by name, without a request', async () => {
        const missing = await errorOf(client.get!());
        const empty = await errorOf(client.get!({ params: { id: '' } }));
        const inherited = await errorOf(
          (make({ odd: { method: 'GET', path: '/:toString' } }, { baseUrl: server.baseUrl }) as any).odd({
            params: {},
          }),
        );

        expect(missing.name).toBe('TypeError');
        expect(missing.message).toBe('get: params.id is missing, the path is /todo/:id');
        expect(empty.message).toBe('get: params.id is missing, the path is /todo/:id');
        expect(inherited.message).toContain('params.toString is missing');
        expect(server.received).toEqual([]);
      });

      test.each(['..', '.'])('refuses %j as a parameter, which leads to another path', async (id) => {
        const one = await errorOf(client.get!({ params: { id } }));
        const rest = await errorOf(client.file!({ params: { rest: `a/${id}/b` } }));

        expect(one.message).toBe(`get: params.id must not have "${id}"`);
        expect(rest.message).toBe(`file: params.rest must not have "${id}"`);
        expect(server.received).toEqual([]);
      });

      test('writes the query: arrays repeated, nothing for undefined, an empty text for null, text for the rest', async () => {
        const at = new Date(0);

        await client.list!({
          query: {
            tag: ['a', null, 'b&c', undefined],
            none: undefined,
            nil: null,
            empty: [],
            yes: true,
            n: 1.5,
            at,
            q: 'x y',
          },
        });

        expect(server.received[0]!.url).toBe(
          '/todo?tag=a&tag=&tag=b%26c&nil=&yes=true&n=1.5&at=1970-01-01T00%3A00%3A00.000Z&q=x+y',
        );
      });

      test('sends JSON and asks for it', async () => {
        await client.create!({ body: { title: 'Lesen ä' } });

        const [{ method, headers, body }] = server.received as [any];
        expect(method).toBe('POST');
        expect(headers['content-type']).toBe('application/json');
        expect(headers.accept).toMatch(/^application\/json/);
        expect(body).toBe('{"title":"Lesen ä"}');
      });

      test.each([null, 0, false, 'text', [1]])('sends %j as JSON', async (value) => {
        await client.create!({ body: value });

        expect(server.received[0]!.body).toBe(JSON.stringify(value));
        expect(server.received[0]!.headers['content-type']).toBe('application/json');
      });

      test('sends nothing where there is no body', async () => {
        await client.create!();

        expect(server.received[0]!.headers['content-type']).toBeUndefined();
        expect(server.received[0]!.body).toBe('');
      });

      test('sends a form, a blob, bytes, a stream and text with a type as they are', async () => {
        const form = new FormData();
        form.append('file', new Blob(['hello']), 'a.txt');
        const stream = new Blob(['streamed']).stream();

        await client.create!({ body: form });
        await client.create!({ body: new URLSearchParams({ a: '1 2' }) });
        await client.create!({ body: new Blob(['b'], { type: 'image/png' }) });
        await client.create!(
          { body: new Uint8Array([97, 98]) },
          { headers: { 'content-type': 'application/octet-stream' } },
        );
        await client.create!({ body: stream });
        await client.create!({ body: '<a/>' }, { headers: { 'Content-Type': 'text/xml' } });

        expect(server.received.map((one) => one.headers['content-type']?.replace(/boundary=.*/, 'boundary'))).toEqual([
          'multipart/form-data; boundary',
          'application/x-www-form-urlencoded;charset=UTF-8',
          'image/png',
          'application/octet-stream',
          undefined,
          'text/xml',
        ]);
        expect(server.received[0]!.body).toContain('filename="a.txt"');
        expect(server.received.slice(1).map((one) => one.body)).toEqual(['a=1+2', 'b', 'ab', 'streamed', '<a/>']);
      });

      test('makes a form of an object where the operation takes one', async () => {
        await client.upload!({ body: { title: 'x', tags: ['a', 'b'], none: undefined, file: new Blob(['hello']) } });
        await client.form!({ body: { a: [1, 2], b: true } });
        await client.note!({ body: 'plain' });

        const [upload, form, note] = server.received as [any, any, any];
        expect(upload.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
        expect(upload.body.match(/ name="\w+"/g)).toEqual([
          ' name="title"',
          ' name="tags"',
          ' name="tags"',
          ' name="file"',
        ]);
        expect(form.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
        expect(form.body).toBe('a=1&a=2&b=true');
        expect([note.headers['content-type'], note.body]).toEqual(['text/plain', 'plain']);
      });

      test('sends a string as JSON where the operation takes another JSON, and as it is where a header says so', async () => {
        const headers = { 'content-type': 'application/json' };

        await client.patch!({ body: 'x' });
        await client.patch!({ body: { a: 1 } });
        await client.patch!({ body: '{"a":2}' }, { headers });

        expect(server.received.map((one) => one.body)).toEqual(['"x"', '{"a":1}', '{"a":2}']);
        expect(server.received.map((one) => one.headers['content-type'])).toEqual([
          'application/merge-patch+json',
          'application/merge-patch+json',
          'application/json',
        ]);
      });

      test('puts files behind the fields of a form, which a server that streams them needs first', async () => {
        const [first, second] = [new Blob(['1']), new Blob(['2'])];

        await client.upload!({
          body: { photo: first, title: 'x', more: [second, undefined], tags: ['a', undefined, 'b'] },
        });

        expect(server.received[0]!.body.match(/ name="\w+"/g)).toEqual(
          ['title', 'tags', 'tags', 'photo', 'more'].map((name) => ` name="${name}"`),
        );
      });

      test('sends headers, those of the call last', async () => {
        await client.list!(
          { headers: { 'X-One': 1, 'x-list': ['a', 'b'], 'x-none': undefined, 'x-two': 'input' } },
          { headers: { 'X-Two': 'call' } },
        );

        const { headers } = server.received[0]!;
        expect(headers).toMatchObject({ 'x-one': '1', 'x-list': 'a, b', 'x-two': 'call' });
        expect(headers).not.toHaveProperty('x-none');
      });

      test('asks for the token at every call', async () => {
        let count = 0;
        const asking = clientWith({ token: async () => `t${++count}` });
        await asking.list!();
        await asking.list!();
        await clientWith({ token: 'fixed' }).list!();
        await clientWith({ token: () => undefined }).list!();

        expect(server.received.map((one) => one.headers.authorization)).toEqual([
          'Bearer t1',
          'Bearer t2',
          'Bearer fixed',
          undefined,
        ]);
      });

      test('rejects with the error of the token function', async () => {
        const failing = clientWith({ token: () => Promise.reject(new Error('no login')) });

        await expect(failing.list!()).rejects.toThrow('no login');
        expect(server.received).toEqual([]);
      });
    });

    describe('the answer', () => {
      test('is JSON by its type', async () => {
        server.respond((response, _request, count) => {
          const type = count === 1 ? 'application/json; charset=utf-8' : 'application/vnd.todo+json';
          response.writeHead(200, { 'content-type': type }).end('{"id":1}');
        });

        expect(await client.list!()).toEqual({ id: 1 });
        expect(await client.list!()).toEqual({ id: 1 });
      });

      test('is nothing for 204, for HEAD and for an empty body without a type', async () => {
        server.respond((response, _request, count) => {
          if (count === 1) response.writeHead(204).end();
          else if (count === 2)
            response.writeHead(200, { 'content-type': 'application/json', 'content-length': '2' }).end();
          else response.writeHead(200, { 'content-length': '0' }).end();
        });

        expect(await client.create!()).toBeUndefined();
        expect(await client.head!()).toBeUndefined();
        expect(await client.list!()).toBeUndefined();
      });

      test('is text for text and a blob for other media', async () => {
        server.respond((response, _request, count) => {
          response.writeHead(200, { 'content-type': count === 1 ? 'text/csv; charset=utf-8' : 'image/png' }).end('a;ä');
        });

        const text = await client.list!();
        const blob = await client.list!();

        expect(text).toBe('a;ä');
        expect(Object.prototype.toString.call(blob)).toBe('[object Blob]');
        expect(blob.type).toBe('image/png');
        expect(await blob.text()).toBe('a;ä');
      });

      test('that is no JSON though it says so is a clear error', async () => {
        server.respond((response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<html>'));

        const error = await errorOf(client.list!());

        expect(error.name).toBe('ClientError');
        expect(error.message).toBe('list: the answer has a JSON media type, but is not valid JSON');
        expect(error.body).toBe('<html>');
        expect(server.received).toHaveLength(1);
      });
    });

    describe('events', () => {
      const eventsOf = async (stream: AsyncIterable<unknown>) => {
        const all: unknown[] = [];
        for await (const one of stream) all.push(one);
        return all;
      };

      test('are parsed as HTML says', async () => {
        server.respond((response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write('\uFEFF: comment\n\ndata: {"a":1}\n\nevent: tick\nid: 7\nretry: 250\ndata:text\n\n');
          response.write(
            'data: one\r\ndata:  two\r\n\r\ndata: 3\r\rdata\n\nid: only\n\nretry: x\ndata: "ä"\n\ndata: cut off\n',
          );
          response.end();
        });

        expect(await eventsOf(await client.list!())).toEqual([
          { data: { a: 1 } },
          { event: 'tick', id: '7', data: 'text', retryMs: 250 },
          { data: 'one\n two' },
          { data: 3 },
          { data: '' },
          { data: 'ä' },
        ]);
      });

      test('may be cut anywhere', async () => {
        const bytes = Buffer.from('data: "ä€"\r\n\r\nevent: e\r\ndata: 2\r\n\r\n');
        server.respond((response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          const step = (index: number) => {
            if (index === bytes.length) response.end();
            else response.write(bytes.subarray(index, index + 1), () => setImmediate(step, index + 1));
          };
          step(0);
        });

        expect(await eventsOf(await client.list!())).toEqual([{ data: 'ä€' }, { event: 'e', data: 2 }]);
      });

      test('come as they are sent, outlive the time limit and end the connection when the loop is left', async () => {
        const closed = new Promise<void>((resolve) => {
          server.respond((response) => {
            response.on('close', resolve);
            response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
            setTimeout(() => response.write('data: 2\n\n'), 150);
          });
        });
        const seen: unknown[] = [];

        for await (const { data } of await client.list!({}, { timeoutMs: 100 })) {
          seen.push(data);
          if (data === 2) break;
        }
        await closed;

        expect(seen).toEqual([1, 2]);
      });

      test('end with the reason of the signal', async () => {
        server.respond(
          (response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n'),
        );
        const controller = new AbortController();
        const stream = await client.list!({}, { signal: controller.signal });
        const reason = new Error('enough');

        const error = await errorOf(
          (async () => {
            for await (const _event of stream) controller.abort(reason);
          })(),
        );

        expect(error).toBe(reason);
      });
    });

    describe('an error', () => {
      const problem = {
        type: 't',
        title: 'Not found',
        status: 404,
        detail: 'No todo 12',
        code: 'NOT_FOUND',
        success: false,
      };

      test('is a ClientError with status, headers and the problem', async () => {
        server.respond((response) => sendJson(response, 404, problem, { 'x-request-id': 'r1' }));

        const error = await errorOf(client.get!({ params: { id: 12 } }));

        expect(error instanceof (ClientError as never)).toBe(true);
        expect(error).toBeInstanceOf(Error);
        expect([error.name, error.message, error.status]).toEqual(['ClientError', 'No todo 12', 404]);
        expect(error.headers.get('x-request-id')).toBe('r1');
        expect(error.body).toEqual(problem);
        expect(ClientError.is(error, client.get, 404)).toBe(true);
        expect(ClientError.is(error, client.get, 409)).toBe(false);
      });

      test('has text where the answer is no JSON, or is broken', async () => {
        server.respond((response, _request, count) => {
          response.writeHead(502, { 'content-type': count === 1 ? 'text/html' : 'application/json' }).end('<h1>Bad');
        });

        const html = await errorOf(client.list!());
        const broken = await errorOf(client.list!());

        expect([html.body, html.message]).toEqual(['<h1>Bad', 'The answer has status 502']);
        expect(broken.body).toBe('<h1>Bad');
      });

      test('of the network stays that of fetch', async () => {
        const gone = await listen();
        await gone.close();
        const nowhere = clientWith({ baseUrl: gone.baseUrl, retries: 0 });

        const error = await errorOf(nowhere.create!());

        expect(error.name).toBe('TypeError');
        expect(error.cause.code).toBe('ECONNREFUSED');
      });
    });

    describe('retries', () => {
      const busy = (status: number, headers: Record<string, string> = {}, times = 1) =>
        server.respond((response, _request, count) => {
          if (count <= times) sendJson(response, status, { detail: 'busy' }, headers);
          else sendJson(response, 200, { count });
        });

      test.each([429, 503])('tries again after %i with Retry-After, a POST too', async (status) => {
        busy(status, { 'retry-after': '0' });
        expect(await client.list!()).toEqual({ count: 2 });

        busy(status, { 'retry-after': '0' });
        expect(await client.create!({ body: { a: 1 } })).toEqual({ count: 2 });
        expect(server.received.map((one) => one.body)).toEqual(['{"a":1}', '{"a":1}']);
      });

      test('waits the seconds of Retry-After', async () => {
        busy(429, { 'retry-after': '1' });
        const start = Date.now();

        await client.list!();

        expect(Date.now() - start).toBeGreaterThanOrEqual(1000);
      });

      test('waits until the date of Retry-After', async () => {
        const date = new Date(Date.now() + 2000);
        busy(503, { 'retry-after': date.toUTCString() });

        await client.list!();

        expect(Date.now()).toBeGreaterThanOrEqual(Math.floor(date.getTime() / 1000) * 1000);
        expect(server.received).toHaveLength(2);
      });

      test('takes a part of a second in Retry-After for what it says', async () => {
        busy(429, { 'retry-after': '0.2' });
        const start = Date.now();

        expect(await client.list!()).toEqual({ count: 2 });
        expect(Date.now() - start).toBeGreaterThanOrEqual(200);
      });

      test.each(['3600', 'soon', '-5', '1-2', '31.0'])('does not wait where Retry-After is %j', async (after) => {
        busy(429, { 'retry-after': after });

        const error = await errorOf(client.list!());

        expect(error.status).toBe(429);
        expect(error.headers.get('retry-after')).toBe(after);
        expect(server.received).toHaveLength(1);
      });

      test('does not wait longer than the call may take', async () => {
        busy(429, { 'retry-after': '5' });

        expect((await errorOf(client.list!({}, { timeoutMs: 2000 }))).status).toBe(429);
        expect(server.received).toHaveLength(1);
      });

      test('tries again without Retry-After only what may be sent twice', async () => {
        busy(503);
        expect(await client.replace!({ params: { id: 1 }, body: 1 })).toEqual({ count: 2 });

        busy(503);
        expect((await errorOf(client.create!())).status).toBe(503);
        expect(server.received).toHaveLength(1);
      });

      test('gives up after two more tries, or after as many as are wanted', async () => {
        busy(503, {}, 9);
        expect((await errorOf(client.list!())).status).toBe(503);
        expect(server.received).toHaveLength(3);

        busy(503, {}, 9);
        await errorOf(clientWith({ retries: 0 }).list!());
        expect(server.received).toHaveLength(1);
      });

      test.each([400, 404, 409, 500, 502])('takes %i for an answer', async (status) => {
        busy(status, { 'retry-after': '0' });

        expect((await errorOf(client.list!())).status).toBe(status);
        expect(server.received).toHaveLength(1);
      });

      test('tries again after a broken connection, but not a POST', async () => {
        const breakOnce = () =>
          server.respond((response, _request, count) => {
            if (count === 1) response.socket?.destroy();
            else sendJson(response, 200, { count });
          });

        breakOnce();
        expect(await client.list!()).toEqual({ count: 2 });
        breakOnce();
        expect((await errorOf(client.create!({ body: 1 }))).name).toBe('TypeError');
        expect(server.received).toHaveLength(1);
      });

      test('tries again when the answer is cut off', async () => {
        server.respond((response, _request, count) => {
          if (count > 1) return sendJson(response, 200, { count });
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"a":');
          setTimeout(() => response.socket?.destroy(), 20);
        });

        expect(await client.list!()).toEqual({ count: 2 });
      });

      test('does not send a stream twice', async () => {
        busy(503, { 'retry-after': '0' });

        const error = await errorOf(client.replace!({ params: { id: 1 }, body: new Blob(['x']).stream() }));

        expect(error.status).toBe(503);
        expect(server.received).toHaveLength(1);
      });

      test('stops waiting when it is aborted', async () => {
        const controller = new AbortController();
        server.respond((response) => {
          sendJson(response, 429, {}, { 'retry-after': '20' });
          setTimeout(() => controller.abort(new Error('enough')), 50);
        });

        await expect(client.list!({}, { signal: controller.signal })).rejects.toThrow('enough');
        expect(server.received).toHaveLength(1);
      });
    });

    describe('time and abortion', () => {
      const busyFor50 = () => server.respond((response) => setTimeout(() => sendJson(response, 200, { ok: true }), 50));

      test('ends a call after timeoutMs, the client’s or its own', async () => {
        server.respond(() => {});

        const own = await errorOf(client.list!({}, { timeoutMs: 50 }));
        const general = await errorOf(clientWith({ timeoutMs: 60 }).create!());

        expect([own.name, own.message]).toEqual(['TimeoutError', 'No answer within 50 ms']);
        expect(general.message).toBe('No answer within 60 ms');
        expect(server.received).toHaveLength(2);
      });

      test.each([2 ** 31, 1e15, Number.POSITIVE_INFINITY])('takes %d ms for a long time', async (timeoutMs) => {
        busyFor50();

        expect(await client.list!({}, { timeoutMs })).toEqual({ ok: true });
      });

      test('counts the token in', async () => {
        const stuck = clientWith({ token: () => new Promise(() => {}) });
        const controller = new AbortController();
        const reason = new Error('away');

        const late = await errorOf(stuck.list!({}, { timeoutMs: 50 }));
        const aborted = errorOf(stuck.list!({}, { signal: controller.signal }));
        controller.abort(reason);

        expect(late.message).toBe('No answer within 50 ms');
        expect(await aborted).toBe(reason);
        expect(server.received).toEqual([]);
      });

      test('counts the body in', async () => {
        server.respond((response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'));

        expect((await errorOf(client.list!({}, { timeoutMs: 100 }))).name).toBe('TimeoutError');
      });

      test('rejects with the reason of the signal, before and during a call', async () => {
        const reason = new Error('away');
        expect(await errorOf(client.list!({}, { signal: AbortSignal.abort(reason) }))).toBe(reason);
        expect(server.received).toHaveLength(0);

        const controller = new AbortController();
        server.respond(() => controller.abort(reason));
        expect(await errorOf(client.list!({}, { signal: controller.signal }))).toBe(reason);
        expect(server.received).toHaveLength(1);
      });

      test('leaves no listener on the signal', async () => {
        const { signal } = new AbortController();
        const add = jest.spyOn(signal, 'addEventListener');
        const remove = jest.spyOn(signal, 'removeEventListener');

        await client.list!({}, { signal });
        server.respond((response) =>
          response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: 1\n\n'),
        );
        for await (const _event of await client.list!({}, { signal })) expect(remove.mock.calls.length).toBe(1);

        const ours = (calls: unknown[][]) =>
          calls.filter(([, listener]) => (listener as { name?: string }).name === 'abort');
        expect(ours(add.mock.calls)).toHaveLength(2);
        expect(ours(remove.mock.calls)).toHaveLength(2);
      });
    });
  });
}
