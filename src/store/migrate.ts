import { sql } from 'kysely';
import { FusioError } from '../base/errors.js';
import { attempts } from './attempts.js';
import type { Engine, RunText } from './engine.js';
import type { MigrationStep, Words } from './migrations/migration.js';
import { migrations } from './migrations/migrations.js';

const lockTimeoutMs = 120_000;

/** Gives the migrations that the database does not have yet. Throws `STORE_REFUSED` for tables of a newer fusio. */
export function pendingMigrations({ words, kysely }: Engine): Promise<readonly MigrationStep[]> {
  return pendingIn(words, async (text) => (await sql.raw(text).execute(kysely)).rows);
}

/** Brings the tables to the newest version, and gives what was done. Processes that do it at the same time do it once. */
export async function migrate(engine: Engine): Promise<readonly MigrationStep[]> {
  // Most starts find nothing to do, and need not take the lock.
  if ((await pendingMigrations(engine)).length === 0) return [];
  return attempts(() => engine.alone((run) => migrateAlone(engine.words, run)), { ...engine, totalMs: lockTimeoutMs });
}

async function migrateAlone(words: Words, run: RunText): Promise<readonly MigrationStep[]> {
  const pending = await pendingIn(words, run);
  for (const step of pending) await apply(step, words, run);
  return pending;
}

async function pendingIn(words: Words, run: RunText): Promise<readonly MigrationStep[]> {
  const version = (await run(words.findTable('migration'))).length === 0 ? 0 : await versionIn(words, run);
  if (version > migrations.length) {
    throw new FusioError(
      'STORE_REFUSED',
      `store: a newer fusio has migrated these tables to version ${version}, this one knows ${migrations.length}: install the newer one`,
    );
  }
  return migrations.slice(version).map(({ name, statements }, index) => {
    return { version: version + index + 1, name, statements: statements(words) };
  });
}

async function versionIn(words: Words, run: RunText): Promise<number> {
  const [row] = await run(`select max(version) as version from ${words.table('migration')}`);
  return Number(Object(row).version);
}

async function apply({ version, name, statements }: MigrationStep, words: Words, run: RunText): Promise<void> {
  for (const statement of statements) await run(statement);
  await run(`insert into ${words.table('migration')} (version, name) values (${version}, '${name}')`);
}
