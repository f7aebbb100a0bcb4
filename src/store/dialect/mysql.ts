import { Kysely, MysqlDialect, type MysqlPool, sql } from 'kysely';
import type { PoolOptions } from 'mysql2';
import { FusioError } from '../../base/errors.js';
import { importedPackage, loadPackage } from '../../base/load-package.js';
import { unavailable } from '../attempts.js';
import type { Engine, EngineOptions, Fault } from '../engine.js';
import { wordsOf } from '../migrations/migration.js';
import { TablePrefix } from '../prefix.js';
import type { Tables } from '../tables.js';

const need = { by: 'store', name: 'mysql2', atLeast: '3.17' };

async function loadDriver(): Promise<typeof import('mysql2')> {
  try {
    return importedPackage(need, await import('mysql2'));
  } catch (error) {
    return loadPackage(need, error);
  }
}

/** Opens a pool of fusio's own. */
export async function openMysql(uri: string, options: EngineOptions): Promise<Engine> {
  const { createPool } = await loadDriver();
  const pool = createPool({ uri, ...poolOptions });
  return mysqlEngine(pool as MysqlPool, { ...options, isOwn: true });
}

const poolOptions = { connectionLimit: 10, queueLimit: 1_000, connectTimeout: 4_000 } satisfies PoolOptions;

/** Uses a pool of the package mysql2, in the form with callbacks. */
export function mysqlEngine(pool: MysqlPool, { prefix, isAway, isOwn }: EngineOptions & { isOwn: boolean }): Engine {
  const kysely = new Kysely<Tables>({ dialect: new MysqlDialect({ pool }), plugins: [new TablePrefix(prefix)] });

  async function checkVersion(): Promise<void> {
    const { rows } = await sql<{ version: string }>`select version() as version`.execute(kysely);
    const version = String(rows[0]?.version);
    const isMariadb = /mariadb/i.test(version);
    // A MariaDB behind a replication-safe prefix says "5.5.5-10.11.6-MariaDB".
    const [major = 0, minor = 0, patch = 0] = (/^(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)/.exec(version) ?? [])
      .slice(1)
      .map(Number);
    const found = major * 1e6 + minor * 1e3 + patch;
    if (found >= (isMariadb ? 10_006_000 : 8_000_001)) return;
    const name = isMariadb ? 'MariaDB 10.6' : 'MySQL 8.0.1';
    throw new FusioError('STORE_REFUSED', `store: needs ${name} or later (SKIP LOCKED), the server is ${version}`);
  }

  async function alone<Result>(work: Parameters<typeof engine.alone<Result>>[0]): Promise<Result> {
    return kysely.connection().execute(async (connection) => {
      const run = async (text: string) => (await sql.raw(text).execute(connection)).rows;
      // Locks of this kind are the server's, not the database's, and their names have at most 64 characters.
      const lock = sql`concat(${`${prefix}migrate:`}, left(sha2(database(), 256), 24))`;
      const { rows } = await sql<{ got: unknown }>`select get_lock(${lock}, 60) as got`.execute(connection);
      if (Number(rows[0]?.got) !== 1) {
        throw unavailable('another process has been migrating the tables for a minute');
      }
      try {
        return await work(run);
      } finally {
        await sql`select release_lock(${lock})`.execute(connection);
      }
    });
  }

  const engine: Engine = {
    words: wordsOf('mysql', prefix),
    kysely,
    checkVersion,
    alone,
    faultOf: (error) => faultOf(error, isAway),
    close: async () => {
      if (isOwn) await kysely.destroy();
    },
  };
  return engine;
}

function faultOf(error: unknown, isAway: (error: unknown) => boolean): Fault {
  const { code }: Record<string, unknown> = Object(error);
  if (code === 'ER_LOCK_DEADLOCK' || code === 'ER_LOCK_WAIT_TIMEOUT' || code === 'ER_CHECKREAD') return 'collision';
  return isAway(error) ? 'away' : 'other';
}
