/** Tells a promise (or any thenable) from a value. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/**
 * Goes on with `next(state, value)`: at once where the value is here, later where it is promised.
 * So a way made of steps stays synchronous as long as every step is, and no closure is made for it.
 */
export function proceed<State, Value, Result>(
  state: State,
  value: Value | Promise<Value>,
  next: (state: State, value: Value) => Result | Promise<Result>,
): Result | Promise<Result> {
  return isPromise(value) ? (value as Promise<Value>).then((arrived) => next(state, arrived)) : next(state, value);
}
