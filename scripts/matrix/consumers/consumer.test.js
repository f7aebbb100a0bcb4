// A consumer's own test, with Jest as it comes: CommonJS, where Jest cannot load the ES modules of `typebox`.
const { Type: Legacy } = require('@sinclair/typebox');
const express = require('express');
const { createFusio, FusioError, isFusioError, Type } = require('fusio');
const { createClient } = require('fusio/client');
const { mysql } = require('fusio/connections/mysql');
const { sqlite } = require('fusio/connections/sqlite');
const { checkContract, createReceiver } = require('fusio/testing');

const fusio = createFusio({ logger: false });
const create = fusio.operation({
  name: 'todo.create',
  method: 'POST',
  path: '/todo/:list',
  public: true,
  params: Legacy.Object({ list: Legacy.Integer() }),
  body: Type.Object({ title: Type.String({ minLength: 1 }) }),
  response: Legacy.Object({ id: Legacy.Integer(), title: Legacy.String() }),
  status: 201,
  examples: { poem: { request: { params: { list: 1 }, body: { title: 'Read' } }, response: { id: 1, title: 'Read' } } },
  action: ({ params, body }) => ({ id: params.list, title: body.title }),
});

let server;
let baseUrl;
beforeAll(async () => {
  const app = express();
  app.use('/api', fusio.router);
  await fusio.start();
  server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  baseUrl = `http://127.0.0.1:${server.address().port}/api`;
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await fusio.stop();
});

test('answers a valid and an invalid body', async () => {
  expect(await post({ title: 'Read a poem' })).toEqual([201, { id: 7, title: 'Read a poem' }]);
  const [status, problem] = await post({ title: '' });
  expect([status, problem.code, problem.errors[0].pointer]).toEqual([400, 'REQUEST_INVALID', '/body/title']);
});

test('has a client, a contract check, connections and errors that are known again', async () => {
  const client = createClient({ baseUrl, routes: { create } });
  expect(await client.create({ params: { list: 8 }, body: { title: 'Typed' } })).toEqual({ id: 8, title: 'Typed' });
  expect(await checkContract(fusio)).toEqual({ called: 1 });
  expect([typeof mysql, typeof sqlite, typeof createReceiver]).toEqual(['function', 'function', 'function']);
  expect(isFusioError(new FusioError('REQUEST_INVALID'))).toBe(true);
});

test('loads an optional package only where it is used', async () => {
  const pool = await mysql('mysql://user:password@127.0.0.1:9/todo').open();
  expect(typeof pool.query).toBe('function');
  await pool.end();
});

async function post(body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${baseUrl}/todo/7`, { method: 'POST', headers, body: JSON.stringify(body) });
  return [response.status, await response.json()];
}
