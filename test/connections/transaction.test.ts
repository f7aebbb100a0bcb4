import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { createPool } from 'mysql2/promise';
import { transaction as inMysql, mysql } from '../../src/connections/mysql.js';
import { transaction as inPostgres, postgres } from '../../src/connections/postgres.js';
import { transaction as inSqlite, sqlite } from '../../src/connections/sqlite.js';
import { type AnyFusio, createFusio, type OperationHandle, respond, Type } from '../../src/index.js';
import { fakeClock } from '../../src/testing/index.js';
import { mariadb, postgresql } from '../support/database.js';
import { closeAll, closeLater, listen } from '../support/fusio.js';

let mysqlUri: string | undefined;
let postgresUri: string | undefined;
beforeAll(async () => {
  mysqlUri = (await mariadb())?.uri;
  postgresUri = (await postgresql())?.uri;
}, 60_000);
afterEach(closeAll);

/** A table in a transaction. */
interface Todos {
  reset(): Promise<void>;
  add(title: string): Promise<void>;
  titles(): Promise<string[]>;
  /** Makes the commit fail. */
  spoil(): Promise<void>;
}

type Work = (todos: Todos, signal: AbortSignal) => Promise<{ ok: boolean }>;

interface Bench {
  readonly fusio: AnyFusio;
  readonly clock: ReturnType<typeof fakeClock>;
  /** Registers an operation in a transaction, at `/name`. */
  work(name: string, work: Work): OperationHandle;
}

const shared = { logger: { debug() {}, info() {}, warn() {}, error() {} } };
const operation = (name: string) => ({
  name,
  method: 'POST' as const,
  path: `/${name}`,
  public: true,
  timeoutMs: 1_000,
  response: { 200: Type.Object({ ok: Type.Boolean() }), 409: Type.Object({ ok: Type.Boolean() }) },
});

/** One connection, so that one which is not given back keeps all that follows waiting. */
function onMysql(): Bench | undefined {
  if (!mysqlUri) return undefined;
  const uri = mysqlUri;
  const clock = fakeClock();
  const fusio = createFusio({ ...shared, clock, connections: { db: mysql({ uri, connectionLimit: 1 }) } });
  const api = fusio.around(inMysql('db'));
  return {
    fusio,
    clock,
    work: (name, work) =>
      api.operation({
        ...operation(name),
        action: (_request, { tx, signal }) =>
          work(
            {
              async reset() {
                await tx.query('DROP TABLE IF EXISTS todo');
                await tx.query('CREATE TABLE todo (title VARCHAR(20) NOT NULL) ENGINE=InnoDB');
              },
              add: async (title) => void (await tx.query('INSERT INTO todo (title) VALUES (?)', [title])),
              titles: async () => titlesOf((await tx.query('SELECT title FROM todo ORDER BY title'))[0]),
              async spoil() {
                const other = createPool({ uri });
                await other.query(`KILL ${tx.threadId}`);
                await other.end();
              },
            },
            signal,
          ),
      }),
  };
}

function onPostgres(): Bench | undefined {
  if (!postgresUri) return undefined;
  const clock = fakeClock();
  const fusio = createFusio({ ...shared, clock, connections: { db: postgres({ uri: postgresUri, max: 1 }) } });
  const api = fusio.around(inPostgres('db'));
  return {
    fusio,
    clock,
    work: (name, work) =>
      api.operation({
        ...operation(name),
        action: (_request, { tx, signal }) =>
          work(
            {
              async reset() {
                await tx.query('DROP TABLE IF EXISTS todo');
                await tx.query('CREATE TABLE todo (title TEXT NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED)');
              },
              add: async (title) => void (await tx.query('INSERT INTO todo (title) VALUES ($1)', [title])),
              titles: async () => titlesOf((await tx.query('SELECT title FROM todo ORDER BY title')).rows),
              spoil: async () => void (await tx.query("INSERT INTO todo (title) VALUES ('twice'), ('twice')")),
            },
            signal,
          ),
      }),
  };
}

function onSqlite(): Bench {
  const clock = fakeClock();
  const fusio = createFusio({ ...shared, clock, connections: { db: sqlite(':memory:') } });
  const api = fusio.around(inSqlite('db'));
  return {
    fusio,
    clock,
    work: (name, work) =>
      api.operation({
        ...operation(name),
        action: (_request, { tx, signal }) =>
          work(
            {
              async reset() {
                tx.exec('CREATE TABLE todo (title TEXT NOT NULL)');
                tx.exec('CREATE TABLE parent (id INTEGER PRIMARY KEY)');
                tx.exec('CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)');
              },
              add: async (title) => void tx.prepare('INSERT INTO todo (title) VALUES (?)').run(title),
              titles: async () => titlesOf(tx.prepare('SELECT title FROM todo ORDER BY title').all()),
              spoil: async () => void tx.prepare('INSERT INTO child (id) VALUES (7)').run(),
            },
            signal,
          ),
      }),
  };
}

function ok(_done: unknown): { ok: boolean } {
  return { ok: true };
}

/** Cast: what the statement selects. */
function titlesOf(rows: unknown): string[] {
  return (rows as { title: string }[]).map(({ title }) => title);
}

describe.each<[string, () => Bench | undefined]>([
  ['MariaDB', onMysql],
  ['PostgreSQL', onPostgres],
  ['SQLite', onSqlite],
])('a transaction of %s', (_, open) => {
  let bench: Bench | undefined;
  let found: string[] = [];
  beforeEach(async () => {
    bench = open();
    if (!bench) return;
    const { fusio } = bench;
    closeLater(() => fusio.stop());
    bench.work('reset', async (todos) => {
      await todos.reset();
      return { ok: true };
    });
    bench.work('look', async (todos) => {
      found = await todos.titles();
      return { ok: true };
    });
    await fusio.ready();
    expect(await post(bench, 'reset')).toEqual([200, undefined]);
  });

  async function post({ fusio }: Bench, name: string): Promise<[status: number, code: string | undefined]> {
    const answer = await fusio.inject({ method: 'POST', path: `/${name}` });
    return [answer.status, answer.json<{ code?: string }>().code];
  }

  /** What is stored: read in another transaction, which gets the one connection when it is given back. */
  async function stored(used: Bench): Promise<string[]> {
    expect(await post(used, 'look')).toEqual([200, undefined]);
    return found;
  }

  it('commits what the caller is told of', async () => {
    if (!bench) return;
    bench.work('add', async (todos) => {
      await todos.add('a');
      return { ok: true };
    });

    expect(await post(bench, 'add')).toEqual([200, undefined]);
    expect(await stored(bench)).toEqual(['a']);
  });

  it.each<[string, (used: Bench) => unknown, [number, string | undefined]]>([
    ['the result does not fit', () => JSON.parse('{"ok":"no"}'), [500, 'RESULT_INVALID']],
    ['the action throws', () => Promise.reject(new Error('no')), [500, 'INTERNAL_ERROR']],
    ['the action answers with an error', () => respond(409, { ok: false }), [409, undefined]],
    ['the time is up', ({ clock }) => ok(clock.advance(1_000)), [504, 'ACTION_TIMEOUT']],
  ])('rolls back where %s', async (_what, end, expected) => {
    if (!bench) return;
    const used = bench;
    used.work('fails', async (todos) => {
      await todos.add('a');
      // Cast: some of the results are wrong on purpose.
      return (await end(used)) as { ok: boolean };
    });

    expect(await post(used, 'fails')).toEqual(expected);
    expect(await stored(used)).toEqual([]);
  });

  it('tells the caller of a commit that failed', async () => {
    if (!bench) return;
    bench.work('spoil', async (todos) => {
      await todos.add('a');
      await todos.spoil();
      return { ok: true };
    });

    const [status] = await post(bench, 'spoil');

    expect([500, 503]).toContain(status);
    expect(await stored(bench)).toEqual([]);
  });

  it('rolls back where the client is gone', async () => {
    if (!bench) return;
    const arrived = new EventEmitter();
    const client = new AbortController();
    bench.work('gone', async (todos, signal) => {
      await todos.add('a');
      const gone = once(signal, 'abort');
      arrived.emit('here');
      await gone;
      return { ok: true };
    });
    const url = await listen(createServer(bench.fusio.handler));
    const here = once(arrived, 'here');
    const request = fetch(`${url}/gone`, { method: 'POST', signal: client.signal });
    await here;

    client.abort();

    await expect(request).rejects.toThrow();
    expect(await stored(bench)).toEqual([]);
  });

  it('is one for each call', async () => {
    if (!bench) return;
    const used = bench;
    for (const title of ['a', 'b', 'c']) {
      used.work(`add_${title}`, async (todos) => {
        await todos.add(title);
        await new Promise((resolve) => setImmediate(resolve));
        if (title === 'b') throw new Error('no');
        return { ok: true };
      });
    }

    const statuses = await Promise.all(['a', 'b', 'c'].map(async (title) => (await post(used, `add_${title}`))[0]));

    expect(statuses).toEqual([200, 500, 200]);
    expect(await stored(used)).toEqual(['a', 'c']);
  });
});

it('of PostgreSQL is no success where a statement in it failed, and the action did not say so', async () => {
  const bench = onPostgres();
  if (!bench) return;
  closeLater(() => bench.fusio.stop());
  bench.work('quiet', async (todos) => {
    await todos.reset();
    // PostgreSQL takes no zero byte in a text.
    await todos.add('\0').catch(() => {});
    return { ok: true };
  });

  expect((await bench.fusio.inject({ method: 'POST', path: '/quiet' })).status).toBe(500);
});

it('of SQLite cannot begin inside another one, which it would wait for', async () => {
  const bench = onSqlite();
  closeLater(() => bench.fusio.stop());
  const inner = bench.work('inner', async () => ({ ok: true }));
  bench.work('outer', async () => {
    await bench.fusio.call(inner, {});
    return { ok: true };
  });

  expect((await bench.fusio.inject({ method: 'POST', path: '/outer' })).status).toBe(500);
  expect((await bench.fusio.inject({ method: 'POST', path: '/inner' })).status).toBe(200);
});

it('needs the name of a connection of its kind', () => {
  const fusio = createFusio({ connections: { db: sqlite(':memory:') } });

  fusio.around(inSqlite('db'));
  // @ts-expect-error There is no such connection.
  fusio.around(inSqlite('bd'));
  // @ts-expect-error It is of another kind.
  fusio.around(inPostgres('db'));
});

it.each([
  ['mysql', inMysql, 'a pool of mysql2'],
  ['postgres', inPostgres, 'a pool of pg'],
  ['sqlite', inSqlite, 'a database of SQLite'],
] as const)('of %s names the connection that is not there, or is of another kind', async (_, transaction, kind) => {
  const fusio = createFusio({ ...shared, connections: { db: { open: () => ({}) } } });
  closeLater(() => fusio.stop());
  const messageOf = async (name: string) => {
    const group = fusio.group({
      // @ts-expect-error: JavaScript callers have no types.
      around: transaction(name),
    });
    const handle = group.operation({ ...operation(name), action: () => ({ ok: true }) });
    return fusio.call(handle).then(undefined, (error: Error) => error.message);
  };

  expect(await messageOf('bd')).toBe(`transaction('bd'): there is no connection "bd" (did you mean "db"?)`);
  expect(await messageOf('db')).toContain(`transaction('db'): the connection "db" is not ${kind}`);
  // @ts-expect-error: passed on without being called.
  expect(() => transaction(() => {})).toThrow("transaction() needs the name of a connection, as in transaction('db')");
});

it.each([
  ['mysql', mysql],
  ['postgres', postgres],
])('%s() tells that the address is "uri", not "url"', (name, connect) => {
  const options: object = { url: 'postgres://localhost/x' };

  expect(() => connect(options)).toThrow(`${name}() has no option "url" (did you mean "uri"?)`);
});
