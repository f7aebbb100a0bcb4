import type { Clock } from '../base/clock.js';

/** Something that must have happened by a time. */
export interface Deadline {
  /** In milliseconds since 1970; 0: no limit. May be moved while it is watched. */
  readonly expiresAt: number;
  /** True: ended as soon as fusio stops, without a time to drain. */
  readonly isEndless: boolean;
  /** Called when the time is up, and when fusio stops before that. */
  expire(reason: 'time' | 'shutdown'): void;
}

/** The deadlines of one fusio. */
export interface Deadlines {
  readonly clock: Clock;
  /** Watches a deadline until it is deleted. */
  add(deadline: Deadline): void;
  delete(deadline: Deadline): void;
  /** Ends the endless ones, now and from now on. */
  endStreams(): void;
  /** Ends everything that is still watched. */
  endAll(): void;
}

// How late a time-out may be. One timer for all costs less than a timer for each request.
const sweepMs = 100;

/** Makes the deadlines of one fusio. The timer runs only while something is watched, and keeps no process alive. */
export function createDeadlines(clock: Clock): Deadlines {
  const watched = new Set<Deadline>();
  let timer: NodeJS.Timeout | undefined;
  let isStopping = false;

  function sweep(): void {
    const now = clock.now();
    for (const deadline of watched) {
      if (deadline.expiresAt > 0 && now >= deadline.expiresAt) end(deadline, 'time');
      else if (isStopping && deadline.isEndless) end(deadline, 'shutdown');
    }
    // Here and not in `delete`: otherwise a row of requests would set and clear a timer each.
    if (watched.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  function end(deadline: Deadline, reason: 'time' | 'shutdown'): void {
    watched.delete(deadline);
    deadline.expire(reason);
  }

  return {
    clock,
    add(deadline) {
      watched.add(deadline);
      timer ??= setInterval(sweep, sweepMs).unref();
    },
    delete(deadline) {
      watched.delete(deadline);
    },
    endStreams() {
      isStopping = true;
      sweep();
    },
    endAll() {
      for (const deadline of [...watched]) end(deadline, 'shutdown');
    },
  };
}
