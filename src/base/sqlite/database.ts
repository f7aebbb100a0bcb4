/** A value of a column or for a placeholder. An instant or a boolean is yours to write: `date.toISOString()`, `done ? 1 : 0`. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** Values by name: `{ id: 12 }` for `:id`, `@id` or `$id`. */
export type SqliteNames = Record<string, SqliteValue>;

/** Prepared statement, as in `node:sqlite` and `libsql`. Takes values for `?` in order, or values by name. */
export interface SqliteStatement {
  /** All rows, as objects. */
  all(...values: SqliteValue[]): unknown[];
  all(names: SqliteNames): unknown[];
  /** Gives the first row, or undefined. */
  get(...values: SqliteValue[]): unknown;
  get(names: SqliteNames): unknown;
  /** Runs the statement for its effect. */
  run(...values: SqliteValue[]): SqliteRun;
  run(names: SqliteNames): SqliteRun;
  /** Rows one by one. */
  iterate(...values: SqliteValue[]): IterableIterator<unknown>;
  iterate(names: SqliteNames): IterableIterator<unknown>;
}

/** The effect of a statement. */
export interface SqliteRun {
  /** How many rows it changed. */
  readonly changes: number | bigint;
  /** `rowid` of the last row that was inserted on the connection. */
  readonly lastInsertRowid: number | bigint;
}

/** Database, as in `node:sqlite` and `libsql`. Every call is synchronous and blocks the event loop. */
export interface SqliteDatabase {
  /** Runs any number of statements, without values. */
  exec(sql: string): unknown;
  /** Prepares one statement. */
  prepare(sql: string): SqliteStatement;
  /** Closes the database. Called by `stop()`. */
  close(): unknown;
}
