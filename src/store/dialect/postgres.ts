import { Kysely, PostgresDialect, type PostgresPool, sql } from 'kysely';
import type { PoolConfig } from 'pg';
import { FusioError } from '../../base/errors.js';
import { importedPackage, loadPackage } from '../../base/load-package.js';
import type { Engine, EngineOptions, Fault } from '../engine.js';
import { wordsOf } from '../migrations/migration.js';
import { TablePrefix } from '../prefix.js';
import type { Tables } from '../tables.js';

const need = { by: 'store', name: 'pg', atLeast: '8.11' };

async function loadDriver(): Promise<typeof import('pg')> {
  try {
    return importedPackage(need, await import('pg'));
  } catch (error) {
    return loadPackage(need, error);
  }
}

/** Opens a pool of fusio's own. */
export async function openPostgres(connectionString: string, options: EngineOptions): Promise<Engine> {
  const { Pool } = await loadDriver();
  const pool = new Pool({ connectionString, ...poolOptions });
  // A connection that the server ends while no statement waits emits `error`, which would end the process.
  pool.on('error', ignore);
  pool.on('connect', (client) => void client.on('error', ignore));
  return postgresEngine(pool, { ...options, isOwn: true });
}

const poolOptions = { max: 10, connectionTimeoutMillis: 4_000 } satisfies PoolConfig;

function ignore(): void {}

/** Uses a pool of the package pg. */
export function postgresEngine(
  pool: PostgresPool,
  { prefix, isAway, isOwn }: EngineOptions & { isOwn: boolean },
): Engine {
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), plugins: [new TablePrefix(prefix)] });
  return {
    words: wordsOf('postgres', prefix),
    kysely,
    async checkVersion() {
      const { rows } = await sql<{ number: string; version: string }>`
        select current_setting('server_version_num') as number, current_setting('server_version') as version
      `.execute(kysely);
      if (Number(rows[0]?.number) >= 130_000) return;
      throw new FusioError('STORE_REFUSED', `store: needs PostgreSQL 13 or later, the server is ${rows[0]?.version}`);
    },
    alone: (work) =>
      kysely.transaction().execute(async (transaction) => {
        // Of the transaction, because a pooler may give each transaction another session.
        await sql`select pg_advisory_xact_lock(hashtextextended(current_schema() || ${`.${prefix}migrate`}, 0))`.execute(
          transaction,
        );
        return work(async (text) => (await sql.raw(text).execute(transaction)).rows);
      }),
    faultOf: (error) => faultOf(error, isAway),
    close: async () => {
      if (isOwn) await kysely.destroy();
    },
  };
}

function faultOf(error: unknown, isAway: (error: unknown) => boolean): Fault {
  const { code }: Record<string, unknown> = Object(error);
  // serialization_failure, deadlock_detected, lock_not_available
  if (code === '40001' || code === '40P01' || code === '55P03') return 'collision';
  return isAway(error) ? 'away' : 'other';
}
