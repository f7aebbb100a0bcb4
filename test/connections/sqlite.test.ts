import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnections } from '../../src/connection/connections.js';
import { type SqliteDatabase, type SqliteOptions, sqlite } from '../../src/connections/sqlite.js';

const folder = mkdtempSync(join(tmpdir(), 'fusio-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = () => join(folder, `${++files}.sqlite`);

const builtIn = process.getBuiltinModule;
const hasBuiltIn = builtIn('node:sqlite') !== undefined;

// On Node 20 libsql only; from 22.13 on both.
describe.each(hasBuiltIn ? ['node:sqlite', 'libsql'] : ['libsql'])('sqlite() with %s', (driver) => {
  beforeAll(() => {
    if (driver === 'libsql') process.getBuiltinModule = (() => undefined) as typeof builtIn;
  });
  afterAll(() => {
    process.getBuiltinModule = builtIn;
  });

  const opened: SqliteDatabase[] = [];
  afterEach(() => {
    for (const database of opened.splice(0)) database.close();
  });
  function open(options: string | SqliteOptions = ':memory:'): SqliteDatabase {
    const database = sqlite(options).open() as SqliteDatabase;
    opened.push(database);
    return database;
  }
  const first = (row: unknown) => Object.values(row as object)[0];

  it('keeps rows in a file', () => {
    const file = newFile();
    const connection = sqlite(file);
    const database = connection.open() as SqliteDatabase;
    database.exec('CREATE TABLE todo (id INTEGER PRIMARY KEY, title TEXT, done INTEGER); CREATE TABLE other (a)');

    const insert = database.prepare('INSERT INTO todo (title, done) VALUES (?, ?)');
    const ran = insert.run('Read a poem', 0);
    insert.run('Write one', 1);
    void connection.close?.(database);
    const again = open({ file });

    expect(ran).toEqual({ changes: 1, lastInsertRowid: 1 });
    expect({ ...(again.prepare('SELECT * FROM todo WHERE id = ?').get(1) as object) }).toEqual({
      id: 1,
      title: 'Read a poem',
      done: 0,
    });
    expect(again.prepare('SELECT title FROM todo ORDER BY id').all().map(first)).toEqual(['Read a poem', 'Write one']);
    expect([...again.prepare('SELECT id FROM todo').iterate()].map(first)).toEqual([1, 2]);
    expect(again.prepare('SELECT * FROM todo WHERE id = 9').get()).toBeUndefined();
    expect(again.prepare('SELECT * FROM other').all()).toEqual([]);
  });

  it('sets WAL, FULL, foreign keys and a busy timeout', () => {
    const database = open(newFile());
    const pragma = (name: string) => first(database.prepare(`PRAGMA ${name}`).get());

    expect(['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout'].map(pragma)).toEqual(['wal', 2, 1, 5000]);
  });

  it('waits for the writer of another process', async () => {
    const file = newFile();
    const database = open(file);
    database.exec('CREATE TABLE t (a)');
    const script = join(folder, 'holder.cjs');
    writeFileSync(
      script,
      `const [, , file, libsql] = process.argv;
       const builtIn = process.getBuiltinModule('node:sqlite');
       const database = builtIn ? new builtIn.DatabaseSync(file) : new (require(libsql))(file);
       database.exec('BEGIN IMMEDIATE');
       process.send('locked');
       setTimeout(() => { database.exec('COMMIT'); process.disconnect(); }, 200);`,
    );
    const holder = fork(script, [file, require.resolve('libsql')], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const gone = once(holder, 'exit');
    await once(holder, 'message');

    database.prepare('INSERT INTO t VALUES (1)').run();
    const impatient = open({ file, timeoutMs: 0 });
    database.exec('BEGIN IMMEDIATE');
    expect(() => impatient.prepare('INSERT INTO t VALUES (2)').run()).toThrow('database is locked');
    database.exec('ROLLBACK');

    await gone;
  });

  it('opens a file for reading only', () => {
    const file = newFile();
    open(file).exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');

    const database = open({ file, readOnly: true });

    expect(first(database.prepare('SELECT a FROM t').get())).toBe(1);
    expect(() => database.exec('INSERT INTO t VALUES (2)')).toThrow(/readonly/);
    const missing = newFile();
    expect(() => open({ file: missing, readOnly: true })).toThrow('unable to open database file');
    expect(existsSync(missing)).toBe(false);
  });

  it('gives the values back that it was given', () => {
    const database = open();
    const echo = (value: never) => first(database.prepare('SELECT ? AS value').get(value));

    expect(echo(null as never)).toBeNull();
    expect(echo('text 😀' as never)).toBe('text 😀');
    expect(echo(1.5 as never)).toBe(1.5);
    expect(echo(5n as never)).toBe(5);
    expect(Buffer.from(echo(Buffer.from('bytes') as never) as Uint8Array).toString()).toBe('bytes');
    expect(Buffer.from(echo(new Uint8Array([1, 2, 3]).subarray(1) as never) as Uint8Array)).toEqual(
      Buffer.from([2, 3]),
    );
    expect(() => echo(undefined as never)).toThrow(expect.objectContaining({ name: 'TypeError' }));
  });

  it('takes values by name', () => {
    const database = open();
    const statement = database.prepare('SELECT :a AS a, $b AS b');

    expect({ ...(statement.get({ a: 1, b: 'x' }) as object) }).toEqual({ a: 1, b: 'x' });
    expect({ ...(statement.get({ ':a': 2, $b: 'y' }) as object) }).toEqual({ a: 2, b: 'y' });
    expect({ ...(statement.all({ a: 3, b: null })[0] as object) }).toEqual({ a: 3, b: null });
  });

  it('uses the values of this call, whatever the calls before were', () => {
    const database = open();
    const one = database.prepare('SELECT ? AS value');
    const values = [
      one.get(1),
      one.get(2),
      one.all(3)[0],
      one.get(4),
      one.all(5)[0],
      [...one.iterate(6)][0],
      one.get(7),
      one.get(8),
    ];
    const two = database.prepare('SELECT ? AS a, ? AS b');
    two.get(1, 2);
    const named = database.prepare('SELECT :a AS a, :b AS b');
    named.get({ a: 1, b: 2 });

    expect(values.map(first)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect({ ...(two.get(3) as object) }).toEqual({ a: 3, b: null });
    expect({ ...(named.get({ a: 3 }) as object) }).toEqual({ a: 3, b: null });
  });

  it('uses a statement again that failed, or was not read to its end', () => {
    const database = open();
    database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)');
    const insert = database.prepare('INSERT INTO t VALUES (?, ?)');
    const returning = database.prepare('INSERT INTO t VALUES (?, ?) RETURNING id');
    const select = database.prepare('SELECT id FROM t WHERE id >= ? ORDER BY id');

    for (const fails of [
      () => insert.run(1, 9),
      () => returning.all(1, 9),
      () => returning.get(1, 9),
      () => returning.run(1, 9),
    ]) {
      expect(fails).toThrow('UNIQUE constraint failed: t.id');
    }
    insert.run(4, 4);
    expect([returning.all(5, 5).map(first), first(returning.get(6, 6)), returning.run(7, 7).changes]).toEqual([
      [5],
      6,
      1,
    ]);
    for (const row of select.iterate(1)) if (first(row) === 2) break;
    expect(select.all(6).map(first)).toEqual([6, 7]);
    for (const row of select.iterate(2)) if (first(row) === 2) break;
    expect(first(select.get(3))).toBe(3);
    database.exec('BEGIN; DELETE FROM t WHERE id > 3; COMMIT');

    expect(
      database
        .prepare('SELECT id, a FROM t')
        .all()
        .map((row) => Object.values(row as object)),
    ).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });

  it('counts the changes of a statement that returns rows', () => {
    const database = open();
    database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a)');
    const insert = database.prepare('INSERT INTO t (a) VALUES (?), (?) RETURNING id');

    expect(insert.run('a', 'b')).toMatchObject({ changes: 2, lastInsertRowid: 2 });
    expect(insert.all('c', 'd').map(first)).toEqual([3, 4]);
    expect({ ...(insert.get('e', 'f') as object) }).toEqual({ id: 5 });
    expect(database.prepare('SELECT group_concat(a, ?) AS a FROM t').all('').map(first)).toEqual(['abcdef']);
  });

  it('never gives another integer than the one that is there', () => {
    const database = open();
    const select = database.prepare('SELECT 9007199254740993 AS big');

    expect(() => select.get()).toThrow('Value is too large to be represented as a JavaScript number');
    expect(() => select.all()).toThrow('Value is too large to be represented as a JavaScript number');
    expect(first(database.prepare('SELECT 9007199254740991 AS big').get())).toBe(9007199254740991);
  });

  it('keeps a column that is called _metadata', () => {
    expect(Object.keys(open().prepare('SELECT 1 AS a').get() as object)).toEqual(['a']);
  });

  it('says what is wrong with a statement when it is prepared', () => {
    expect(() => open().prepare('SELECT * FROM nope')).toThrow('no such table: nope');
  });

  it('pings, and closes what it opened', async () => {
    const connections = createConnections({ onOpened() {}, onFailed() {} });
    const handle = connections.add('db', sqlite(newFile()));
    const database = connections.get(handle) as SqliteDatabase;
    expect(await connections.ping()).toMatchObject({ db: { status: 'ok' } });

    await connections.close();

    expect(() => database.prepare('SELECT 1')).toThrow(/not open/);
  });

  it('uses a database that the app has, and never closes it', () => {
    const database = open();

    const connection = sqlite(database);

    expect(connection.open()).toBe(database);
    expect(connection.close).toBeUndefined();
  });

  it('fails when the file cannot be opened', () => {
    expect(() => open(join(folder, 'nowhere', 'x.sqlite'))).toThrow(/[Uu]nable to open/);
  });
});

describe('sqlite()', () => {
  it.each([
    ['', 'sqlite() needs a file: a path, or ":memory:"'],
    [undefined, 'sqlite() needs a file, got undefined'],
    ['https://example.com/db', 'sqlite() needs a path, not a URL'],
    ['file:x.sqlite?mode=ro', 'sqlite() needs a path, not a URL'],
    [{ file: 'x', readonly: true }, 'sqlite() has no option "readonly" (did you mean "readOnly"?)'],
    [{ file: 'x', readOnly: 1 }, 'sqlite(): readOnly must be true or false, got number'],
    [{ file: 'x', timeoutMs: -1 }, 'sqlite(): timeoutMs must be milliseconds from 0 on, got -1'],
  ])('refuses %j', (options, message) => {
    expect(() => sqlite(options as never)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID', message }));
  });
});
