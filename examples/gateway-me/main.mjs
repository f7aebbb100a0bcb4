// GET /me asks another service, through a connection, and lets out what its response schema declares.
import { createServer } from 'node:http';
import { createFusio, Type } from 'fusio';
import { http } from 'fusio/connections/http';

// The other service. In real life it runs elsewhere; here it is started on loopback, so that the example runs by itself.
const people = { 7: { id: 7, name: 'Ada', email: 'ada@example.com', password_hash: 'x', salary: 1 }, 8: { id: 8 } };
const remote = createServer((request, response) => {
  const person = people[request.url.replace('/v1/people/', '')];
  const isKnown = request.headers['x-api-key'] === 'gateway';
  response.writeHead(isKnown ? (person ? 200 : 404) : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify(person ?? { error: 'internal details of the other service' }));
});
await new Promise((resolve) => remote.listen(0, '127.0.0.1', resolve));

const Me = Type.Object({ id: Type.Integer(), name: Type.String(), email: Type.String() });
const keys = new Map([
  ['ada', { user: { id: '7', name: 'Ada' }, scopes: ['me'] }],
  ['bob', { user: { id: '8', name: 'Bob' }, scopes: ['me'] }],
  ['eve', { user: { id: '9', name: 'Eve' }, scopes: ['me'] }],
]);

const fusio = createFusio({
  connections: {
    people: http({
      baseURL: `http://127.0.0.1:${remote.address().port}/v1`,
      headers: { 'x-api-key': 'gateway' },
      timeout: 3_000,
    }),
  },
  authenticate({ headers }) {
    const key = /^Bearer (\w+)$/.exec(headers.authorization ?? '')?.[1];
    if (key === undefined) return null;
    return keys.get(key) ?? 'challenge';
  },
});

fusio.operation({
  name: 'me',
  method: 'GET',
  path: '/me',
  scopes: ['me'],
  response: Me,
  async action(_request, { connections, user, signal }) {
    const { data } = await connections.people.get(`/people/${user.id}`, { signal });
    return data;
  },
});

await fusio.start();

const server = fusio.createServer().listen(process.env.PORT ?? 3000, () => {
  console.log(`Listening on http://localhost:${server.address().port}`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    server.close();
    await fusio.stop();
    remote.close();
  });
}
