import { FusioError, isFusioError } from '../base/errors.js';
import { within } from '../base/within.js';
import { unavailable } from './attempts.js';
import type { Database } from './database.js';
import type { MigrationStep } from './migrations/migration.js';
import { type StoreOption, storeDefaults, targetOf } from './options.js';

export interface StoreParts {
  readonly store: StoreOption | undefined;
  readonly tablePrefix: string | undefined;
  readonly migrate: boolean | undefined;
  /** Gives the client of a connection of the app once it is open; throws where it does not work. */
  readonly clientOf: (connection: string) => Promise<unknown>;
  /** Tells an error of a database that cannot be reached. */
  readonly isAway: (error: unknown) => boolean;
  readonly onOpened: () => void;
  readonly onFailed: (error: Error) => void;
}

/** The memory of fusio: its tables, opened when something needs them for the first time. */
export interface Store {
  /** Says that something needs it, so that `ready` opens it. */
  need(): void;
  /** Gives the open database. Rejects with `STORE_UNAVAILABLE` within 5 s, or with `STORE_REFUSED` for one that cannot be used. */
  use(): Promise<Database>;
  /** Opens it if it is needed. A failure is reported, not thrown; the next use tries again. */
  ready(): Promise<void>;
  /** Why the last attempt to open it failed. */
  readonly failure: Error | undefined;
  /** Brings the tables to the newest version, or gives what would be done, in the SQL of the database. */
  migrate(options?: { dryRun?: boolean }): Promise<readonly MigrationStep[]>;
  /** Opens it if necessary, and rejects where it does not answer; undefined where nothing uses it. */
  reach(): Promise<void> | undefined;
  close(): Promise<void>;
}

const useTimeoutMs = 4_500;
const retryAfterMs = 1_000;
const closeTimeoutMs = 5_000;

export function createStore(parts: StoreParts): Store {
  const {
    store = storeDefaults.store,
    tablePrefix = storeDefaults.tablePrefix,
    migrate = storeDefaults.migrate,
  } = parts;
  const target = targetOf(store);
  let isNeeded = false;
  let isClosed = false;
  let database: Database | undefined;
  let opening: Promise<Database> | undefined;
  let failure: Error | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;

  async function openEngine() {
    const { openOwn, openWithin } = await import('./open.js');
    const options = { prefix: tablePrefix, isAway: parts.isAway };
    const engine =
      target.kind === 'connection'
        ? openWithin(target.name, await parts.clientOf(target.name), options)
        : await openOwn(target, options);
    try {
      await engine.checkVersion();
    } catch (error) {
      await engine.close();
      throw error;
    }
    return engine;
  }

  async function open(): Promise<Database> {
    const engine = await openEngine();
    try {
      const { migrate: migrateTables, pendingMigrations } = await import('./migrate.js');
      if (migrate) await migrateTables(engine);
      else refusePending(await pendingMigrations(engine));
      const { createDatabase } = await import('./database.js');
      return createDatabase(engine);
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  async function migrateNow(dryRun: boolean): Promise<readonly MigrationStep[]> {
    const engine = await openEngine();
    try {
      const { migrate: migrateTables, pendingMigrations } = await import('./migrate.js');
      return await (dryRun ? pendingMigrations(engine) : migrateTables(engine));
    } finally {
      await engine.close();
    }
  }

  /** Begins to open it, unless that is under way or, without `insist`, failed less than a second ago. */
  function attempt(insist: boolean): Promise<Database> {
    if (isClosed) return Promise.reject(new FusioError('SHUTTING_DOWN', 'store: it is closed'));
    if (opening) return opening;
    if (!insist && failure && performance.now() - triedAt < retryAfterMs) return Promise.reject(failure);
    triedAt = performance.now();
    opening = open().then(opened, failed);
    opening.catch(() => {});
    return opening;
  }

  async function opened(made: Database): Promise<Database> {
    if (isClosed) {
      await made.close();
      throw new FusioError('SHUTTING_DOWN', 'store: it is closed');
    }
    database = made;
    failure = undefined;
    parts.onOpened();
    return made;
  }

  function failed(error: unknown): never {
    opening = undefined;
    failure = refusal(error);
    if (!isClosed) parts.onFailed(failure);
    throw failure;
  }

  async function use(): Promise<Database> {
    if (database) return database;
    const attempted = attempt(false);
    if (await within(useTimeoutMs, attempted)) return attempted;
    throw unavailable('it is not open yet');
  }

  return {
    need() {
      isNeeded = true;
    },
    use,
    async ready() {
      if (isNeeded && !database) await attempt(true).catch(() => {});
    },
    get failure() {
      return failure;
    },
    async migrate({ dryRun = false } = {}) {
      if (target.kind === 'sqlite' && target.file === ':memory:') {
        throw new FusioError(
          'OPTIONS_INVALID',
          'migrate: set the option "store"; tables in memory end with the process',
        );
      }
      try {
        return await migrateNow(dryRun);
      } catch (error) {
        throw refusal(error);
      }
    },
    reach: () => (isNeeded || database ? use().then(({ ping }) => ping()) : undefined),
    async close() {
      isClosed = true;
      const open = database;
      database = undefined;
      // A pool waits for statements that hang.
      if (open) await within(closeTimeoutMs, open.close());
    },
  };
}

function refusePending(pending: readonly MigrationStep[]): void {
  if (pending.length === 0) return;
  throw new FusioError(
    'STORE_REFUSED',
    `store: its tables lack ${pending.length} migration${pending.length === 1 ? '' : 's'} and "migrate" is false: run npx fusio migrate`,
  );
}

/** Mistakes stay as they are; anything else is a database that cannot be used now. */
function refusal(error: unknown): Error {
  if (isFusioError(error)) return error;
  const { message, code }: { message?: unknown; code?: unknown } = Object(error);
  // A host name with several addresses fails with an error that has a code and no message.
  return unavailable(`it cannot be opened: ${message || code || 'for no reason that is told'}`, error);
}
