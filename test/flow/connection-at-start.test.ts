import { mysql } from '../../src/connections/mysql.js';
import { createFusio, defineConnection, FusioError } from '../../src/index.js';
import { mariadb } from '../support/database.js';
import { closeAll, closeLater } from '../support/fusio.js';

afterEach(closeAll);

let uri: string | undefined;
beforeAll(async () => {
  uri = (await mariadb())?.uri;
}, 60_000);

/** The server's address with some parts of it wrong. */
function changed(parts: Partial<URL>): string {
  return Object.assign(new URL(uri!), parts).href;
}

/** A fusio with one connection and an operation that uses it, one that does not, and what log and signals tell. */
function watched(db: ReturnType<typeof mysql>) {
  const lines: string[] = [];
  const signals: string[] = [];
  const fusio = createFusio({
    connections: { db },
    logger: { debug() {}, info() {}, warn: (...entry: unknown[]) => lines.push(String(entry[1])), error() {} },
  });
  closeLater(() => fusio.stop());
  fusio.on('connection:opened', ({ connection }) => signals.push(`opened ${connection}`));
  fusio.on('connection:failed', ({ connection, error }) => signals.push(`failed ${connection}: ${error.message}`));
  fusio.operation({
    name: 'one',
    method: 'GET',
    path: '/one',
    public: true,
    action: async (_request, { connections }) => (await connections.db.query('SELECT 1 AS one'))[0],
  });
  fusio.operation({ name: 'alive', method: 'GET', path: '/alive', public: true, action: () => 'alive' });
  return { fusio, lines, signals };
}

const wrong: [what: string, uri: () => string, cause: RegExp][] = [
  ['port', () => changed({ port: '1' }), /ECONNREFUSED/],
  ['host', () => changed({ hostname: 'nowhere.invalid' }), /ENOTFOUND|EAI_AGAIN/],
  ['database', () => changed({ pathname: '/nowhere' }), /Unknown database 'nowhere'/],
  ['password', () => changed({ username: 'nobody', password: 'hunter22' }), /Access denied for user 'nobody'/],
];

it.each(wrong)('finds a wrong %s at the start', async (_, uriOf, cause) => {
  if (!uri) return;
  const { fusio, lines, signals } = watched(mysql(uriOf()));

  await fusio.start();

  expect(signals).toEqual([expect.stringMatching(/^failed db: /)]);
  expect(signals[0]).toMatch(cause);
  expect(lines).toEqual([expect.stringMatching(/^connection "db" does not answer: /)]);
  expect(lines[0]).toMatch(cause);
  expect(lines[0]).not.toContain('hunter22');
  const answer = await fusio.inject({ path: '/one' });
  expect([answer.status, answer.json<{ code: string }>().code]).toEqual([503, 'CONNECTION_UNAVAILABLE']);
  expect(answer.body.toString()).not.toMatch(cause);
  expect((await fusio.inject({ path: '/alive' })).status).toBe(200);
});

it.each(wrong)('refuses to start with a wrong %s where it is strict', async (_, uriOf, cause) => {
  if (!uri) return;
  const { fusio } = watched(mysql(uriOf()));

  const error: unknown = await fusio.start({ strict: true }).catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({
    code: 'CONNECTION_UNAVAILABLE',
    message: expect.stringMatching(/^connection "db": /),
  });
  expect((error as Error).message).toMatch(cause);
});

it.each(wrong)('is 503 when a query finds a wrong %s, for a pool that nobody pinged', async (_, uriOf) => {
  if (!uri) return;
  const connection = mysql(uriOf());
  const { fusio } = watched({ open: connection.open, close: connection.close! });

  await fusio.start();

  const answer = await fusio.inject({ path: '/one' });
  expect([answer.status, answer.json<{ code: string }>().code]).toEqual([503, 'CONNECTION_UNAVAILABLE']);
});

it('opens one that works, and starts strictly', async () => {
  if (!uri) return;
  const { fusio, lines, signals } = watched(mysql(uri));

  await fusio.start({ strict: true });

  expect(signals).toEqual(['opened db']);
  expect(lines).toEqual([]);
  expect((await fusio.inject({ path: '/one' })).json()).toEqual([{ one: 1 }]);
});

it('heals when the server does, without another start', async () => {
  const now = jest.spyOn(performance, 'now');
  try {
    let isUp = false;
    let pings = 0;
    let pinged: () => void = () => {};
    const fusio = createFusio({
      logger: false,
      connections: {
        db: defineConnection({
          open: () => 'client',
          ping() {
            pings++;
            setImmediate(() => pinged());
            if (!isUp) throw new Error('down');
          },
        }),
      },
    });
    fusio.operation({
      name: 'it',
      method: 'GET',
      path: '/it',
      public: true,
      action: (_, { connections }) => connections.db,
    });
    const ask = async () => (await fusio.inject({ path: '/it' })).status;
    now.mockReturnValue(1_000);
    await fusio.start();

    expect([await ask(), await ask(), await ask()]).toEqual([503, 503, 503]);
    expect(pings).toBe(1);
    isUp = true;
    now.mockReturnValue(2_000);
    const isPinged = new Promise<void>((resolve) => {
      pinged = resolve;
    });
    expect(await ask()).toBe(503);
    await isPinged;

    expect(await ask()).toBe(200);
    expect(pings).toBe(2);
  } finally {
    now.mockRestore();
  }
});

describe('strict', () => {
  const broken = (error: unknown) => defineConnection({ open: () => 1, ping: () => Promise.reject(error) });

  it('names every connection that does not work, for ready() too, and starts when they do', async () => {
    let isUp = false;
    const later = defineConnection({
      open: () => 1,
      ping() {
        if (!isUp) throw new Error('mysql://root:hunter22@db refused');
      },
    });
    const fusio = createFusio({ logger: false, connections: { one: later, two: later, fine: { open: () => 1 } } });

    for (const begin of [fusio.start, fusio.ready]) {
      await expect(begin({ strict: true })).rejects.toMatchObject({
        code: 'CONNECTION_UNAVAILABLE',
        message: 'connection "one": mysql://[redacted]@db refused; connection "two": mysql://[redacted]@db refused',
        cause: { errors: [expect.any(Error), expect.any(Error)] },
      });
    }
    await fusio.ready();
    isUp = true;

    await fusio.start({ strict: true });
  });

  it('says the code where an error has no message', async () => {
    const error = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    const fusio = createFusio({ logger: false, connections: { db: broken(error) } });

    await expect(fusio.start({ strict: true })).rejects.toThrow('connection "db": ECONNREFUSED');
  });

  it('treats undefined as not given', async () => {
    const fusio = createFusio({ logger: false, connections: { db: broken(new Error('down')) } });

    await fusio.start({ strict: undefined as never, roles: undefined as never });
  });
});

it.each([false, true])('never starts without a package or with wrong options, strict: %s', async (strict) => {
  const missing = new FusioError('PACKAGE_MISSING', 'mysql() needs the package "mysql2": npm install mysql2');
  const fusio = createFusio({
    logger: false,
    connections: {
      db: defineConnection({
        open() {
          throw missing;
        },
      }),
    },
  });
  fusio.operation({ name: 'alive', method: 'GET', path: '/alive', public: true, action: () => 'alive' });

  for (const begin of [fusio.start, fusio.ready]) {
    await expect(begin({ strict })).rejects.toMatchObject({
      code: 'PACKAGE_MISSING',
      message: 'connection "db": mysql() needs the package "mysql2": npm install mysql2',
      cause: missing,
    });
  }
  expect((await fusio.inject({ path: '/alive' })).status).toBe(200);
});
