// A consumer in plain JavaScript, CommonJS. `typebox` has ES modules only: `require` of it needs Node 20.19 or later.
const assert = require('node:assert/strict');
const { Type: Legacy } = require('@sinclair/typebox');
const express = require('express');
const { createFusio, FusioError, isFusioError, Type: OwnType } = require('fusio');
const { createClient } = require('fusio/client');
const { http } = require('fusio/connections/http');
const { mysql } = require('fusio/connections/mysql');
const { sqlite } = require('fusio/connections/sqlite');
const { fakeClock } = require('fusio/testing');
const { Type } = require('typebox');

async function main() {
  const fusio = createFusio({ logger: false });
  const create = fusio.operation({
    name: 'todo.create',
    method: 'POST',
    path: '/todo/:list',
    public: true,
    params: OwnType.Object({ list: OwnType.Integer() }),
    body: Type.Object({ title: Type.String({ minLength: 1 }), due: Type.Optional(Type.String({ format: 'date' })) }),
    response: Legacy.Object({ id: Legacy.Integer(), title: Legacy.String() }),
    status: 201,
    action: ({ params, body }) => ({ id: params.list, title: body.title }),
  });

  const app = express();
  app.use('/api', fusio.router);
  await fusio.start();
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const baseUrl = `http://127.0.0.1:${server.address().port}/api`;

  assert.deepEqual(await post(baseUrl, { title: 'Read a poem' }), [201, { id: 7, title: 'Read a poem' }]);
  const [status, problem] = await post(baseUrl, { title: 'Read', due: 'someday' });
  assert.equal(status, 400);
  assert.equal(problem.code, 'REQUEST_INVALID');
  assert.equal(problem.errors[0].pointer, '/body/due');

  const client = createClient({ baseUrl, routes: { create } });
  assert.deepEqual(await client.create({ params: { list: 8 }, body: { title: 'Typed' } }), { id: 8, title: 'Typed' });

  for (const make of [http, mysql, sqlite, fakeClock]) assert.equal(typeof make, 'function');
  assert.ok(isFusioError(new FusioError('REQUEST_INVALID')));

  server.close();
  server.closeAllConnections();
  await fusio.stop();
  console.log('all good');
}

async function post(baseUrl, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${baseUrl}/todo/7`, { method: 'POST', headers, body: JSON.stringify(body) });
  return [response.status, await response.json()];
}

void main();
