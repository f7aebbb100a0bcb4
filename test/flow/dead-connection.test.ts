import { createServer } from 'node:http';
import { mysql } from '../../src/connections/mysql.js';
import { createFusio } from '../../src/index.js';
import { privateMariadb } from '../support/database.js';
import { closeAll, closeLater, listen } from '../support/fusio.js';

afterEach(closeAll);

let server: Awaited<ReturnType<typeof privateMariadb>>;
beforeAll(async () => {
  server = await privateMariadb();
}, 60_000);

it('answers 503 while the database is dead, tells health(), and recovers when it is back', async () => {
  if (!server) return;
  const fusio = createFusio({ logger: false, connections: { db: mysql({ uri: server.uri, connectTimeout: 2_000 }) } });
  closeLater(() => fusio.stop());
  fusio.operation({
    name: 'one',
    method: 'GET',
    path: '/one',
    public: true,
    action: async (_request, { connections }) => (await connections.db.query('SELECT 1 AS one'))[0],
  });
  const url = await listen(createServer(fusio.handler));
  const ask = async () => {
    const answer = await fetch(`${url}/one`);
    return [answer.status, ((await answer.json()) as any).code];
  };

  expect(await ask()).toEqual([200, undefined]);
  await server.kill();
  expect(await ask()).toEqual([503, 'CONNECTION_UNAVAILABLE']);
  expect((await fusio.health()).status).toBe('down');
  await server.start();

  expect(await ask()).toEqual([200, undefined]);
}, 60_000);
