// A to-do list on an SQLite file, in an Express app: what `npm start` runs.
import express from 'express';
import { createFusio, fail, Type } from 'fusio';
import { sqlite } from 'fusio/connections/sqlite';

const Todo = Type.Object({
  id: Type.Integer(),
  title: Type.String({ minLength: 1, maxLength: 200 }),
  done: Type.Boolean(),
});
const Id = Type.Object({ id: Type.Integer({ minimum: 1 }) });

const file = sqlite(process.env.SQLITE_FILE ?? 'todo.sqlite');
const db = {
  ...file,
  async open() {
    const database = await file.open();
    database.exec(
      'CREATE TABLE IF NOT EXISTS todo (id INTEGER PRIMARY KEY, title TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0)',
    );
    return database;
  },
};

const fusio = createFusio({ connections: { db } });

fusio.operation({
  name: 'todo.create',
  method: 'POST',
  path: '/todo',
  public: true, // the default is private: 401 without a credential
  body: Type.Pick(Todo, ['title']),
  response: Todo,
  status: 201,
  action({ body }, { connections }) {
    const row = connections.db.prepare('INSERT INTO todo (title) VALUES (?) RETURNING *').get(body.title);
    return toTodo(row);
  },
});

fusio.operation({
  name: 'todo.list',
  method: 'GET',
  path: '/todo',
  public: true,
  query: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }) }),
  response: Type.Array(Todo),
  action: ({ query }, { connections }) =>
    connections.db.prepare('SELECT * FROM todo ORDER BY id LIMIT ?').all(query.limit).map(toTodo),
});

fusio.operation({
  name: 'todo.get',
  method: 'GET',
  path: '/todo/:id',
  public: true,
  params: Id,
  response: Todo,
  throws: { 404: 'No such todo' },
  action({ params }, { connections }) {
    const row = connections.db.prepare('SELECT * FROM todo WHERE id = ?').get(params.id);
    return toTodo(row ?? fail(404, `No todo ${params.id}`));
  },
});

fusio.operation({
  name: 'todo.update',
  method: 'PATCH',
  path: '/todo/:id',
  public: true,
  params: Id,
  body: Type.Pick(Todo, ['done']),
  response: Todo,
  throws: { 404: 'No such todo' },
  action({ params, body }, { connections }) {
    const row = connections.db
      .prepare('UPDATE todo SET done = ? WHERE id = ? RETURNING *')
      .get(body.done ? 1 : 0, params.id);
    return toTodo(row ?? fail(404, `No todo ${params.id}`));
  },
});

fusio.operation({
  name: 'todo.delete',
  method: 'DELETE',
  path: '/todo/:id',
  public: true,
  params: Id,
  status: 204,
  throws: { 404: 'No such todo' },
  action({ params }, { connections }) {
    const { changes } = connections.db.prepare('DELETE FROM todo WHERE id = ?').run(params.id);
    if (changes === 0) fail(404, `No todo ${params.id}`);
  },
});

/** SQLite has no booleans. */
function toTodo(row) {
  return { ...row, done: row.done === 1 };
}

const app = express();
app.use('/api', fusio.router);
await fusio.start();

const server = fusio.createServer(app).listen(process.env.PORT ?? 3000, () => {
  const url = `http://localhost:${server.address().port}`;
  console.log(`Listening on ${url}

Try:
  curl -X POST ${url}/api/todo -H 'content-type: application/json' -d '{"title":"Read a poem"}'
  curl ${url}/api/todo`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close();
    await fusio.stop();
  });
}
