import { type Kysely, type RawBuilder, sql } from 'kysely';
import { attempts, unavailable } from './attempts.js';
import type { Engine } from './engine.js';
import type { DialectName } from './migrations/migration.js';
import type { Tables } from './tables.js';

/** What a statement needs: where it runs, each on a connection of its own or all in one transaction, and the words of the dialect. */
export interface Executor {
  readonly kysely: Kysely<Tables>;
  readonly dialect: DialectName;
  /** The database's time, in milliseconds since 1970: processes have clocks that differ. */
  readonly now: RawBuilder<number>;
}

/** The tables of fusio, open and of the newest version. What fails because the database cannot be used now is `STORE_UNAVAILABLE`. */
export interface Database {
  /** Does work that may be done again after a failure: reads, and writes that have the same effect twice. */
  run<Result>(work: (executor: Executor) => Promise<Result>): Promise<Result>;
  /**
   * Does work in a transaction, again where it collides with another one or the connection is lost before the commit. It must do
   * nothing but run statements. Where the connection is lost during the commit, nobody knows whether it was done: `STORE_UNAVAILABLE`.
   */
  transaction<Result>(work: (executor: Executor) => Promise<Result>): Promise<Result>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function createDatabase({ kysely, words, faultOf, close }: Engine): Database {
  const { dialect } = words;
  const now = sql.raw<number>(words.now);
  return {
    run: (work) => attempts(() => work({ kysely, dialect, now }), { faultOf }),
    transaction: (work) =>
      attempts(() => inTransaction(kysely, (transaction) => work({ kysely: transaction, dialect, now }), faultOf), {
        faultOf,
      }),
    ping: async () => void (await sql`select 1`.execute(kysely)),
    close,
  };
}

async function inTransaction<Result>(
  kysely: Kysely<Tables>,
  work: (transaction: Kysely<Tables>) => Promise<Result>,
  faultOf: Engine['faultOf'],
): Promise<Result> {
  const transaction = await kysely.startTransaction().execute();
  let result: Result;
  try {
    result = await work(transaction);
  } catch (error) {
    // The error that counts is the one of the work; a lost connection has rolled back already.
    await transaction.rollback().execute().catch(ignore);
    throw error;
  }
  try {
    await transaction.commit().execute();
  } catch (error) {
    if (faultOf(error) === 'away') throw unavailable('the connection was lost during a commit', error);
    await transaction.rollback().execute().catch(ignore);
    throw error;
  }
  return result;
}

function ignore(): void {}
