import { createServer, type ServerResponse } from 'node:http';
import express from 'express';
import { createFusio, FusioError, type HttpExchange, type Logger, type Middleware } from '../../src/index.js';
import { takeProblems } from '../support/answers.js';
import { closeAll, listen } from '../support/fusio.js';
import { failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

/** An Express app with one operation, the errors in its log and the end of its call. */
async function mounted(operation: { before?: Middleware; action?(response: ServerResponse): unknown }) {
  const errors: object[] = [];
  const error: Logger['error'] = (fields: object | string) => void errors.push(Object(fields));
  const fusio = createFusio({ logger: { debug() {}, info() {}, warn() {}, error } });
  const done = new Promise<{ status: number }>((resolve) => fusio.on('request:done', resolve));
  fusio.operation({
    name: 'it',
    method: 'GET',
    path: '/it',
    public: true,
    timeoutMs: 50,
    before: operation.before ?? [],
    action: (_request, { http }) => operation.action?.(responseOf(http)),
  });
  const url = await listen(createServer(express().use(fusio.router)));
  const answer = fetch(`${url}/it`).then((response) => response.text());
  return { answer, done, errors };
}

function responseOf(http: HttpExchange | undefined): ServerResponse {
  if (!http?.res) throw new Error('there is a response over HTTP');
  return http.res;
}

it.each<[string, (response: ServerResponse) => unknown, string]>([
  [
    'throws',
    (response) => {
      response.write('zz');
      throw new Error('boom');
    },
    'boom',
  ],
  [
    'refuses',
    (response) => {
      response.write('zz');
      throw new FusioError('NOT_FOUND');
    },
    'the answer broke off',
  ],
  ['returns nothing', (response) => void response.write('zz'), 'the answer broke off'],
  [
    'returns a result, and has promised more bytes',
    (response) => {
      response.writeHead(200, { 'content-length': 5 });
      return { a: 1 };
    },
    'the answer broke off',
  ],
  [
    'never ends',
    (response) => {
      response.write('zz');
      return new Promise(() => {});
    },
    'The operation took too long',
  ],
])('breaks off the answer that an action has begun by itself where it %s', async (_what, action, message) => {
  const { answer, done, errors } = await mounted({ action });

  await expect(answer).rejects.toThrow();
  await done;

  expect(errors).toMatchObject([{ operation: 'it', error: { message } }]);
  takeProblems();
});

it.each<[string, Middleware, string]>([
  [
    'goes on',
    (_request, response, next) => {
      response.write('part');
      next();
    },
    'the middleware called next() in the middle of its answer',
  ],
  [
    'throws',
    (_request, response) => {
      response.write('part');
      throw new Error('boom');
    },
    'boom',
  ],
  ['never goes on', (_request, response) => void response.write('part'), 'The operation took too long'],
])('breaks off the answer that middleware has begun where it %s', async (_what, before, message) => {
  const action = jest.fn();
  const { answer, done, errors } = await mounted({ before, action });

  await expect(answer).rejects.toThrow();
  await done;

  expect(errors).toMatchObject([{ operation: 'it', error: { message } }]);
  expect(action).not.toHaveBeenCalled();
  takeProblems();
});

it('leaves an answer that an action has ended by itself', async () => {
  const { answer, done, errors } = await mounted({ action: (response) => void response.end('own') });

  expect(await answer).toBe('own');
  expect(await done).toMatchObject({ status: 204 });
  expect(errors).toEqual([]);
  takeProblems();
});
