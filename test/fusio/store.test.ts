import { createServer } from 'node:net';
import { createFusio } from '../../src/index.js';
import { sqliteFile } from '../support/store.js';

describe('the option store', () => {
  it.each([
    [
      { store: '' },
      "createFusio: store must be 'fusio.sqlite', 'mysql://…', 'postgres://…' or { connection: 'db' }, got an empty text",
    ],
    [{ store: 'redis://localhost' }, 'got a URL of "redis:"'],
    [{ store: 'mysql://root:p/ss@localhost/x' }, 'store: the URL of "mysql:" cannot be read'],
    [
      { store: 'postgres://localhost' },
      'store: the URL of "postgres:" must name a database, as in postgres://host/fusio',
    ],
    [{ store: 7 }, 'store must be'],
    [{ store: { conection: 'db' } }, 'store: unknown option "conection" (did you mean "connection"?)'],
    [{ tablePrefix: 'Drop table;' }, 'tablePrefix must be a lower-case letter'],
    [{ migrate: 'no' }, 'migrate must be'],
  ])('refuses %j', (options, message) => {
    // @ts-expect-error: JavaScript callers have no types.
    expect(() => createFusio(options)).toThrow(message);
  });

  it('opens nothing while nothing uses it', async () => {
    const fusio = createFusio({ store: 'postgres://nobody@127.0.0.1:9/none', logger: false });

    await fusio.start({ strict: true });

    expect(await fusio.health()).toEqual({ status: 'ok', checks: {} });
    await fusio.stop();
  });

  it('is migrated by migrate(), which tells what it did', async () => {
    const fusio = createFusio({ store: sqliteFile(), logger: false });

    const planned = await fusio.migrate({ dryRun: true });
    expect(planned.map(({ version, name }) => `${version} ${name}`)).toEqual(['1 history', '2 idempotency']);
    expect(planned[0]?.statements[0]).toContain('create table if not exists "fusio_migration"');
    expect(await fusio.migrate()).toEqual(planned);
    expect(await fusio.migrate()).toEqual([]);
    await fusio.stop();
  });

  it('has nothing to migrate in memory', async () => {
    await expect(createFusio().migrate()).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: 'migrate: set the option "store"; tables in memory end with the process',
    });
  });

  it('names a connection that there is not', async () => {
    const fusio = createFusio({
      store: { connection: 'bd' },
      connections: { db: { open: () => ({}) } },
      logger: false,
    });

    await expect(fusio.migrate()).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: 'store: there is no connection "bd" (did you mean "db"?)',
    });
    await fusio.stop();
  });

  it('says within 5 s that a server which takes connections and is silent cannot be used', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const fusio = createFusio({ store: `mysql://root@127.0.0.1:${port}/x`, logger: false });

    await expect(fusio.migrate()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', status: 503 });

    await fusio.stop();
    silent.close();
  });
});
