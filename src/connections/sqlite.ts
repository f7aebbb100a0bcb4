import { AsyncLocalStorage } from 'node:async_hooks';
import { resolve } from 'node:path';
import { FusioError } from '../base/errors.js';
import { withDefaults } from '../base/option.js';
import type { SqliteDatabase } from '../base/sqlite/database.js';
import { openSqliteFile } from '../base/sqlite/open-file.js';
import { didYouMean } from '../base/suggest.js';
import type { Around, Connection, Context, Outcome } from '../index.js';
import { checkName, clientOf, inTransaction } from './transaction.js';

export type { SqliteDatabase, SqliteNames, SqliteRun, SqliteStatement, SqliteValue } from '../base/sqlite/database.js';
export type { Connection } from '../index.js';

/** An SQLite file and how it is opened. */
export interface SqliteOptions {
  /** Path of the file, or `:memory:`. */
  file: string;
  /** True: the file must exist, and every write fails. Default: false. */
  readOnly?: boolean;
  /** Milliseconds for which a write waits for the write of another process. Default: 5000. */
  timeoutMs?: number;
}

/** Open database of the app, of `node:sqlite`, `libsql` or `better-sqlite3`. */
export interface OpenDatabase {
  /** Runs any number of statements. */
  exec(sql: string): unknown;
  /** Prepares one statement. */
  prepare(sql: string): unknown;
}

/**
 * Opens an SQLite file with `node:sqlite` (Node 22.13 or later), else with the package `libsql`.
 * An open database of the app is used unchanged and never closed.
 *
 * It sets WAL (readers and the writer do not wait for each other), foreign keys, a busy timeout of 5 s (both drivers
 * wait 0 ms by default: "database is locked" at the first collision), and `synchronous=FULL`. With NORMAL a commit is
 * some four times faster, and a power cut may take back a commit that a caller was told of: to choose that, pass a database that you
 * opened yourself, or execute `PRAGMA synchronous = NORMAL` on it.
 *
 * ```ts
 * const fusio = createFusio({ connections: { db: sqlite('data/todo.sqlite') } });
 * // in an action
 * const todo = connections.db.prepare('SELECT id, title FROM todo WHERE id = ?').get(params.id);
 * ```
 */
export function sqlite(options: string | SqliteOptions): Connection<SqliteDatabase>;
export function sqlite<Database extends OpenDatabase>(database: Database): Connection<Database>;
export function sqlite(
  options: string | SqliteOptions | OpenDatabase,
): Connection<SqliteDatabase> | Connection<OpenDatabase> {
  return isDatabase(options) ? { open: () => options, ping } : ownDatabase(checkOptions(options));
}

/**
 * Wraps operations in a transaction of the connection with this name, which the action finds as `context.tx`, too.
 * It commits when the result was checked, the status is below 400, the time is not up and the client is there; otherwise it rolls back.
 *
 * A database is one connection, which can have one transaction: those of several calls wait for one another. A call that is not wrapped
 * does not wait, and what it writes meanwhile is part of the transaction: wrap all operations that write.
 *
 * ```ts
 * fusio.group({ around: transaction('db') }).operation({
 *   …,
 *   action: ({ body }, { tx }) => tx.prepare('INSERT INTO todo (title) VALUES (?)').run(body.title),
 * });
 * ```
 */
export function transaction<const Name extends string>(
  name: Name,
): Around<Context<{ readonly [N in Name]: SqliteDatabase }>, { tx: SqliteDatabase }> {
  checkName(name);
  return async function inSqliteTransaction(next, _request, { connections, signal }) {
    const outer = running.getStore();
    const database = clientOf(
      connections,
      name,
      isSqlite,
      'a database of SQLite: import transaction from the module of its connection',
    );
    if (outer?.has(database)) {
      throw new Error(
        `connection "${name}": a call inside a transaction cannot begin another one, as SQLite has one at a time`,
      );
    }
    const inside = new Set(outer).add(database);
    const outcome = await inTransaction<SqliteDatabase>((tx) => running.run(inside, () => next({ tx })), signal, {
      begin: () => begin(database),
      commit: async (tx) => tx.exec('COMMIT'),
      rollback: async (tx) => tx.exec('ROLLBACK'),
      release: () => ends.get(database)?.(),
    });
    // Cast: `next` gave it for `{ tx }`.
    return outcome as Outcome<{ tx: SqliteDatabase }>;
  };
}

/** The databases with a transaction of this call: another one would wait for itself. */
const running = new AsyncLocalStorage<ReadonlySet<SqliteDatabase>>();

/** The end of the last transaction of each database that was begun or waits, and the function that ends the one that runs. */
const queues = new WeakMap<SqliteDatabase, Promise<void>>();
const ends = new WeakMap<SqliteDatabase, () => void>();

async function begin(database: SqliteDatabase): Promise<SqliteDatabase> {
  const before = queues.get(database);
  let end: () => void = () => {};
  queues.set(
    database,
    new Promise((resolve) => {
      end = resolve;
    }),
  );
  await before;
  try {
    // The lock for writing at once: a transaction that has read cannot wait for it any more.
    database.exec('BEGIN IMMEDIATE');
    ends.set(database, end);
    return database;
  } catch (error) {
    end();
    throw error;
  }
}

function ownDatabase(options: Required<SqliteOptions>): Connection<SqliteDatabase> {
  return { open: () => openDatabase(options), close: (database) => void database.close(), ping };
}

function openDatabase({ file, readOnly, timeoutMs }: Required<SqliteOptions>): SqliteDatabase {
  const database = openSqliteFile(file, { readOnly, by: 'sqlite()' });
  try {
    database.exec(`PRAGMA busy_timeout = ${timeoutMs}`);
    database.exec('PRAGMA foreign_keys = ON');
    if (!readOnly) {
      database.exec('PRAGMA journal_mode = WAL');
      database.exec('PRAGMA synchronous = FULL');
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function ping(database: OpenDatabase): void {
  database.exec('SELECT 1');
}

function isSqlite(client: unknown): client is SqliteDatabase {
  return isDatabase(client) && 'close' in client;
}

function isDatabase(options: unknown): options is OpenDatabase {
  const given: Partial<Record<string, unknown>> = Object(options);
  return typeof given.exec === 'function' && typeof given.prepare === 'function';
}

const defaults = { file: '', readOnly: false, timeoutMs: 5_000 } satisfies Required<SqliteOptions>;

function checkOptions(options: string | SqliteOptions): Required<SqliteOptions> {
  const given = typeof options === 'string' ? { file: options } : options;
  const wrong = (text: string): never => {
    throw new FusioError('OPTIONS_INVALID', text);
  };
  if (typeof given !== 'object' || given === null) return wrong(`sqlite() needs a file, got ${typeof options}`);
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(defaults, key)) {
      return wrong(`sqlite() has no option "${key}"${didYouMean(key, Object.keys(defaults))}`);
    }
  }
  const { file, readOnly, timeoutMs } = withDefaults<Required<SqliteOptions>>(defaults, given);
  if (typeof file !== 'string' || file === '') return wrong('sqlite() needs a file: a path, or ":memory:"');
  // `C:` begins a path, a longer scheme does not: for some schemes libsql would connect to a server.
  if (/^[a-z][a-z\d+.-]+:/i.test(file)) return wrong('sqlite() needs a path, not a URL');
  if (typeof readOnly !== 'boolean') return wrong(`sqlite(): readOnly must be true or false, got ${typeof readOnly}`);
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 0 || timeoutMs > 2 ** 31 - 1) {
    return wrong(`sqlite(): timeoutMs must be milliseconds from 0 on, got ${String(timeoutMs)}`);
  }
  // Resolved now, because the working directory may change before the database is opened.
  return { file: file === ':memory:' ? file : resolve(file), readOnly, timeoutMs };
}
