import { type RawBuilder, sql } from 'kysely';
import type { Executor } from './database.js';

/** A request that asks for its key. */
export interface KeyClaim {
  readonly id: string;
  readonly operation: string;
  readonly fingerprint: string;
  readonly token: string;
  /** How long the run may take; afterwards its process is taken for dead. */
  readonly leaseMs: number;
  /** How long the answer is kept. */
  readonly keepMs: number;
}

/** What is known of a key. */
export interface KeyState {
  readonly fingerprint: string;
  readonly token: string;
  /** Of the answer; null while the request is running. */
  readonly status: number | null;
  readonly answer: string | null;
  /** Milliseconds until another run may begin. */
  readonly leaseMs: number;
  /** True where nothing is to be known of it any more. */
  readonly isOver: boolean;
}

/** Writes the key down, unless it is there. */
export async function insertKey({ kysely, dialect, now }: Executor, claim: KeyClaim): Promise<void> {
  const { leaseMs, keepMs, ...row } = claim;
  const insert = kysely.insertInto('idempotency').values({
    ...row,
    lease_until: after(now, leaseMs),
    status: null,
    answer: null,
    expires_at: after(now, keepMs),
  });
  await (dialect === 'mysql'
    ? insert.onDuplicateKeyUpdate({ id: claim.id })
    : insert.onConflict((conflict) => conflict.column('id').doNothing())
  ).execute();
}

export async function findKey({ kysely, now }: Executor, id: string): Promise<KeyState | undefined> {
  const row = await kysely
    .selectFrom('idempotency')
    .select(['fingerprint', 'token', 'status', 'answer', 'lease_until', 'expires_at', now.as('now')])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) return undefined;
  const { fingerprint, token, status, answer, lease_until, expires_at } = row;
  const at = Number(row.now);
  return { fingerprint, token, status, answer, leaseMs: Number(lease_until) - at, isOver: Number(expires_at) <= at };
}

/** Takes the key over from the run with the token `from`. False where another run was faster. */
export async function takeKey({ kysely, now }: Executor, claim: KeyClaim, from: string): Promise<boolean> {
  const { id, leaseMs, keepMs, ...row } = claim;
  const { numUpdatedRows } = await kysely
    .updateTable('idempotency')
    .set({ ...row, lease_until: after(now, leaseMs), status: null, answer: null, expires_at: after(now, keepMs) })
    .where('id', '=', id)
    .where('token', '=', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Writes the answer of a run. False where another run has taken the key over. */
export async function keepAnswer(
  { kysely, now }: Executor,
  { id, token, keepMs }: Pick<KeyClaim, 'id' | 'token' | 'keepMs'>,
  { status, answer }: { readonly status: number; readonly answer: string },
): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('idempotency')
    .set({ status, answer, expires_at: after(now, keepMs) })
    .where('id', '=', id)
    .where('token', '=', token)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Forgets a key whose run gave no answer that is kept. */
export async function dropKey({ kysely }: Executor, { id, token }: Pick<KeyClaim, 'id' | 'token'>): Promise<void> {
  await kysely.deleteFrom('idempotency').where('id', '=', id).where('token', '=', token).execute();
}

/** Removes keys that are over, at most `limit`, and gives how many it removed. */
export async function sweepKeys({ kysely, now }: Executor, limit: number): Promise<number> {
  const over = await kysely
    .selectFrom('idempotency')
    .select('id')
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .limit(limit)
    .execute();
  if (over.length === 0) return 0;
  const { numDeletedRows } = await kysely
    .deleteFrom('idempotency')
    .where(
      'id',
      'in',
      over.map(({ id }) => id),
    )
    .where('expires_at', '<=', now)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

function after(now: RawBuilder<number>, ms: number): RawBuilder<number> {
  return sql<number>`${now} + ${ms}`;
}
