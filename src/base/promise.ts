import { findPlace } from './find-place.js';

/** Tells whether a value is a promise (or any thenable). */
export function isPromise<Value>(value: Value | PromiseLike<Value>): value is Promise<Value> {
  // Cast: `in` would narrow as well, but look `then` up twice, and this runs for every step.
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/**
 * Handles the rejection of a promise that came where none belongs, such as one that was not awaited: one without a handler ends the
 * process. Any other value is left alone. Never throws.
 */
export function hush(value: unknown): void {
  try {
    if (isPromise(value)) value.then(undefined, () => {});
  } catch {
    // A `then` that throws makes no promise.
  }
}

/** Does the same for the members of an error that was thrown. Only for those that fusio knows: an error of a driver may hold anything. */
export function hushError(thrown: unknown): void {
  hush(thrown);
  try {
    const { code, status, title, message, expose, errors, headers, extra, cause, name, stack } = Object(thrown);
    for (const one of [code, status, title, message, expose, errors, headers, extra, cause, name, stack]) hush(one);
    for (const one of [errors, headers, extra]) for (const member of Object.values(Object(one))) hush(member);
  } catch {
    // A getter or a proxy that throws.
  }
}

/**
 * Finds the promises in a value, which were meant to be awaited, and handles their rejections. Gives the place of the first one as a
 * JSON pointer (RFC 6901), or undefined. For values that are known to be wrong: it looks at every member. Never throws.
 */
export function findPromise(value: unknown): string | undefined {
  return findPlace(value, (part) => {
    if (!isPromise(part)) return false;
    hush(part);
    return true;
  });
}
