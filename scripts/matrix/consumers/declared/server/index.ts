// Every kind of export: its type must have a name in the declaration file, where fusio alone is installed with its peers.
import { createFusio, defineConnection, FusioError, file, respond, type Static, Type } from 'fusio';
import { http } from 'fusio/connections/http';
import { mysql } from 'fusio/connections/mysql';
import { postgres } from 'fusio/connections/postgres';
import { sqlite } from 'fusio/connections/sqlite';
import { createReceiver, fakeClock } from 'fusio/testing';

export const upstream = http('https://billing.example.com');
export const db = mysql('mysql://user@host/todo');
export const pg = postgres('postgres://user@host/todo');
export const cache = sqlite(':memory:');
export const counters = defineConnection({ open: () => new Map<string, number>() });

export const Todo = Type.Object({
  id: Type.Integer(),
  state: Type.Union([Type.Literal('open'), Type.Null()]),
  more: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type Todo = Static<typeof Todo>;

export const fusio = createFusio({ connections: { upstream, db, pg, cache }, events: { 'todo.done': Todo } });
export const late = fusio.connection('late', counters);
export const NamedTodo = fusio.schema('Todo', Todo);
export const scope = fusio.scope('todo', 'Todos');
export const close = fusio.action('close', (_request, { connections }) => connections.cache);

export const create = fusio.operation({
  name: 'todo.create',
  method: 'POST',
  path: '/todo/:id',
  params: Type.Object({ id: Type.Integer() }),
  query: Type.Object({ dry: Type.Optional(Type.Boolean()) }),
  body: Todo,
  response: { 201: Todo, 404: Type.Null() },
  action: ({ body }, { respond }) => respond(201, body),
});
export const plain = fusio.operation({ name: 'plain', method: 'GET', path: '/plain', action: () => ({ a: 1 }) });
export const page = fusio.operation({
  name: 'page',
  method: 'GET',
  path: '/page',
  response: 'text/plain',
  action: () => file('page.txt'),
});
export const api = { create, plain };

export const { call, fetch, handler, inject, router } = fusio;
export const guard = fusio.requireScope('todo');
export const clock = fakeClock();
export const receiver = createReceiver();
export const conflict = new FusioError('CONFLICT');
export const reply = respond(202, { job: 1 });
export const opened = async () => ({ http: await upstream.open(), sqlite: await cache.open(), pool: await db.open() });
