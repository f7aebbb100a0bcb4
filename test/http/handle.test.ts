import { createServer, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createFusio, type FusioOptions } from '../../src/index.js';
import { takeProblems } from '../support/answers.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

interface Line {
  readonly level: string;
  readonly fields: Record<string, any>;
  readonly message: string;
}

function api(options: FusioOptions = {}) {
  const lines: Line[] = [];
  const write = (level: string) => (fields: object | string, message?: string) =>
    void lines.push({ level, fields: Object(fields), message: message ?? '' });
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const fusio = createFusio({ logger, ...options });
  fusio.operation({ name: 'one', method: 'GET', path: '/one', public: true, action: () => ({ one: 1 }) });
  fusio.operation({
    name: 'broken',
    method: 'GET',
    path: '/broken',
    public: true,
    action: () =>
      Readable.from(
        (async function* () {
          yield 'begun';
          throw new Error('the disk is gone');
        })(),
      ),
  });
  return { fusio, lines };
}

/** A server whose host has changed the response before fusio answers. */
function served({ handler }: ReturnType<typeof createFusio>, change: (response: ServerResponse) => void = () => {}) {
  return listen(
    createServer((request, response) => {
      change(response);
      handler(request, response);
    }),
  );
}

it('answers OPTIONS with the methods of the path, and with 404 where there is none', async () => {
  const url = await served(api().fusio);

  const known = await fetch(`${url}/one`, { method: 'OPTIONS' });
  const unknown = await fetch(`${url}/nothing`, { method: 'OPTIONS' });

  expect([known.status, await known.text()]).toEqual([204, '']);
  expect(known.headers.get('allow')).toContain('GET');
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ code: 'OPERATION_NOT_FOUND', instance: '/nothing' });
});

it('writes down a request that reaches no operation', async () => {
  const { fusio, lines } = api();
  const done: object[] = [];
  fusio.on('request:done', (event) => done.push(event));
  const url = await served(fusio);

  await fetch(`${url}/nothing`, { method: 'PUT', headers: { 'x-request-id': 'one' } });

  expect(lines).toEqual([
    {
      level: 'info',
      fields: { method: 'PUT', status: 404, code: 'OPERATION_NOT_FOUND', requestId: 'one', source: 'http' },
      message: 'call',
    },
  ]);
  expect(done).toEqual([{ operation: undefined, status: 404, ms: 0, requestId: 'one', source: 'http' }]);
});

it('writes down an answer that broke off, with the reason', async () => {
  const { fusio, lines } = api();
  const failed = new Promise<{ error: Error }>((resolve) => fusio.on('request:failed', resolve));
  const url = await served(fusio);

  const answer = await fetch(`${url}/broken`);
  await answer.text().catch(() => {});

  expect((await failed).error.message).toBe('the disk is gone');
  const line = lines.find(({ level }) => level === 'error')!;
  expect(line).toMatchObject({
    fields: { operation: 'broken', code: 'INTERNAL_ERROR' },
    message: 'operation "broken": the answer broke off',
  });
});

describe('a header that the response of the host does not take', () => {
  const refuseOnce = (name: string) => (response: ServerResponse) => {
    const { setHeader } = response;
    let isRefused = false;
    // Another header first, so that each field is set by itself.
    response.setHeader('x-host', 'yes');
    response.setHeader = function (this: ServerResponse, field: string, ...rest) {
      if (field !== name || isRefused) return setHeader.call(this, field, ...rest);
      isRefused = true;
      throw new Error('not this one');
    } as typeof setHeader;
  };

  it.each([
    ['of an operation', 'GET', '/one', 'content-length', 'one'],
    ['of OPTIONS', 'OPTIONS', '/one', 'allow', undefined],
    ['of a refusal', 'GET', '/nothing', 'content-length', undefined],
  ])('gives a problem in place of the answer %s', async (_what, method, path, name, operation) => {
    const { fusio, lines } = api();
    const url = await served(fusio, refuseOnce(name));

    const answer = await fetch(url + path, { method });

    // A host that refuses our headers is no case of the document.
    takeProblems();
    expect(answer.status).toBe(500);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('x-host')).toBe('yes');
    const problem = (await answer.json()) as { code: string; requestId: string; instance: string };
    expect(problem).toMatchObject({ code: 'RESULT_INVALID', instance: path });
    expect(problem.requestId).toBe(answer.headers.get('x-request-id'));
    if (operation === undefined) return;
    const line = lines.find(({ level }) => level === 'error');
    expect(line?.fields).toMatchObject({
      operation,
      code: 'RESULT_INVALID',
      error: { cause: { message: 'not this one' } },
    });
  });
});

it('closes the connection, and says so, where not even a problem can be sent', async () => {
  const { fusio, lines } = api();
  const done = new Promise<object>((resolve) => fusio.on('request:done', resolve));
  const url = await served(fusio, (response) => {
    response.writeHead = () => {
      throw new Error('no heads today');
    };
  });

  await expect(fetch(`${url}/one`)).rejects.toThrow();

  expect(await done).toMatchObject({ operation: 'one', status: 500 });
  const errors = lines.filter(({ level }) => level === 'error');
  expect(errors[0]).toMatchObject({
    fields: { error: { message: 'no heads today' } },
    message: 'an answer could not be sent',
  });
});
