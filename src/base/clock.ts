/** What time it is, in milliseconds since 1970: the one thing that tests replace. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: Date.now };
