// The to-do list on MySQL or MariaDB, with a transaction and a health check.
import express from 'express';
import { createFusio, fail, Type } from 'fusio';
import { mysql } from 'fusio/connections/mysql';

const Todo = Type.Object({ id: Type.Integer(), title: Type.String({ minLength: 1, maxLength: 200 }) });
const Change = Type.Object({ todo: Type.Integer(), what: Type.String(), at: Type.String({ format: 'date-time' }) });
const Id = Type.Object({ id: Type.Integer({ minimum: 1 }) });

const pool = mysql({ uri: process.env.DATABASE_URL, connectionLimit: 10 });
const db = {
  ...pool,
  async open() {
    const client = await pool.open();
    try {
      await client.query(
        'CREATE TABLE IF NOT EXISTS todo (id INT PRIMARY KEY AUTO_INCREMENT, title VARCHAR(200) NOT NULL)',
      );
      await client.query(
        'CREATE TABLE IF NOT EXISTS todo_change (todo INT NOT NULL, what VARCHAR(20) NOT NULL, at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)',
      );
      return client;
    } catch (error) {
      await client.end();
      throw error;
    }
  },
};

const fusio = createFusio({ connections: { db } });

fusio.operation({
  name: 'todo.create',
  method: 'POST',
  path: '/todo',
  public: true,
  body: Type.Pick(Todo, ['title']),
  response: Todo,
  status: 201,
  action: ({ body }, { connections }) =>
    inTransaction(connections.db, async (transaction) => {
      const [{ insertId }] = await transaction.query('INSERT INTO todo (title) VALUES (?)', [body.title]);
      await transaction.query('INSERT INTO todo_change (todo, what) VALUES (?, ?)', [insertId, 'created']);
      return { id: insertId, title: body.title };
    }),
});

fusio.operation({
  name: 'todo.get',
  method: 'GET',
  path: '/todo/:id',
  public: true,
  params: Id,
  response: Todo,
  throws: { 404: 'No such todo' },
  async action({ params }, { connections }) {
    const [rows] = await connections.db.query('SELECT id, title FROM todo WHERE id = ?', [params.id]);
    return rows[0] ?? fail(404, `No todo ${params.id}`);
  },
});

fusio.operation({
  name: 'todo.changes',
  method: 'GET',
  path: '/todo/:id/changes',
  public: true,
  params: Id,
  response: Type.Array(Change),
  async action({ params }, { connections }) {
    // A Date of the driver goes out as an ISO 8601 text.
    const [rows] = await connections.db.query('SELECT * FROM todo_change WHERE todo = ? ORDER BY at', [params.id]);
    return rows;
  },
});

fusio.operation({
  name: 'health',
  method: 'GET',
  path: '/health',
  public: true,
  async action(_request, { respond }) {
    const { status } = await fusio.health();
    return respond(status === 'ok' ? 200 : 503, { status });
  },
});

async function inTransaction(client, work) {
  const transaction = await client.getConnection();
  try {
    await transaction.beginTransaction();
    const result = await work(transaction);
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback();
    throw error;
  } finally {
    transaction.release();
  }
}

const app = express();
app.use('/api', fusio.router);
await fusio.start();

const server = fusio.createServer(app).listen(process.env.PORT ?? 3000, () => {
  console.log(`Listening on http://localhost:${server.address().port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close();
    await fusio.stop();
  });
}
