import type { Pool, PoolClient, PoolConfig } from 'pg';
import { FusioError } from '../base/errors.js';
import { importedPackage, loadPackage } from '../base/load-package.js';
import { withDefaults } from '../base/option.js';
import type { Around, Connection, Context, Outcome } from '../index.js';
import { checkName, clientOf, inTransaction } from './transaction.js';

export type { Connection } from '../index.js';

/** Options of a pool of the package `pg`, and `uri` as another name of its `connectionString`. */
export interface PostgresOptions extends PoolConfig {
  /** Address of the database: `postgres://user:password@host:5432/database`. */
  uri?: string;
}

/**
 * Connects to PostgreSQL through a pool of the package `pg`, with the options and defaults of pg, except one: a connect ends after 10 s,
 * not never. Needs `npm install pg`, and `@types/pg` for the types. A pool of the app is used unchanged and never closed.
 *
 * Values are as pg reads them: `int8` (`BIGINT`, `COUNT(*)`) and `numeric` are texts, `timestamp` and `date` are instances of `Date`
 * in the time zone of the process.
 *
 * ```ts
 * const fusio = createFusio({ connections: { db: postgres({ uri: process.env.DATABASE_URL!, max: 20 }) } });
 * // in an action
 * const { rows } = await connections.db.query<Todo>('SELECT id, title FROM todo WHERE id = $1', [params.id]);
 * ```
 */
export function postgres(options: PostgresOptions | string | Pool): Connection<Pool> {
  if (isPool(options)) return { open: () => options, ping };
  const config = checkOptions(options);
  return { open: () => openPool(config), close: (pool) => pool.end(), ping };
}

/**
 * Wraps operations in a transaction of the connection with this name: the action finds the client that it runs on as `context.tx`.
 * It commits when the result was checked, the status is below 400, the time is not up and the client is there; otherwise it rolls back.
 *
 * ```ts
 * fusio.group({ around: transaction('db') }).operation({
 *   …,
 *   action: ({ body }, { tx }) => tx.query('INSERT INTO todo (title) VALUES ($1)', [body.title]),
 * });
 * ```
 */
export function transaction<const Name extends string>(
  name: Name,
): Around<Context<{ readonly [N in Name]: Pool }>, { tx: PoolClient }> {
  checkName(name);
  return async function inPostgresTransaction(next, _request, { connections, signal }) {
    const outcome = await inTransaction<PoolClient>((tx) => next({ tx }), signal, {
      begin: () => begin(clientOf(connections, name, isPool, kind)),
      commit,
      rollback: (tx) => tx.query('ROLLBACK'),
      release: (tx, isBroken) => tx.release(isBroken),
    });
    // Cast: `next` gave it for `{ tx }`.
    return outcome as Outcome<{ tx: PoolClient }>;
  };
}

const kind = 'a pool of pg: import transaction from the module of its connection';

async function begin(pool: Pool): Promise<PoolClient> {
  const tx = await pool.connect();
  try {
    await tx.query('BEGIN');
    return tx;
  } catch (error) {
    tx.release(true);
    throw error;
  }
}

/** After a statement that failed, PostgreSQL answers COMMIT with a rollback, and with no error. */
async function commit(tx: PoolClient): Promise<void> {
  const { command } = await tx.query('COMMIT');
  if (command === 'ROLLBACK') throw new Error('the transaction was rolled back: a statement in it had failed');
}

const defaults = { connectionTimeoutMillis: 10_000 } satisfies PoolConfig;

const need = { by: 'postgres()', name: 'pg', atLeast: '8.11' };

async function loadDriver(): Promise<typeof import('pg')> {
  try {
    return importedPackage(need, await import('pg'));
  } catch (error) {
    return loadPackage(need, error);
  }
}

async function openPool(config: PoolConfig): Promise<Pool> {
  const { Pool } = await loadDriver();
  const pool = new Pool(config);
  // A connection that the server ends while no query waits emits `error`, and that ends the process if nothing listens. The pool drops
  // it; the next query hears of it.
  pool.on('error', ignore);
  pool.on('connect', (client) => void client.on('error', ignore));
  return pool;
}

function ignore(): void {}

async function ping(pool: Pool): Promise<void> {
  await pool.query('SELECT 1');
}

function isPool(options: unknown): options is Pool {
  const given: Partial<Record<string, unknown>> = Object(options);
  return typeof given.connect === 'function' && typeof given.query === 'function';
}

function checkOptions(options: PostgresOptions | string): PoolConfig {
  if (typeof options === 'string') {
    checkUri(options, 'postgres()');
    return { ...defaults, connectionString: options };
  }
  if (typeof options !== 'object' || options === null) {
    throw new FusioError(
      'OPTIONS_INVALID',
      `postgres() needs options, a URI or a pool, got ${options === null ? 'null' : typeof options}`,
    );
  }
  const { uri, ...config } = options;
  if ('url' in options) throw new FusioError('OPTIONS_INVALID', 'postgres() has no option "url" (did you mean "uri"?)');
  // Without the variable, `{ uri: process.env.DATABASE_URL! }` would silently connect to localhost.
  if ('uri' in options) checkUri(uri, 'postgres({ uri })');
  if ('connectionString' in options) checkUri(options.connectionString, 'postgres({ connectionString })');
  return withDefaults<PoolConfig>({ ...defaults, ...(uri !== undefined && { connectionString: uri }) }, config);
}

/** Checks the URI. The message never contains it, because it has the password. */
function checkUri(uri: unknown, where: string): void {
  const form = `${where} needs postgres://user:password@host:5432/database`;
  if (typeof uri !== 'string' || uri === '') {
    throw new FusioError('OPTIONS_INVALID', `${form}, got ${uri === '' ? 'an empty text' : typeof uri}`);
  }
  // As pg reads it: a path of a socket, or a URL whose host may be missing (`postgres:///database?host=/run/postgresql`).
  if (uri.startsWith('/')) return;
  if (!/^postgres(ql)?:\/\/\S*$/.test(uri) || !URL.canParse(uri.replace(/^[a-z]+:\/\/(?=\/)/, 'x://localhost'))) {
    throw new FusioError(
      'OPTIONS_INVALID',
      `${form}, got another text (percent-encode special characters of the password)`,
    );
  }
}
