import type { OptionRule } from './option.js';

/** The time in milliseconds since 1970. Tests replace it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export const systemClock: Clock = { now: Date.now };

/** The option `clock`. Default: `systemClock`. */
export const clockOption: OptionRule<Partial<Clock> | null> = {
  schema: {},
  check: (clock) => (typeof clock?.now === 'function' ? undefined : 'clock must have now()'),
};
