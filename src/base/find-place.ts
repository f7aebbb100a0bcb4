import { escapePointer } from './json-pointer.js';

// A value that is larger or deeper than this is searched no further.
const mostLooks = 10_000;
const deepest = 50;

/**
 * Asks of every part of a value whether it is one that is looked for. Gives the place of the first one as a JSON pointer (RFC 6901), or
 * undefined. Does not look into the parts that it finds. Never throws.
 */
export function findPlace(value: unknown, isMeant: (part: unknown) => boolean): string | undefined {
  let first: string | undefined;
  let looks = 0;
  function look(at: unknown, pointer: string, depth: number): void {
    try {
      if (isMeant(at)) first ??= pointer;
      else if (typeof at === 'object' && at !== null && looks++ <= mostLooks && depth <= deepest)
        for (const [key, member] of Object.entries(at)) look(member, `${pointer}/${escapePointer(key)}`, depth + 1);
    } catch {
      // A getter or a proxy that throws.
    }
  }
  look(value, '', 0);
  return first;
}

/** Finds the first `bigint` of a value, which JSON does not have. */
export function findBigint(value: unknown): string | undefined {
  return findPlace(value, (part) => typeof part === 'bigint');
}
