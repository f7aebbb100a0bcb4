import type { Clock } from '../base/clock.js';

/** A clock for tests, which stands still until it is moved. */
export interface FakeClock extends Clock {
  /** Moves the clock on by so many milliseconds. */
  advance(ms: number): void;
  /** Sets the clock to an instant; a number is milliseconds since 1970. */
  set(time: Date | number): void;
}

/** Makes a clock that moves only by `advance`: `createFusio({ clock: fakeClock('2026-01-01') })`. Default: 2026-01-01 in UTC. */
export function fakeClock(start: Date | string | number = '2026-01-01T00:00:00Z'): FakeClock {
  let now = new Date(start).getTime();
  if (Number.isNaN(now)) throw new TypeError(`fakeClock: ${String(start)} is no date`);
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
    set(time) {
      now = new Date(time).getTime();
    },
  };
}
