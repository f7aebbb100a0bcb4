import { createChain } from '../base/chain.js';
import type { Clock } from '../base/clock.js';
import { FusioError } from '../base/errors.js';
import type { Visit, Visits } from './invocation.js';

// How late a time-out may be. One sweep for all calls costs less than a timer for each.
const sweepMs = 100;

export interface VisitBoard extends Visits {
  /** Ends event streams, which would never end by themselves. */
  endStreams(): void;
  /** Ends every call that still waits. */
  endAll(): void;
}

/** Keeps the calls that wait for something, and ends those whose time is up. */
export function createVisits(clock: Clock): VisitBoard {
  const waiting = createChain<Visit>();
  let sweep: NodeJS.Timeout | undefined;
  let isEnding = false;

  function end(visit: Visit, code: 'ACTION_TIMEOUT' | 'SHUTTING_DOWN'): void {
    const { expire } = visit;
    visit.expire = undefined;
    expire?.(visit, new FusioError(code));
  }

  function look(): void {
    if (waiting.isEmpty) {
      clearInterval(sweep);
      sweep = undefined;
      return;
    }
    const now = clock.now();
    waiting.each((visit) => {
      if (visit.expiresAt > 0 && now >= visit.expiresAt) end(visit, 'ACTION_TIMEOUT');
      if (isEnding && visit.isStreaming) end(visit, 'SHUTTING_DOWN');
    });
  }

  return {
    add(visit) {
      waiting.add(visit);
      sweep ??= setInterval(look, sweepMs).unref();
    },
    delete: waiting.delete,
    endStreams() {
      isEnding = true;
      look();
    },
    endAll() {
      waiting.each((visit) => end(visit, 'SHUTTING_DOWN'));
    },
  };
}
