/** What a column holds and what a placeholder takes. An instant or a boolean is yours to write: `date.toISOString()`, `done ? 1 : 0`. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** Values for `?` in their order, or one object for `:name`. */
export type SqliteParameters = readonly SqliteValue[] | readonly [Readonly<Record<string, SqliteValue>>];

/** A prepared statement: what `node:sqlite` and `libsql` have in common. */
export interface SqliteStatement {
  all(...parameters: SqliteParameters): unknown[];
  /** The first row, or undefined. */
  get(...parameters: SqliteParameters): unknown;
  run(...parameters: SqliteParameters): {
    readonly changes: number | bigint;
    readonly lastInsertRowid: number | bigint;
  };
  iterate?(...parameters: SqliteParameters): IterableIterator<unknown>;
}

/** A database: what `node:sqlite` and `libsql` have in common. Every call is synchronous and holds the event loop while it runs. */
export interface SqliteDatabase {
  /** Runs any number of statements, without values. */
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}
