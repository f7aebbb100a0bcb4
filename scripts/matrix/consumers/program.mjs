// A consumer in plain JavaScript, ES modules.
import assert from 'node:assert/strict';
import { Type as Legacy } from '@sinclair/typebox';
import express from 'express';
import { createFusio, FusioError, isFusioError, Type as OwnType } from 'fusio';
import { createClient } from 'fusio/client';
import { http } from 'fusio/connections/http';
import { mysql } from 'fusio/connections/mysql';
import { sqlite } from 'fusio/connections/sqlite';
import { fakeClock } from 'fusio/testing';
import { Type } from 'typebox';

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

assert.deepEqual(await post({ title: 'Read a poem' }), [201, { id: 7, title: 'Read a poem' }]);
const [status, problem] = await post({ title: 'Read', due: 'someday' });
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

async function post(body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${baseUrl}/todo/7`, { method: 'POST', headers, body: JSON.stringify(body) });
  return [response.status, await response.json()];
}
