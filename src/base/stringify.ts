import { findPromise } from './promise.js';

/** Writes a value as JSON. Throws where `JSON.stringify` does, and for a promise, of which that makes `{}` without a word. */
export function stringify(value: unknown): string | undefined {
  // Undefined for a value that JSON does not have; the types of TypeScript leave that out.
  const text: string | undefined = JSON.stringify(value);
  if (!text?.includes('{}')) return text;
  const pointer = findPromise(value);
  if (pointer === undefined) return text;
  throw new TypeError(`${pointer || 'the value'} is a promise: await it first`);
}
