import type { OptionRule } from '../base/option.js';
import { didYouMean } from '../base/suggest.js';

/** The database that holds fusio's tables: a file of SQLite, the URL of a server, or a connection of the app. */
export type StoreOption =
  | string
  | {
      /** Name of a connection whose client is a pool of mysql2 or pg, or a database of SQLite in a file. */
      readonly connection: string;
    };

export const storeDefaults = { store: ':memory:', tablePrefix: 'fusio_', migrate: true } as const;

/** A database to open, or the app's. The text of a server's URL has a password: it goes into no message. */
export type StoreTarget =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'mysql' | 'postgres'; readonly url: string }
  | { readonly kind: 'connection'; readonly name: string };

/** Reads the option `store`, which was checked. */
export function targetOf(store: StoreOption): StoreTarget {
  if (typeof store !== 'string') return { kind: 'connection', name: store.connection };
  if (/^(mysql|mariadb):/i.test(store)) return { kind: 'mysql', url: store.replace(/^mariadb:/i, 'mysql:') };
  if (/^postgres(ql)?:/i.test(store)) return { kind: 'postgres', url: store };
  return { kind: 'sqlite', file: store };
}

const forms = "'fusio.sqlite', 'mysql://…', 'postgres://…' or { connection: 'db' }";

export const storeOption: OptionRule<StoreOption> = {
  // `anyOf` would report both forms.
  schema: {},
  check(store) {
    if (typeof store !== 'string') return faultOfConnection(store);
    if (store.trim() === '') return `store must be ${forms}, got an empty text`;
    // One letter and a colon begin a path of Windows.
    const scheme = /^([a-z][a-z\d+.-]+):/i.exec(store)?.[1]?.toLowerCase();
    if (scheme === undefined) return undefined;
    if (!/^(mysql|mariadb|postgres|postgresql)$/.test(scheme)) {
      return `store must be ${forms}, got a URL of "${scheme}:"`;
    }
    if (!URL.canParse(store)) {
      return `store: the URL of "${scheme}:" cannot be read (percent-encode special characters of the password)`;
    }
    if (new URL(store).pathname.length < 2)
      return `store: the URL of "${scheme}:" must name a database, as in ${scheme}://host/fusio`;
    return undefined;
  },
};

function faultOfConnection(store: unknown): string | undefined {
  const { connection, ...more }: { connection?: unknown } = Object(store);
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) return `store: unknown option "${unknown}"${didYouMean(unknown, ['connection'])}`;
  return typeof connection === 'string' ? undefined : `store must be ${forms}`;
}

export const tablePrefixOption: OptionRule<string> = {
  schema: { type: 'string' },
  check: (prefix) =>
    /^[a-z][a-z\d_]{0,23}$/.test(prefix)
      ? undefined
      : `tablePrefix must be a lower-case letter and at most 23 more letters, digits or "_", got ${JSON.stringify(prefix)}`,
};

export const migrateOption: OptionRule<boolean> = { schema: { type: 'boolean' } };
