import { createPool as createCallbackPool } from 'mysql2';
import { createPool, type Pool, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import { createConnections } from '../../src/connection/connections.js';
import { connectionFailure } from '../../src/connection/failure.js';
import { mysql } from '../../src/connections/mysql.js';
import { mariadb, type PrivateServer, privateMariadb } from '../support/database.js';

let uri: string | undefined;
beforeAll(async () => {
  uri = (await mariadb())?.uri;
}, 60_000);

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('mysql()', () => {
  it('runs queries, one statement at a time', async () => {
    if (!uri) return;
    const connection = mysql({ uri, connectionLimit: 2 });
    const pool = await connection.open();

    await pool.query('CREATE TABLE todo (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(100))');
    const [inserted] = await pool.execute<ResultSetHeader>('INSERT INTO todo (title) VALUES (?)', ['Read a poem']);
    const [rows] = await pool.query<RowDataPacket[]>('SELECT id, title FROM todo');
    const two = await errorOf(pool.query('SELECT 1; SELECT 2'));
    await connection.ping?.(pool);
    await connection.close?.(pool);

    expect(inserted.insertId).toBe(1);
    expect(rows).toEqual([{ id: 1, title: 'Read a poem' }]);
    expect(two).toMatchObject({ code: 'ER_PARSE_ERROR' });
    expect(connectionFailure(await errorOf(pool.query('SELECT 1')))).toBe(true);
  });

  it('takes a URI alone, and does not write into the options it is given', async () => {
    if (!uri) return;
    const options = Object.freeze({ uri });
    for (const given of [uri, options]) {
      const connection = mysql(given);
      const pool = await connection.open();
      const [rows] = await pool.query<RowDataPacket[]>('SELECT DATABASE() AS name');
      await connection.close?.(pool);

      expect(`/${rows[0]!.name}`).toBe(new URL(uri).pathname);
    }
  });

  it('uses a pool that the app has, and never closes it', async () => {
    if (!uri) return;
    const pool = createPool(uri);
    const callbackPool = createCallbackPool(uri);
    for (const given of [pool, callbackPool]) {
      const connections = createConnections({ onOpened() {}, onFailed() {} });
      const handle = connections.add('db', mysql(given));
      const client = connections.get(handle) as Pool;
      if (given === pool) expect(client).toBe(pool);
      await client.query('SELECT 1');
      expect(await connections.ping()).toMatchObject({ db: { status: 'ok' } });

      await connections.close();
      const [rows] = await client.query('SELECT 1 AS one');

      expect(rows).toEqual([{ one: 1 }]);
    }
    await pool.end();
    await callbackPool.promise().end();
  });

  it('says nothing of the password when the URI is wrong', () => {
    for (const wrong of ['mysql://root:se#cr et@', 'postgres://root:secret@db/x', 'root:secret']) {
      expect(() => mysql(wrong)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
      expect(() => mysql({ uri: wrong })).toThrow(
        expect.not.objectContaining({ message: expect.stringMatching(/secret/) }),
      );
    }
  });

  it.each([
    [undefined, 'mysql() needs options, a URI or a pool, got undefined'],
    [null, 'mysql() needs options, a URI or a pool, got null'],
    ['', 'mysql() needs mysql://user:password@host:3306/database, got an empty text'],
    [{ uri: undefined }, 'mysql({ uri }) needs mysql://user:password@host:3306/database, got undefined'],
  ])('refuses %j, which would be the server on localhost', (options, message) => {
    expect(() => mysql(options as never)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', message }));
  });
});

describe('a server that dies', () => {
  let server: PrivateServer | undefined;
  beforeAll(async () => {
    server = await privateMariadb();
  }, 60_000);

  it('is a connection failure, and works again when it is back', async () => {
    if (!server) return;
    const failed: string[] = [];
    const connections = createConnections({ onOpened() {}, onFailed: (name) => failed.push(name) });
    const handle = connections.add('db', mysql({ uri: server.uri, connectionLimit: 3 }));
    await connections.ready();
    const pool = connections.get(handle) as Pool;
    await Promise.all([pool.query('SELECT SLEEP(0.05)'), pool.query('SELECT SLEEP(0.05)')]);
    expect(await connections.ping()).toMatchObject({ db: { status: 'ok' } });

    const underWay = errorOf(pool.query('SELECT SLEEP(60)'));
    await pool.query('SELECT 1');
    await server.kill();
    const whileDown = await errorOf(pool.query('SELECT 1'));
    expect(connectionFailure(await underWay)).toBe(true);
    expect(connectionFailure(whileDown)).toBe(true);
    expect(await connections.ping()).toEqual({ db: { status: 'down', error: 'ECONNREFUSED' } });
    await server.start();

    const [rows] = await pool.query('SELECT 1 AS one');
    expect(rows).toEqual([{ one: 1 }]);
    expect(connections.get(handle)).toBe(pool);
    expect(await connections.ping()).toMatchObject({ db: { status: 'ok' } });
    expect(failed).toEqual([]);
    await connections.close();
  }, 60_000);
});
