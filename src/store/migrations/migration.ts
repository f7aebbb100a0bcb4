export type DialectName = 'sqlite' | 'mysql' | 'postgres';

/** One step of the tables from one version to the next. There is no way back: a mistake is mended by the next migration. */
export interface Migration {
  /** What changes, in a few words: `idempotency`. */
  readonly name: string;
  /**
   * The statements, which must each be harmless when they run again: MySQL commits after each statement that changes a table, and a
   * process may die between two of them.
   */
  statements(words: Words): readonly string[];
}

/** A migration that a database does not have, or has just got, with the SQL of its dialect. */
export interface MigrationStep {
  /** Counts from 1. */
  readonly version: number;
  readonly name: string;
  /** SQL, a statement each. */
  readonly statements: readonly string[];
}

/** What the dialects call by different words. */
export interface Words {
  readonly dialect: DialectName;
  /** Name of a table with its prefix, quoted. */
  table(name: string): string;
  /** Name of an index, quoted: unique for each table in MySQL, for each schema elsewhere. */
  index(name: string): string;
  /** Type of a text of ASCII characters that is compared byte by byte. */
  ascii(length: number): string;
  /** Type of a whole number up to 2^53, such as an instant in milliseconds. */
  readonly whole: string;
  /** Type of a text of any length. */
  readonly text: string;
  /** After the columns of a new table. */
  readonly tableEnd: string;
  /** The database's time in milliseconds since 1970, as an expression. */
  readonly now: string;
  /** Statement with a row if the table is there. */
  findTable(name: string): string;
}

export function wordsOf(dialect: DialectName, prefix: string): Words {
  const quote = dialect === 'mysql' ? '`' : '"';
  const quoted = (name: string) => `${quote}${prefix}${name}${quote}`;
  const { catalogue, ...types } = differences[dialect];
  // The check of the prefix leaves nothing that could end the text.
  return { dialect, table: quoted, index: quoted, ...types, findTable: (name) => `${catalogue} = '${prefix}${name}'` };
}

const differences = {
  sqlite: {
    ascii: () => 'text',
    whole: 'integer',
    text: 'text',
    tableEnd: ' strict',
    now: "cast(unixepoch('subsec') * 1000 as integer)",
    catalogue: 'select 1 from sqlite_master where name',
  },
  mysql: {
    ascii: (length: number) => `varchar(${length}) character set ascii collate ascii_bin`,
    whole: 'bigint',
    text: 'longtext character set utf8mb4',
    tableEnd: ' engine = innodb',
    now: 'cast(unix_timestamp(now(3)) * 1000 as signed)',
    catalogue: 'select 1 from information_schema.tables where table_schema = database() and table_name',
  },
  postgres: {
    ascii: (length: number) => `varchar(${length}) collate "C"`,
    whole: 'bigint',
    text: 'text',
    tableEnd: '',
    now: 'cast(extract(epoch from clock_timestamp()) * 1000 as bigint)',
    catalogue: 'select 1 from information_schema.tables where table_schema = current_schema() and table_name',
  },
} satisfies Record<DialectName, Omit<Words, 'dialect' | 'table' | 'index' | 'findTable'> & { catalogue: string }>;
