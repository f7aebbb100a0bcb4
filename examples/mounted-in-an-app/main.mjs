// An Express app that was there before: sessions, parsers, routes, an error handler. Half of it is operations by now.
import { randomBytes } from 'node:crypto';
import express from 'express';
import session from 'express-session';
import { createFusio, fail, Type } from 'fusio';

const Note = Type.Object({ id: Type.Integer(), text: Type.String({ minLength: 1, maxLength: 1000 }) });
const notes = new Map([[1, { id: 1, text: 'Water the plants', owner: 'ada' }]]);
const users = new Map([
  ['ada', { password: 'lovelace', scopes: ['note', 'report'] }],
  ['bob', { password: 'builder', scopes: ['note'] }],
]);

const fusio = createFusio({
  // The app's own login: the session identifies the caller.
  authenticate({ raw }) {
    const { user } = raw.session;
    return user ? { user: { id: user }, scopes: users.get(user).scopes } : null;
  },
});

const app = express();
app.use(session({ secret: randomBytes(32).toString('hex'), resave: false, saveUninitialized: false }));
app.use(express.json());

// Moved: POST /notes and GET /notes/:id are operations.
fusio.operation({
  name: 'note.create',
  method: 'POST',
  path: '/notes',
  scopes: ['note'],
  body: Type.Pick(Note, ['text']),
  response: Note,
  status: 201,
  action({ body }, { user }) {
    const note = { id: notes.size + 1, text: body.text, owner: user.id };
    notes.set(note.id, note);
    return note; // `owner` is not in the schema and stays here
  },
});

fusio.operation({
  name: 'note.get',
  method: 'GET',
  path: '/notes/:id',
  scopes: ['note'],
  params: Type.Object({ id: Type.Integer() }),
  response: Note,
  throws: { 404: 'No such note' },
  action({ params }, { user }) {
    const note = notes.get(params.id);
    return note?.owner === user.id ? note : fail(404, `No note ${params.id}`);
  },
});

app.use(fusio.router);

// Not moved: these are as they were, and get every request that is not an operation's.
app.post('/login', (request, response) => {
  const { name, password } = request.body ?? {};
  if (!users.has(name) || users.get(name).password !== password) {
    response.status(403).json({ error: 'wrong name or password' });
    return;
  }
  request.session.user = name;
  response.json({ hello: name });
});

app.get('/notes', (request, response) => {
  response.json([...notes.values()].filter(({ owner }) => owner === request.session.user).map(({ id }) => id));
});

// An old route behind a scope of the new kind.
app.get('/report', fusio.requireScope('report'), (_request, response) => {
  response.json({ notes: notes.size });
});

app.get('/broken', () => {
  throw new Error('this old route is broken');
});

app.use((_error, _request, response, _next) => {
  response.status(500).json({ error: 'the old error handler' });
});

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
