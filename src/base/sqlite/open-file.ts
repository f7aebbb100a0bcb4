import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { loadPackage } from '../load-package.js';
import type { SqliteDatabase } from './database.js';
import { LibsqlDatabase, type NativeDatabase } from './libsql.js';

export interface OpenFileOptions {
  readonly readOnly: boolean;
  /** Function or option that needs the database, for the message about a missing package: `sqlite()`. */
  readonly by: string;
}

/** Opens an SQLite file, or `:memory:`, with `node:sqlite` where Node has it, else with the package `libsql`. */
export function openSqliteFile(path: string, { readOnly, by }: OpenFileOptions): SqliteDatabase {
  // Cast: @types/node 20 does not know `node:sqlite`.
  const builtIn = process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined;
  if (builtIn) return new builtIn.DatabaseSync(path, { readOnly });

  const Native = loadPackage<new (path: string) => NativeDatabase>({
    by,
    name: 'libsql',
    fromDisk: true,
    orElse: ', or run Node 22.13 or later, which brings SQLite',
  });
  if (!readOnly) return new LibsqlDatabase(new Native(path));
  // libsql ignores its option `readonly`; the URI parameter of SQLite works.
  if (path !== ':memory:' && !existsSync(path)) throw new Error('unable to open database file');
  return new LibsqlDatabase(new Native(path === ':memory:' ? path : `${pathToFileURL(path).href}?mode=ro`));
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: { readOnly: boolean }) => SqliteDatabase;
}
