import { sql } from 'kysely';
import { createPool } from 'mysql2/promise';
import { Pool } from 'pg';
import { openSqliteFile } from '../../src/base/sqlite/open-file.js';
import { places, randomPrefix, sqliteFile, storeOf } from '../support/store.js';

describe.each(places)('a store in $name', ({ place, isShared }) => {
  it('has no tables until something uses it, and all of them then', async () => {
    const url = await place();
    if (url === undefined) return;
    const store = storeOf({ store: url });

    expect(store.reach()).toBeUndefined();
    if (isShared) {
      expect((await store.migrate({ dryRun: true })).map(({ name }) => name)).toEqual(['history', 'idempotency']);
    }
    const database = await store.use();

    await expect(store.reach()).resolves.toBeUndefined();
    const versions = await database.run(({ kysely }) =>
      kysely.selectFrom('migration').select(['version', 'name']).orderBy('version').execute(),
    );
    expect(versions.map(({ version, name }) => `${version} ${name}`)).toEqual(['1 history', '2 idempotency']);
  });

  it('takes the work of a transaction back that fails', async () => {
    const url = await place();
    if (url === undefined) return;
    const database = await storeOf({ store: url }).use();

    const failed = database.transaction(async ({ kysely }) => {
      await kysely.insertInto('migration').values({ version: 1_000, name: 'half' }).execute();
      throw new Error('the work breaks');
    });

    await expect(failed).rejects.toThrow('the work breaks');
    const rows = await database.run(({ kysely }) =>
      kysely.selectFrom('migration').select('version').where('version', '=', 1_000).execute(),
    );
    expect(rows).toEqual([]);
  });

  it('does colliding transactions one after the other', async () => {
    const url = await place();
    if (url === undefined) return;
    const database = await storeOf({ store: url }).use();
    await database.run(({ kysely }) =>
      kysely
        .insertInto('migration')
        .values([
          { version: 1_000, name: '0' },
          { version: 1_001, name: '0' },
        ])
        .execute(),
    );

    // Half of them take the rows in the opposite order, which is a deadlock where rows are locked. PostgreSQL looks for one after a second.
    const work = Array.from({ length: 4 }, (_, index) =>
      database.transaction(async ({ kysely }) => {
        const order = index % 2 === 0 ? [1_000, 1_001] : [1_001, 1_000];
        for (const version of order) {
          const row = await kysely
            .selectFrom('migration')
            .select('name')
            .where('version', '=', version)
            .$if(isShared && !url.endsWith('.sqlite'), (query) => query.forUpdate())
            .executeTakeFirstOrThrow();
          await kysely
            .updateTable('migration')
            .set({ name: String(Number(row.name) + 1) })
            .where('version', '=', version)
            .execute();
        }
      }),
    );
    await Promise.all(work);

    const rows = await database.run(({ kysely }) =>
      kysely.selectFrom('migration').select('name').where('version', '>=', 1_000).execute(),
    );
    expect(rows).toEqual([{ name: '4' }, { name: '4' }]);
  });

  it('refuses tables that a newer fusio has migrated', async () => {
    const url = await place();
    if (url === undefined || !isShared) return;
    const database = await storeOf({ store: url }).use();
    await database.run(({ kysely }) => kysely.insertInto('migration').values({ version: 99, name: 'later' }).execute());

    await expect(storeOf({ store: url }).use()).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      message: 'store: a newer fusio has migrated these tables to version 99, this one knows 2: install the newer one',
    });
  });

  it('leaves the tables alone where migrate is false, and says what to run', async () => {
    const url = await place();
    if (url === undefined || !isShared) return;

    await expect(storeOf({ store: url, migrate: false }).use()).rejects.toMatchObject({
      code: 'STORE_REFUSED',
      message: 'store: its tables lack 2 migrations and "migrate" is false: run npx fusio migrate',
    });
    const store = storeOf({ store: url, migrate: false });
    expect((await store.migrate({ dryRun: false })).map(({ version }) => version)).toEqual([1, 2]);
    expect(await store.migrate({ dryRun: false })).toEqual([]);
    await expect(store.use()).resolves.toBeDefined();
  });

  it('has tables with the prefix of the option', async () => {
    const url = await place();
    if (url === undefined) return;
    const tablePrefix = randomPrefix();

    const database = await storeOf({ store: url, tablePrefix }).use();

    const { rows } = await database.run(({ kysely }) =>
      sql<{ n: unknown }>`select count(*) as n from ${sql.id(`${tablePrefix}migration`)}`.execute(kysely),
    );
    expect(Number(rows[0]?.n)).toBe(2);
  });
});

describe('a store in a connection of the app', () => {
  it('puts its tables beside those of a pool of mysql2, and does not close the pool', async () => {
    const uri = await places[2]!.place();
    if (uri === undefined) return;
    const pool = createPool({ uri });
    const store = storeOf({ store: { connection: 'db' }, clientOf: async () => pool });

    await store.use();
    await store.close();

    const [rows] = await pool.query('SELECT COUNT(*) AS n FROM fusio_migration');
    expect(rows).toEqual([{ n: 2 }]);
    await pool.end();
  });

  it('puts its tables beside those of a pool of pg, and does not close the pool', async () => {
    const uri = await places[3]!.place();
    if (uri === undefined) return;
    const pool = new Pool({ connectionString: uri });
    const store = storeOf({ store: { connection: 'db' }, clientOf: async () => pool });

    await store.use();
    await store.close();

    const { rows } = await pool.query('SELECT COUNT(*) AS n FROM fusio_migration');
    expect(rows).toEqual([{ n: '2' }]);
    await pool.end();
  });

  it('opens the file of an SQLite database a second time, so that their transactions do not mix', async () => {
    const file = sqliteFile();
    const app = openSqliteFile(file, { readOnly: false, by: 'test' });
    app.exec('PRAGMA journal_mode = WAL');
    app.exec('CREATE TABLE todo (title TEXT)');
    const database = await storeOf({ store: { connection: 'db' }, clientOf: async () => app }).use();

    const failed = database.transaction(async ({ kysely }) => {
      await sql`select 1`.execute(kysely);
      // What the app does meanwhile is not part of it; SQLite has one writer, so it only reads here.
      expect(app.prepare('SELECT COUNT(*) AS n FROM todo').get()).toEqual({ n: 0 });
      throw new Error('taken back');
    });
    await expect(failed).rejects.toThrow('taken back');
    app.exec("INSERT INTO todo VALUES ('kept')");

    expect(app.prepare('SELECT title FROM todo').get()).toEqual({ title: 'kept' });
    app.close();
  });

  it('refuses an SQLite database in memory, and what is no database', async () => {
    const app = openSqliteFile(':memory:', { readOnly: false, by: 'test' });

    await expect(storeOf({ store: { connection: 'db' }, clientOf: async () => app }).use()).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining('connection "db" is a database in memory'),
    });
    await expect(storeOf({ store: { connection: 'db' }, clientOf: async () => ({}) }).use()).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining('connection "db" must be a pool of mysql2 or pg'),
    });
    app.close();
  });
});

it('refuses a server that cannot be reached within 5 s, and tells why', async () => {
  const failures: unknown[] = [];
  const store = storeOf({
    store: 'postgres://nobody@127.0.0.1:9/none',
    onFailed: (error) => void failures.push(error),
  });

  await expect(store.use()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', status: 503 });
  expect(failures).toEqual([store.failure]);
  expect(store.failure?.message).toBe('store: it cannot be opened: connect ECONNREFUSED 127.0.0.1:9');
  expect(store.failure?.cause).toMatchObject({ code: 'ECONNREFUSED' });
});
