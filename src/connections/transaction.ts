import type { Next, Outcome } from '../index.js';

/** How a driver does a transaction. */
export interface TransactionSteps<Tx extends object> {
  /** Takes a connection and begins. Where that fails, nothing is left taken. */
  begin(): Promise<Tx>;
  commit(tx: Tx): Promise<unknown>;
  rollback(tx: Tx): Promise<unknown>;
  /** Gives the connection back; one that `isBroken` is not used again. */
  release(tx: Tx, isBroken: boolean): void;
}

/**
 * Runs what is inside in a transaction: commits when the result was checked, in time, and is no error; rolls back otherwise, and always
 * releases. A connection that could not be ended in order is not used again: what was begun on it ends with it.
 */
export async function inTransaction<Tx extends object>(
  next: (tx: Tx) => ReturnType<Next>,
  signal: AbortSignal,
  { begin, commit, rollback, release }: TransactionSteps<Tx>,
): Promise<Outcome> {
  const tx = await begin();
  let isBroken = false;
  try {
    const outcome = await next(tx);
    // The client is gone: nobody would be told.
    signal.throwIfAborted();
    await (isError(outcome) ? rollback(tx) : commit(tx));
    return outcome;
  } catch (error) {
    isBroken = !(await succeeds(rollback(tx)));
    throw error;
  } finally {
    release(tx, isBroken);
  }
}

/** An action that answers with an error by `respond` has not done its work either. */
export function isError({ status }: Outcome): boolean {
  return status >= 400;
}

async function succeeds(promise: Promise<unknown>): Promise<boolean> {
  try {
    await promise;
    return true;
  } catch {
    // The first error tells more.
    return false;
  }
}
