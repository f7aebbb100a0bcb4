import type { SqliteDatabase, SqliteNames, SqliteRun, SqliteStatement, SqliteValue } from './sqlite-database.js';

/** What we use of the package's own database. */
export interface NativeDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): NativeStatement;
  close(): unknown;
}

interface NativeStatement {
  /** Whether it gives rows. */
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
 * The package libsql (0.5), behaving as `node:sqlite` does. What it would do by itself, measured on 0.5.29:
 * a blob as the only value, or a boolean, ends the process; `get` after `all` or `run` on the same statement silently runs
 * with the values of the call before; a value that is not given keeps that of the call before; integers beyond 2^53 lose
 * digits in silence; rows of `get` carry a key `_metadata`; `run` counts no changes of a statement with RETURNING.
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
  // `get` on a native statement that anything else has used, or that has failed, binds nothing: it has one of its own,
  // and one that has failed is not used again.
  #single: NativeStatement | undefined;
  #many: NativeStatement | undefined;
  #bound = 0;
  #names: Set<string> | undefined;

  constructor(database: NativeDatabase, sql: string) {
    this.#database = database;
    this.#sql = sql;
    // What is wrong with the text is said here, not at the first run.
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
      // A statement with RETURNING counts its changes when its last row has been read.
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

  /** The values as an array or an object that is never empty where the call before was not: what is left out is null. */
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

/** Integers as numbers, as `node:sqlite` gives them; one that does not fit is an error and not another number. */
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
