import type { Pool as CallbackPool } from 'mysql2';
import type { Pool, PoolConnection, PoolOptions } from 'mysql2/promise';
import { FusioError } from '../base/errors.js';
import { importedPackage, loadPackage } from '../base/load-package.js';
import type { Around, Connection, Context, Outcome } from '../index.js';
import { checkName, clientOf, inTransaction } from './transaction.js';

export type { Connection } from '../index.js';

/**
 * Connects to MySQL or MariaDB through a pool of the package `mysql2`, with the options and defaults of mysql2
 * (one statement a query, 10 s to connect). Needs `npm install mysql2`.
 * A pool of the app is used unchanged and never closed.
 *
 * ```ts
 * const fusio = createFusio({
 *   connections: { db: mysql({ uri: process.env.DATABASE_URL!, connectionLimit: 20 }) },
 * });
 * // in an action
 * const [rows] = await connections.db.query<RowDataPacket[]>('SELECT id, title FROM todo WHERE id = ?', [params.id]);
 * ```
 */
export function mysql(options: PoolOptions | string | Pool | CallbackPool): Connection<Pool> {
  if (isPool(options)) {
    const pool = 'promise' in options ? options.promise() : options;
    return { open: () => pool, ping };
  }
  checkOptions(options);
  return { open: () => openPool(options), close: (pool) => pool.end(), ping };
}

/**
 * Wraps operations in a transaction of the connection with this name: the action finds the connection that it runs on as `context.tx`.
 * It commits when the result was checked, the status is below 400, the time is not up and the client is there; otherwise it rolls back.
 *
 * ```ts
 * fusio.group({ around: transaction('db') }).operation({
 *   …,
 *   action: ({ body }, { tx }) => tx.query('INSERT INTO todo (title) VALUES (?)', [body.title]),
 * });
 * ```
 */
export function transaction<const Name extends string>(
  name: Name,
): Around<Context<{ readonly [N in Name]: Pool }>, { tx: PoolConnection }> {
  checkName(name);
  return async function inMysqlTransaction(next, _request, { connections, signal }) {
    const outcome = await inTransaction<PoolConnection>((tx) => next({ tx }), signal, {
      begin: () => begin(clientOf(connections, name, isPromisePool, kind)),
      commit: (tx) => tx.commit(),
      rollback: (tx) => tx.rollback(),
      release: (tx, isBroken) => (isBroken ? tx.destroy() : tx.release()),
    });
    // Cast: `next` gave it for `{ tx }`.
    return outcome as Outcome<{ tx: PoolConnection }>;
  };
}

const kind = 'a pool of mysql2: import transaction from the module of its connection';

async function begin(pool: Pool): Promise<PoolConnection> {
  const tx = await pool.getConnection();
  try {
    await tx.beginTransaction();
    return tx;
  } catch (error) {
    tx.destroy();
    throw error;
  }
}

const need = { by: 'mysql()', name: 'mysql2', path: 'mysql2/promise', atLeast: '3.17' };

async function loadDriver(): Promise<typeof import('mysql2/promise')> {
  try {
    return importedPackage(need, await import('mysql2/promise'));
  } catch (error) {
    return loadPackage(need, error);
  }
}

async function openPool(options: PoolOptions | string): Promise<Pool> {
  const { createPool } = await loadDriver();
  // Copied, because mysql2 writes the parts of the URI into the object that it gets.
  return createPool({ ...(typeof options === 'string' ? { uri: options } : options) });
}

async function ping(pool: Pool): Promise<void> {
  await pool.query({ sql: 'SELECT 1', timeout: 3_000 });
}

/** Pools of `mysql2/promise`: those of `mysql2` have `promise`. */
function isPromisePool(client: unknown): client is Pool {
  return isPool(client) && !('promise' in client);
}

function isPool(options: unknown): options is Pool | CallbackPool {
  const given: Partial<Record<string, unknown>> = Object(options);
  return typeof given.getConnection === 'function' && typeof given.query === 'function';
}

function checkOptions(options: PoolOptions | string): void {
  if (typeof options === 'string') {
    checkUri(options, 'mysql()');
    return;
  }
  if (typeof options !== 'object' || options === null) {
    throw new FusioError(
      'OPTIONS_INVALID',
      `mysql() needs options, a URI or a pool, got ${options === null ? 'null' : typeof options}`,
    );
  }
  if ('url' in options) throw new FusioError('OPTIONS_INVALID', 'mysql() has no option "url" (did you mean "uri"?)');
  // Without the variable, `{ uri: process.env.DATABASE_URL! }` would silently connect to localhost.
  if ('uri' in options) checkUri(options.uri, 'mysql({ uri })');
}

/** Checks the URI. The message never contains it, because it has the password. */
function checkUri(uri: unknown, where: string): void {
  if (typeof uri !== 'string' || uri === '') {
    throw new FusioError(
      'OPTIONS_INVALID',
      `${where} needs mysql://user:password@host:3306/database, got ${uri === '' ? 'an empty text' : typeof uri}`,
    );
  }
  if (!URL.canParse(uri) || !/^(mysql|mariadb):$/.test(new URL(uri).protocol)) {
    throw new FusioError(
      'OPTIONS_INVALID',
      `${where} needs mysql://user:password@host:3306/database, got another text (percent-encode special characters of the password)`,
    );
  }
}
