// A consumer in TypeScript: compiled as ES modules, as CommonJS and for a bundler; `schemas.ts` differs.
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { Type as Legacy } from '@sinclair/typebox';
import express from 'express';
import { type ContextOf, createFusio, errors, FusioError, isFusioError, type Static } from 'fusio';
import { ClientError, createClient } from 'fusio/client';
import { http } from 'fusio/connections/http';
import { mysql } from 'fusio/connections/mysql';
import { sqlite } from 'fusio/connections/sqlite';
import { type FakeClock, fakeClock } from 'fusio/testing';
import { NewTodo, Todo } from './schemas.js';

const clock: FakeClock = fakeClock();
const fusio = createFusio({ connections: { peer: http({ baseURL: 'http://127.0.0.1:9' }) }, logger: false });

class Rate {
  handle({ body }: { readonly body: { stars: 1 | 2; note?: string } }, { requestId }: ContextOf<typeof fusio>) {
    assert.ok(requestId);
    return { stars: body.stars, note: body.note ?? '' };
  }
}

const createTodo = fusio.operation({
  name: 'todo.create',
  method: 'POST',
  path: '/todo/:list',
  public: true,
  params: Legacy.Object({ list: Legacy.Integer() }),
  body: NewTodo,
  response: Todo,
  status: 201,
  action({ params, body }, { connections }) {
    assert.equal(typeof connections.peer.get, 'function');
    const todo: Static<typeof Todo> = { id: params.list, title: body.title };
    return todo;
  },
});

const rateTodo = fusio.operation({
  name: 'todo.rate',
  method: 'PUT',
  path: '/todo/:id/stars',
  public: true,
  body: Legacy.Object({
    stars: Legacy.Union([Legacy.Literal(1), Legacy.Literal(2)]),
    note: Legacy.Optional(Legacy.String()),
  }),
  action: new Rate(),
});

async function main(): Promise<void> {
  const app = express();
  app.use('/api', fusio.router);
  await fusio.start();
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;

  await checkHttp(`${baseUrl}/todo`);
  await checkClient(baseUrl);
  const todo = await fusio.call(createTodo, { params: { list: 4 }, body: { title: 'In process' } });
  assert.equal(todo.id.toFixed(), '4');

  assert.equal(typeof mysql('mysql://user:password@localhost/todo').open, 'function');
  assert.equal(typeof sqlite(':memory:').open, 'function');
  assert.equal(typeof clock.now(), 'number');
  assert.ok(isFusioError(new FusioError('REQUEST_INVALID')));
  assert.equal(errors.REQUEST_INVALID[0], 400);

  server.close();
  server.closeAllConnections();
  await fusio.stop();
  console.log('all good');
}

/** Never called. An error that is missing here tells of a type that has silently become `any`. */
export function checkTypes(): void {
  // @ts-expect-error `list` is a number
  void fusio.call(createTodo, { params: { list: 'four' }, body: { title: 'Read' } });
  // @ts-expect-error `title` is a text
  const todo: Static<typeof Todo> = { id: 1, title: 2 };
  // @ts-expect-error there is no connection of this name
  fusio.operation({ name: 'x', method: 'GET', path: '/x', action: (_request, { connections }) => connections.nobody });
  void todo;
}

async function checkHttp(url: string): Promise<void> {
  const created = await send('POST', `${url}/7`, { title: 'Read a poem' });
  assert.deepEqual(created, { status: 201, body: { id: 7, title: 'Read a poem' } });

  const refused = await send('POST', `${url}/7`, { title: '' });
  assert.equal(refused.status, 400);
  assert.equal(refused.body.code, 'REQUEST_INVALID');
  assert.equal(refused.body.errors[0].pointer, '/body/title');

  const rated = await send('PUT', `${url}/7/stars`, { stars: 2 });
  assert.deepEqual(rated, { status: 200, body: { stars: 2, note: '' } });

  const outside = await send('PUT', `${url}/7/stars`, { stars: 3 });
  assert.equal(outside.status, 400);
  assert.equal(outside.body.errors[0].pointer, '/body/stars');
}

async function checkClient(baseUrl: string): Promise<void> {
  const client = createClient({ baseUrl, routes: { todo: { create: createTodo, rate: rateTodo } } });
  const todo = await client.todo.create({ params: { list: 8 }, body: { title: 'Typed' } });
  assert.equal(todo.title.toUpperCase(), 'TYPED');
  await assert.rejects(client.todo.create({ params: { list: 8 }, body: { title: '' } }), ClientError);
}

async function send(method: string, url: string, body: unknown): Promise<{ status: number; body: any }> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

void main();
