import type { SqliteDatabase, SqliteNames, SqliteRun, SqliteStatement, SqliteValue } from './database.js';

/** Part of the package's database class that is used here. */
export interface NativeDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): NativeStatement;
  close(): unknown;
}

interface NativeStatement {
  /** True for a statement that gives rows. */
  readonly reader: boolean;
  safeIntegers(on: boolean): NativeStatement;
  get(parameters: Bound): Row | undefined;
  run(parameters: Bound): SqliteRun;
  iterate(parameters: Bound): IterableIterator<Row>;
}

type Row = Record<string, unknown>;
type Bound = SqliteValue[] | SqliteNames;
type Parameters = SqliteValue[] | [SqliteNames];

/**
 * Database of the package libsql (0.5) that behaves like `node:sqlite`. Reasons, all measured with 0.5.29:
 * a blob as the only value, or a boolean, ends the process; `get` after `all` or `run` on the same statement silently runs
 * with the values of the call before; a value that is not given keeps that of the call before; integers beyond 2^53 lose
 * digits silently; rows of `get` carry a key `_metadata`; `run` counts no changes of a statement with RETURNING.
 */
export class LibsqlDatabase implements SqliteDatabase {
  readonly #native: NativeDatabase;

  constructor(native: NativeDatabase) {
    this.#native = native;
  }

  exec(sql: string): void {
    this.#native.exec(sql);
  }

  prepare(sql: string): SqliteStatement {
    return new LibsqlStatement(this.#native, sql);
  }

  close(): void {
    this.#native.close();
  }
}

class LibsqlStatement implements SqliteStatement {
  readonly #database: NativeDatabase;
  readonly #sql: string;
  // `get` binds nothing on a native statement that another method has used, or that has failed: it has a statement of its own,
  // which is replaced after a failure.
  #single: NativeStatement | undefined;
  #many: NativeStatement | undefined;
  #bound = 0;
  #names: Set<string> | undefined;

  constructor(database: NativeDatabase, sql: string) {
    this.#database = database;
    this.#sql = sql;
    // Prepared here, so that an error in the SQL is thrown now and not at the first run.
    this.#many = this.#prepare();
  }

  get(...parameters: Parameters): Row | undefined {
    const bound = this.#bind(parameters);
    try {
      this.#single ??= this.#prepare();
      const row = this.#single.get(bound);
      if (!row) return undefined;
      const { _metadata: _, ...rest } = row;
      return toNumbers(rest);
    } catch (error) {
      this.#single = undefined;
      throw error;
    }
  }

  all(...parameters: Parameters): Row[] {
    return [...this.iterate(...parameters)];
  }

  *iterate(...parameters: Parameters): Generator<Row, undefined> {
    const bound = this.#bind(parameters);
    try {
      this.#many ??= this.#prepare();
      for (const row of this.#many.iterate(bound)) yield toNumbers(row);
      return undefined;
    } catch (error) {
      this.#many = undefined;
      throw error;
    }
  }

  run(...parameters: Parameters): SqliteRun {
    const bound = this.#bind(parameters);
    try {
      this.#many ??= this.#prepare();
      if (!this.#many.reader) {
        const { changes, lastInsertRowid } = this.#many.run(bound);
        return { changes, lastInsertRowid };
      }
      // SQLite counts the changes of a statement with RETURNING when its last row is read.
      for (const _ of this.#many.iterate(bound));
    } catch (error) {
      this.#many = undefined;
      throw error;
    }
    const row = this.#database.prepare('SELECT changes() AS changes, last_insert_rowid() AS id').get([]);
    return { changes: Number(row?.changes), lastInsertRowid: Number(row?.id) };
  }

  #prepare(): NativeStatement {
    return this.#database.prepare(this.#sql).safeIntegers(true);
  }

  /** Gives the values as an array or an object. Missing values are null, or libsql would use those of the call before. */
  #bind(parameters: Parameters): Bound {
    const [first] = parameters;
    if (isNamed(first)) return this.#bindNames(first);
    const values: SqliteValue[] = [];
    for (const value of parameters) values.push(checkValue(value, String(values.length + 1)));
    while (values.length < this.#bound) values.push(null);
    this.#bound = values.length;
    return values;
  }

  #bindNames(given: SqliteNames): Bound {
    this.#names ??= new Set();
    const values: SqliteNames = {};
    for (const name of this.#names) values[name] = null;
    for (const [name, value] of Object.entries(given)) {
      const bare = name.replace(/^[:@$]/, '');
      this.#names.add(bare);
      values[bare] = checkValue(value, name);
    }
    return values;
  }
}

function isNamed(value: unknown): value is SqliteNames {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Array.isArray(value);
}

function checkValue(value: unknown, at: string): SqliteValue {
  if (value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint') {
    return value;
  }
  if (ArrayBuffer.isView(value)) {
    return value instanceof Uint8Array ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  throw new TypeError(`SQLite takes null, numbers, bigints, texts and bytes: parameter ${at} is a ${typeof value}`);
}

/** Converts integers to numbers, as `node:sqlite` does. Throws for one beyond 2^53, in place of a rounded number. */
function toNumbers(row: Row): Row {
  for (const key in row) {
    const value = row[key];
    if (typeof value !== 'bigint') continue;
    if (value < Number.MIN_SAFE_INTEGER || value > Number.MAX_SAFE_INTEGER) {
      throw new RangeError(`Value is too large to be represented as a JavaScript number: ${value}`);
    }
    row[key] = Number(value);
  }
  return row;
}
