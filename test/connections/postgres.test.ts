import { Pool } from 'pg';
import { createConnections } from '../../src/connection/connections.js';
import { connectionFailure, upstreamTimeout } from '../../src/connection/failure.js';
import { postgres } from '../../src/connections/postgres.js';
import { postgresql } from '../support/database.js';

let uri: string | undefined;
beforeAll(async () => {
  uri = (await postgresql())?.uri;
}, 60_000);

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('postgres()', () => {
  it('runs queries, with the values of pg', async () => {
    if (!uri) return;
    const connection = postgres({ uri, max: 2 });
    const pool = await connection.open();

    await pool.query('CREATE TABLE todo (id BIGSERIAL PRIMARY KEY, title TEXT, price NUMERIC, due DATE)');
    const inserted = await pool.query<{ id: string }>(
      "INSERT INTO todo (title, price, due) VALUES ($1, 1.10, '2026-01-31') RETURNING id",
      ['Read a poem'],
    );
    const { rows } = await pool.query('SELECT * FROM todo');
    await connection.ping?.(pool);
    await connection.close?.(pool);

    expect(inserted.rows).toEqual([{ id: '1' }]);
    expect(rows).toEqual([{ id: '1', title: 'Read a poem', price: '1.10', due: new Date(2026, 0, 31) }]);
    expect(connectionFailure(await errorOf(pool.query('SELECT 1')))).toBe(true);
  });

  it('takes a URI alone, and does not write into the options it is given', async () => {
    if (!uri) return;
    for (const given of [uri, Object.freeze({ uri }), { connectionString: uri, connectionTimeoutMillis: undefined }]) {
      const connection = postgres(given as { uri: string });
      const pool = await connection.open();
      const { rows } = await pool.query<{ name: string }>('SELECT current_database() AS name');
      expect(pool.options.connectionTimeoutMillis).toBe(10_000);
      await connection.close?.(pool);

      expect(`/${rows[0]!.name}`).toBe(new URL(uri).pathname);
    }
  });

  it('uses a pool that the app has, and never closes it', async () => {
    if (!uri) return;
    const pool = new Pool({ connectionString: uri });
    const connections = createConnections({ onOpened() {}, onFailed() {} });
    const handle = connections.add('db', postgres(pool));
    expect(connections.get(handle)).toBe(pool);
    expect(await connections.ping()).toMatchObject({ db: { status: 'ok' } });

    await connections.close();

    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });

  it('survives connections that the server ends, idle or taken out, and works again', async () => {
    if (!uri) return;
    const connection = postgres({ uri, max: 3 });
    const pool = await connection.open();
    const other = new Pool({ connectionString: uri, max: 1 });
    const ends: Promise<unknown>[] = [];
    pool.on('connect', (client) => void ends.push(new Promise((resolve) => client.once('end', resolve))));
    const taken = await pool.connect();
    await pool.query('SELECT 1');

    await other.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
    );
    await Promise.all(ends);
    const error = await errorOf(taken.query('SELECT 1'));
    taken.release(true);

    expect(ends).toHaveLength(2);
    expect(connectionFailure(error)).toBe(true);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await connection.close?.(pool);
    await other.end();
  });

  it('tells a statement that takes too long from a server that is gone', async () => {
    if (!uri) return;
    for (const limit of [{ statement_timeout: 20 }, { query_timeout: 20 }]) {
      const connection = postgres({ uri, ...limit });
      const pool = await connection.open();

      const error = await errorOf(pool.query('SELECT pg_sleep(1)'));

      expect(upstreamTimeout(error)).toBe(true);
      await connection.close?.(pool);
    }
  });

  it.each([
    ['port', { port: '1' }, 'ECONNREFUSED'],
    ['host', { hostname: 'nowhere.invalid' }, 'ENOTFOUND'],
    ['database', { pathname: '/nowhere' }, '3D000'],
    ['user', { username: 'nobody' }, '28000'],
  ])('does not answer with a wrong %s', async (_, parts, code) => {
    if (!uri) return;
    const failed: [string, string, unknown][] = [];
    const connections = createConnections({
      onOpened() {},
      onFailed: (name, error, failing) => failed.push([name, failing, (error as { code?: string }).code]),
    });
    connections.add('db', postgres(Object.assign(new URL(uri), parts).href));

    await connections.ready();

    expect(failed).toEqual([['db', 'answer', code]]);
    expect(connectionFailure(connections.failures()[0]!.error)).toBe(true);
    await connections.close();
  });

  it('says nothing of the password when the URI is wrong', () => {
    for (const wrong of ['postgres://root:se#cr et@', 'mysql://root:secret@db/x', 'root:secret']) {
      for (const given of [wrong, { uri: wrong }, { connectionString: wrong }]) {
        expect(() => postgres(given)).toThrow(
          expect.objectContaining({ code: 'OPTIONS_INVALID', message: expect.not.stringMatching(/secret|cr et/) }),
        );
      }
    }
  });

  it.each(['postgres:///test?host=/run/postgresql', 'postgresql://root:a%40b@db:5432/test', '/run/postgresql test'])(
    'takes %s, as pg does',
    (given) => {
      expect(() => postgres(given)).not.toThrow();
    },
  );

  it.each([
    [undefined, 'postgres() needs options, a URI or a pool, got undefined'],
    [null, 'postgres() needs options, a URI or a pool, got null'],
    ['', 'postgres() needs postgres://user:password@host:5432/database, got an empty text'],
    [{ uri: undefined }, 'postgres({ uri }) needs postgres://user:password@host:5432/database, got undefined'],
  ])('refuses %j, which would be the server on localhost', (options, message) => {
    expect(() => postgres(options as never)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', message }));
  });
});
