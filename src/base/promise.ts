/** Tells whether a value is a promise (or any thenable). */
export function isPromise<Value>(value: Value | PromiseLike<Value>): value is Promise<Value> {
  // Cast: `in` would narrow as well, but look `then` up twice, and this runs for every step.
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}
