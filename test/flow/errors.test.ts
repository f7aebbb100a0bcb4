import { createServer } from 'node:http';
import express from 'express';
import { ClientError, createClient } from '../../src/client/index.js';
import { createFusio, FusioError, type FusioOptions, fail, type Logger, Type } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

class OutOfStock extends Error {}

/** One operation of an action that throws, and what the log was told. */
function shop(thrown: unknown, options: FusioOptions = {}) {
  const logged: [fields: Record<string, unknown>, message: string][] = [];
  const error = (fields: object, message = '') => void logged.push([{ ...fields }, message]);
  const logger: Logger = { debug() {}, info() {}, warn() {}, error: error as Logger['error'] };
  const fusio = createFusio({ logger, ...options });
  const buy = fusio.operation({
    name: 'shop.buy',
    method: 'GET',
    path: '/buy/:id',
    public: true,
    params: Type.Object({ id: Type.Integer() }),
    response: Type.Object({ id: Type.Integer() }),
    action({ params }) {
      if (params.id === 0) throw thrown;
      return { id: params.id };
    },
  });
  return { fusio, buy, logged };
}

it('cuts a detail at 4,000 characters', async () => {
  const { fusio } = shop(new FusioError('NOT_FOUND', `No book "${'a'.repeat(5_000_000)}"`));

  const problem = (await fusio.inject({ path: '/buy/0' })).json<{ detail: string; message: string }>();

  expect(problem.detail).toBe(`No book "${'a'.repeat(3_991)}…`);
  expect(problem.message).toBe(problem.detail);
});

describe('mapError', () => {
  const mapError: FusioOptions['mapError'] = (error, { operation, source }) => {
    if (error instanceof OutOfStock) return new FusioError('OUT_OF_STOCK', error.message, { status: 409 });
    if (error instanceof RangeError) return fail(422, `${operation?.name} by ${source}`);
    return undefined;
  };

  it.each([
    [new OutOfStock('No more of these'), 409, 'OUT_OF_STOCK', 'No more of these'],
    [new RangeError('x'), 422, 'UNPROCESSABLE', 'shop.buy by http'],
    [Object.assign(new Error('gone'), { status: 410 }), 410, 'GONE', 'gone'],
    [new TypeError('x'), 500, 'INTERNAL_ERROR', 'An unexpected error occurred'],
    // A FusioError is an answer already.
    [new FusioError('NOT_FOUND', 'here'), 404, 'NOT_FOUND', 'here'],
  ])('of %s gives what the caller gets', async (thrown, status, code, detail) => {
    const { fusio } = shop(thrown, { mapError });

    const answer = await fusio.inject({ path: '/buy/0' });

    expect(answer.json()).toMatchObject({ status, code, detail });
    expect(answer.status).toBe(status);
  });

  it('maps what `fusio.call`, `authenticate`, a wrapper and `requireScope` meet, too', async () => {
    const { fusio, buy } = shop(new OutOfStock('none'), {
      mapError,
      authenticate({ headers }) {
        if (headers.authorization === 'broken') throw new OutOfStock('of callers');
        return null;
      },
    });
    const app = express();
    app.get('/own', fusio.requireScope('a'), (_request, response) => void response.send('x'));
    const url = await listen(createServer(app));

    await expect(fusio.call(buy, { params: { id: 0 } })).rejects.toMatchObject({ code: 'OUT_OF_STOCK', status: 409 });
    const headers = { authorization: 'broken' };
    expect((await fusio.inject({ path: '/buy/1', headers })).json()).toMatchObject({ detail: 'of callers' });
    expect(await (await fetch(`${url}/own`, { headers })).json()).toMatchObject({ code: 'OUT_OF_STOCK' });
    fusio.operation({
      name: 'wrapped',
      method: 'GET',
      path: '/wrapped',
      public: true,
      around() {
        throw new OutOfStock('in a wrapper');
      },
      action: () => 1,
    });
    expect((await fusio.inject({ path: '/wrapped' })).json()).toMatchObject({ detail: 'in a wrapper' });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('mapper');
      },
      'mapper',
    ],
    ['returns no error', () => ({ status: 404 }), 'mapError must return a FusioError or undefined, got object'],
    ['is async', async () => undefined, 'mapError must return a FusioError or undefined, got a promise'],
    ['is async and rejects', async () => fail(404), 'mapError must return a FusioError or undefined, got a promise'],
  ])('that %s leaves the plain 500, and both errors in the log', async (_title, broken, text) => {
    const { fusio, logged } = shop(new OutOfStock('none'), { mapError: broken as never });

    const answer = await fusio.inject({ path: '/buy/0' });

    expect(answer.json()).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' });
    expect(JSON.stringify(logged)).toContain(text);
    expect(JSON.stringify(logged)).toContain('"none"');
  });

  it('keeps the original of a 500 for the log', async () => {
    const shared = new FusioError('BILLING_DOWN', 'Billing does not answer', { status: 503 });
    const { fusio, logged } = shop(new OutOfStock('the very cause'), { mapError: () => shared });

    expect((await fusio.inject({ path: '/buy/0' })).status).toBe(503);

    expect(JSON.stringify(logged)).toContain('the very cause');
    expect(shared.cause).toBeUndefined();
  });
});

describe('formatProblem', () => {
  const old: FusioOptions = {
    formatProblem: {
      format: ({ code, message }) => ({ error: message, code }),
      schema: Type.Object({ error: Type.String(), code: Type.String() }),
    },
  };

  it('shapes every error of fusio, whatever refused the request', async () => {
    const { fusio } = shop(new OutOfStock('x'), { ...old, mapError: () => fail(409, 'No more') });
    fusio.operation({
      name: 'take',
      method: 'POST',
      path: '/take',
      public: true,
      maxBodyBytes: 4,
      body: Type.Any(),
      action: () => 1,
    });
    const url = await listen(fusio.createServer());
    const app = express();
    app.get('/own', fusio.requireScope('a'), (_request, response) => void response.send('x'));
    const host = await listen(createServer(app));

    const requests: [url: string, init: RequestInit, status: number][] = [
      [`${url}/buy/0`, {}, 409],
      [`${url}/buy/x`, {}, 400],
      [`${url}/nowhere`, {}, 404],
      [`${url}/buy/1`, { method: 'DELETE' }, 405],
      [`${url}/take`, { method: 'POST', body: '[1,2,3,4]', headers: { 'content-type': 'application/json' } }, 413],
      [`${host}/own`, {}, 401],
    ];
    for (const [to, init, status] of requests) {
      const answer = await fetch(to, init);
      expect([to, answer.status, answer.headers.get('content-type')]).toEqual([to, status, 'application/json']);
      expect(Object.keys(Object(await answer.json()))).toEqual(['error', 'code']);
    }
    expect((await fusio.inject({ path: '/buy/x' })).json()).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('is in the OpenAPI document: its schema, or nothing that is not known', () => {
    const { fusio } = shop(0, old);
    const untyped = shop(0, { formatProblem: () => ({ error: 1 }) }).fusio.openapi();
    const document = fusio.openapi();

    expect(document.components?.responses?.RequestInvalid).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
    });
    expect(document.components?.schemas?.Problem).toMatchObject({ required: ['error', 'code'] });
    expect(untyped.components?.responses?.RequestInvalid).toMatchObject({
      content: { 'application/json': { schema: {} }, 'application/problem+json': { schema: {} } },
    });
    expect(untyped.components?.schemas?.Problem).toBeUndefined();
  });

  it('that still makes a problem document has its media type', async () => {
    const schema = Type.Object({
      type: Type.String(),
      title: Type.String(),
      status: Type.Integer(),
      detail: Type.String(),
    });
    const format = ({
      type,
      title,
      status,
      detail,
    }: {
      type: string;
      title: string;
      status: number;
      detail: string;
    }) => ({ type, title, status, detail });
    const { fusio } = shop(fail, { formatProblem: { format, schema } });

    const answer = await fusio.inject({ path: '/buy/x' });

    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(Object.keys(answer.json())).toEqual(['type', 'title', 'status', 'detail']);
    expect(fusio.openapi().components?.responses?.RequestInvalid).toHaveProperty([
      'content',
      'application/problem+json',
    ]);
  });

  const circle: Record<string, unknown> = {};
  circle.self = circle;
  it.each([
    [
      'throws',
      () => {
        throw new Error('format');
      },
    ],
    ['gives a circle', () => circle],
    ['gives a bigint', () => ({ n: 1n })],
    ['gives a function', () => () => 1],
    ['gives a promise', async () => ({ a: 1 })],
    ['rejects', async () => Promise.reject(new Error('format'))],
    ['gives nothing', () => undefined],
    [
      'gives an object that throws',
      () => ({
        toJSON() {
          throw new Error('format');
        },
      }),
    ],
  ])('that %s leaves the problem document', async (title, format) => {
    const { fusio, logged } = shop(0, { formatProblem: format });

    const answer = await fusio.inject({ path: '/buy/x' });

    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID', instance: '/buy/x' });
    expect(logged.map(([, message]) => message)).toEqual(
      title === 'gives nothing' ? [] : ['formatProblem broke: the problem document was sent as it is'],
    );
  });

  it('reaches the typed client as an error with its status and its text', async () => {
    const { fusio, buy } = shop(new OutOfStock('x'), { ...old, mapError: () => fail(409, 'No more') });
    const client = createClient({
      baseUrl: 'http://x',
      routes: { buy },
      fetch: (url, init) => fusio.fetch(new Request(url, init)),
    });

    const error = await client.buy({ params: { id: 0 } }).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({ status: 409, message: 'No more', body: { error: 'No more', code: 'CONFLICT' } });
  });

  it.each([
    [1, 'formatProblem must be a function, got number'],
    [{ formt: () => 1 }, 'unknown option "formatProblem.formt" (did you mean "format"?)'],
    [{ format: 1 }, 'formatProblem.format must be a function'],
    [
      { format: () => 1, schema: { type: 'objekt' } },
      'createFusio formatProblem.schema: the schema has the unknown type "objekt"',
    ],
  ])('of %j is refused', (formatProblem, text) => {
    expect(() => createFusio({ formatProblem: formatProblem as never })).toThrow(text);
  });
});

describe('validationStatus', () => {
  it('of 422 tells a request that can be read and does not fit from one that cannot be read', async () => {
    const { fusio } = shop(0, { validationStatus: 422 });
    const add = fusio.operation({
      name: 'add',
      method: 'POST',
      path: '/add',
      public: true,
      body: Type.Object({ n: Type.Integer() }),
      action: () => 1,
    });

    expect((await fusio.inject({ path: '/buy/x' })).json()).toMatchObject({
      status: 422,
      code: 'REQUEST_INVALID',
      title: 'Invalid request',
    });
    const headers = { 'content-type': 'application/json' };
    expect((await fusio.inject({ method: 'POST', path: '/add', headers, body: '{' })).status).toBe(400);
    await expect(fusio.call(add, { body: {} as never })).rejects.toMatchObject({ status: 422 });
    const { responses } = fusio.openapi().components ?? {};
    expect(responses?.RequestInvalid).toMatchObject({ description: 'The request cannot be read.' });
    expect(fusio.openapi().paths['/add']?.post).toHaveProperty(
      ['responses', '422', '$ref'],
      '#/components/responses/RequestUnfit',
    );
  });

  it('is 400 or 422', () => {
    expect(() => createFusio({ validationStatus: 418 as never })).toThrow('validationStatus');
  });
});

describe('an error with a status of its own', () => {
  it.each([
    [{ status: 409, code: 'OUT_OF_STOCK' }, 'OUT_OF_STOCK'],
    [{ statusCode: 403, code: 'EBADCSRFTOKEN' }, 'EBADCSRFTOKEN'],
    [{ status: 503, code: 'BILLING_DOWN' }, 'BILLING_DOWN'],
    [{ status: 409 }, 'CONFLICT'],
    // Codes of the system and of Node say what broke here, and are none for callers.
    [{ status: 404, code: 'ENOENT' }, 'NOT_FOUND'],
    [{ status: 400, code: 'ERR_INVALID_ARG_TYPE' }, 'BAD_REQUEST'],
    [{ status: 400, code: 'out of stock' }, 'BAD_REQUEST'],
    [{ status: 400, code: 42 }, 'BAD_REQUEST'],
    [{ status: 400, code: `A${'_A'.repeat(40)}` }, 'BAD_REQUEST'],
  ])('of %j has the code %s', async (members, code) => {
    const { fusio } = shop(Object.assign(new Error('x'), members));

    expect((await fusio.inject({ path: '/buy/0' })).json()).toMatchObject({ code });
  });
});
