import type { Kysely } from 'kysely';
import type { Words } from './migrations/migration.js';
import type { Tables } from './tables.js';

/** Why a statement failed, as far as it matters for trying again. */
export type Fault =
  /** Another transaction was in the way: a deadlock, a lock that was not given up. */
  | 'collision'
  /** The database cannot be reached, or the connection to it was lost. */
  | 'away'
  | 'other';

/** Runs one statement without values and gives its rows. */
export type RunText = (sql: string) => Promise<readonly unknown[]>;

/** An open database of one dialect. */
export interface Engine {
  readonly words: Words;
  readonly kysely: Kysely<Tables>;
  /** Throws `STORE_REFUSED` for a server that is too old. */
  checkVersion(): Promise<void>;
  /** Does the work while no other process migrates the same tables. What fails is taken back where the dialect can. */
  alone<Result>(work: (run: RunText) => Promise<Result>): Promise<Result>;
  faultOf(error: unknown): Fault;
  close(): Promise<void>;
}

export interface EngineOptions {
  /** Of every table's name. */
  readonly prefix: string;
  /** Tells an error of a database that cannot be reached. */
  readonly isAway: (error: unknown) => boolean;
}
