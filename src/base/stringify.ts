import { findBigint } from './find-place.js';
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

/** Says why a value could not be written as JSON, and where: a driver gives a `bigint` for a `BIGINT`, far from where it fails. */
export function unwritable(value: unknown): string {
  const bigint = findBigint(value);
  if (bigint !== undefined) return `${bigint || 'the value'} is a bigint, which JSON does not have: write it as a text`;
  const promise = findPromise(value);
  if (promise !== undefined) return `${promise || 'the value'} is a promise: await it first`;
  return 'the result cannot be written as JSON: it holds itself, or a toJSON of it throws';
}
