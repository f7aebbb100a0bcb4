import { FusioError } from '../base/errors.js';
import { within } from '../base/within.js';
import type { Engine } from './engine.js';

const limits = { totalMs: 4_500, triesAway: 3, firstWaitMs: 10, longestWaitMs: 400 };

export interface AttemptOptions {
  readonly faultOf: Engine['faultOf'];
  /** For all attempts together. Default: 4.5 s, so that a request hears of it within 5 s. */
  readonly totalMs?: number;
}

/**
 * Does work again, after a wait of random length, that failed because another transaction was in the way or the database was away.
 * Gives up with `STORE_UNAVAILABLE` when the time is up; what is away is tried three times.
 */
export async function attempts<Result>(
  work: () => Promise<Result>,
  { faultOf, totalMs = limits.totalMs }: AttemptOptions,
): Promise<Result> {
  const until = performance.now() + totalMs;
  for (let tries = 1; ; tries++) {
    const going = work();
    // It may fail after the time is up, when nobody waits for it any more.
    going.catch(() => {});
    try {
      if (await within(until - performance.now(), going)) return await going;
    } catch (error) {
      const fault = faultOf(error);
      if (fault === 'other') throw error;
      const waitMs = Math.random() * Math.min(limits.firstWaitMs * 2 ** tries, limits.longestWaitMs);
      if (performance.now() + waitMs > until || (fault === 'away' && tries === limits.triesAway)) {
        throw unavailable('the database does not do the work', error);
      }
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      continue;
    }
    throw unavailable(`the database has not answered for ${totalMs} ms`);
  }
}

export function unavailable(why: string, cause?: unknown): FusioError {
  return new FusioError('STORE_UNAVAILABLE', `store: ${why}`, cause === undefined ? {} : { cause });
}
