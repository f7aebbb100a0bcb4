import { history } from './001-history.js';
import { idempotency } from './002-idempotency.js';
import type { Migration } from './migration.js';

/** All migrations in their order. The version of a database is how many of them it has. A released one is never changed. */
export const migrations: readonly Migration[] = [history, idempotency];
