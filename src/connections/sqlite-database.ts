/** What a column holds and what a placeholder takes. An instant or a boolean is yours to write: `date.toISOString()`, `done ? 1 : 0`. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** Values by name: `{ id: 12 }` for `:id`, `@id` or `$id`. */
export type SqliteNames = Record<string, SqliteValue>;

/** A prepared statement: what `node:sqlite` and `libsql` have in common. Values for `?` in their order, or by name. */
export interface SqliteStatement {
  all(...values: SqliteValue[]): unknown[];
  all(names: SqliteNames): unknown[];
  /** The first row, or undefined. */
  get(...values: SqliteValue[]): unknown;
  get(names: SqliteNames): unknown;
  run(...values: SqliteValue[]): SqliteRun;
  run(names: SqliteNames): SqliteRun;
  iterate(...values: SqliteValue[]): IterableIterator<unknown>;
  iterate(names: SqliteNames): IterableIterator<unknown>;
}

export interface SqliteRun {
  readonly changes: number | bigint;
  readonly lastInsertRowid: number | bigint;
}

/** A database: what `node:sqlite` and `libsql` have in common. Every call is synchronous and holds the event loop while it runs. */
export interface SqliteDatabase {
  /** Runs any number of statements, without values. */
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}
