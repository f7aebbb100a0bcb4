import { resolve } from 'node:path';
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type SqliteDatabase as KyselyDatabase,
  type SqliteStatement as KyselyStatement,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  sql,
} from 'kysely';
import type { SqliteDatabase } from '../../base/sqlite/database.js';
import { openSqliteFile } from '../../base/sqlite/open-file.js';
import type { Engine, EngineOptions, Fault } from '../engine.js';
import { wordsOf } from '../migrations/migration.js';
import { TablePrefix } from '../prefix.js';
import type { Tables } from '../tables.js';

// A wait inside SQLite blocks the event loop: longer waits are the statement's next attempts.
const busyTimeoutMs = 50;
const openTimeoutMs = 5_000;

/** Opens fusio's own file, or `:memory:`. */
export function openSqlite(file: string, { prefix }: EngineOptions): Engine {
  const database = openSqliteFile(file === ':memory:' ? file : resolve(file), { readOnly: false, by: 'store' });
  try {
    // Another process may be changing the mode at this moment, too.
    database.exec(`PRAGMA busy_timeout = ${openTimeoutMs}`);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    // With NORMAL, a power cut may take back an event or a job that a caller was told of.
    database.exec('PRAGMA synchronous = FULL');
  } catch (error) {
    database.close();
    throw error;
  }
  const kysely = new Kysely<Tables>({
    dialect: new ImmediateDialect({ database: forKysely(database) }),
    plugins: [new TablePrefix(prefix)],
  });
  return {
    words: wordsOf('sqlite', prefix),
    kysely,
    // The oldest SQLite that Node or libsql bring has all that is used here.
    async checkVersion() {},
    alone: (work) =>
      kysely
        .transaction()
        .execute((transaction) => work(async (text) => (await sql.raw(text).execute(transaction)).rows)),
    faultOf,
    close: () => kysely.destroy(),
  };
}

function faultOf(error: unknown): Fault {
  const { code, errcode, message }: Record<string, unknown> = Object(error);
  // SQLITE_BUSY and SQLITE_LOCKED, in the low byte of the extended codes.
  if (typeof errcode === 'number' && ((errcode & 0xff) === 5 || (errcode & 0xff) === 6)) return 'collision';
  if (typeof code === 'string' && /^SQLITE_(BUSY|LOCKED)/.test(code)) return 'collision';
  return typeof message === 'string' && /^database (table )?is locked/.test(message) ? 'collision' : 'other';
}

/** SQLite whose transactions take the right to write at once: one that asks for it later may find that it can never get it. */
class ImmediateDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;

  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#config);
  }
}

class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/** The database in the shape that Kysely takes, that of better-sqlite3. */
function forKysely(database: SqliteDatabase): KyselyDatabase {
  return {
    prepare(text): KyselyStatement {
      const statement = database.prepare(text);
      // Kysely hands on what the statements here give it: null, numbers, texts and bytes.
      type Values = Parameters<typeof statement.all>;
      return {
        reader: /^\s*(select|with|pragma)\b|\breturning\b/i.test(text),
        all: (values) => statement.all(...(values as Values)),
        run: (values) => statement.run(...(values as Values)),
        iterate: (values) => statement.iterate(...(values as Values)),
      };
    },
    close: () => void database.close(),
  };
}
