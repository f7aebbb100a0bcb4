import type { MysqlPool, PostgresPool } from 'kysely';
import { FusioError } from '../base/errors.js';
import { mysqlEngine, openMysql } from './dialect/mysql.js';
import { openPostgres, postgresEngine } from './dialect/postgres.js';
import { openSqlite } from './dialect/sqlite.js';
import type { Engine, EngineOptions } from './engine.js';
import type { StoreTarget } from './options.js';

/** Opens a database of fusio's own. */
export async function openOwn(
  target: Exclude<StoreTarget, { kind: 'connection' }>,
  options: EngineOptions,
): Promise<Engine> {
  switch (target.kind) {
    case 'mysql':
      return openMysql(target.url, options);
    case 'postgres':
      return openPostgres(target.url, options);
    case 'sqlite':
      return openSqlite(target.file, options);
  }
}

/** Makes an engine of the client of a connection of the app: a pool of mysql2 or pg, or a database of SQLite in a file. */
export function openWithin(name: string, client: unknown, options: EngineOptions): Engine {
  const given: Client = Object(client);
  // The pool of mysql2/promise has the one with callbacks as a member.
  const pool = typeof given.pool === 'object' && given.pool !== null ? given.pool : client;
  if (isMysqlPool(pool)) return mysqlEngine(pool, { ...options, isOwn: false });
  if (isPostgresPool(client)) return postgresEngine(client, { ...options, isOwn: false });
  if (typeof given.exec === 'function' && typeof given.prepare === 'function') {
    return openSqlite(fileOf(name, given.prepare('PRAGMA database_list')), options);
  }
  throw new FusioError(
    'OPTIONS_INVALID',
    `store: connection "${name}" must be a pool of mysql2 or pg, or a database of SQLite: mysql(), postgres() or sqlite()`,
  );
}

function isMysqlPool(pool: unknown): pool is MysqlPool {
  return typeof Object(pool).getConnection === 'function';
}

function isPostgresPool(client: unknown): client is PostgresPool {
  const { connect, query }: { connect?: unknown; query?: unknown } = Object(client);
  return typeof connect === 'function' && typeof query === 'function';
}

interface Client {
  readonly pool?: unknown;
  readonly exec?: unknown;
  readonly prepare?: (sql: string) => { all(): unknown[] };
}

/**
 * The file of a database of the app. fusio opens it again: on the app's own handle, statements of the app would run inside fusio's
 * transactions, and be taken back with them.
 */
function fileOf(name: string, statement: { all(): unknown[] }): string {
  const main = statement.all().find((row) => Object(row).name === 'main');
  const file: unknown = Object(main).file;
  if (typeof file === 'string' && file !== '') return file;
  throw new FusioError(
    'OPTIONS_INVALID',
    `store: connection "${name}" is a database in memory, which fusio cannot open a second time: use a file, or leave the option out`,
  );
}
