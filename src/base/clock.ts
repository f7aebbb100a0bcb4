import type { OptionRule } from './option.js';

/** Source of the time. Tests replace it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export const systemClock: Clock = { now: Date.now };

/** Option `clock`. Default: `systemClock`. */
export const clockOption: OptionRule<Partial<Clock> | null> = {
  schema: {},
  check: (clock) => (typeof clock?.now === 'function' ? undefined : 'clock must have now()'),
};
