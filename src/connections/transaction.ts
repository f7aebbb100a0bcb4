import { FusioError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
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

/** Throws `OPTIONS_INVALID` where `transaction` is not given a name, as by `around(transaction)`. */
export function checkName(name: unknown): void {
  if (typeof name === 'string' && name !== '') return;
  const got = typeof name === 'function' ? 'a function: it was passed on without being called' : typeof name;
  throw new FusioError(
    'OPTIONS_INVALID',
    `transaction() needs the name of a connection, as in transaction('db'), got ${got}`,
  );
}

/** Gives the client of a connection. Throws an error that names the connection where there is none, or one of another kind. */
export function clientOf<Client>(
  connections: Readonly<Record<string, unknown>>,
  name: string,
  fits: (client: unknown) => client is Client,
  kind: string,
): Client {
  if (!(name in connections)) {
    const guess = didYouMean(name, Object.keys(connections));
    throw new FusioError('CONNECTION_UNKNOWN', `transaction('${name}'): there is no connection "${name}"${guess}`);
  }
  const client = connections[name];
  if (fits(client)) return client;
  throw new FusioError('OPTIONS_INVALID', `transaction('${name}'): the connection "${name}" is not ${kind}`);
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
