import { FusioError } from '../../base/errors.js';
import { decodeSegment } from '../../operation/path.js';
import type { Route } from '../route.js';

/** Reads the parameters of a path from the raw segments in the order of their names. Throws `PATH_INVALID`. */
export function readParams(
  { params: names, hasWildcard }: Pick<Route, 'params' | 'hasWildcard'>,
  values: readonly string[],
): Readonly<Record<string, string>> {
  if (names.length === 0) return none;
  if (hasWildcard && ambiguous.test(values.at(-1) ?? '')) throw new FusioError('PATH_INVALID');
  const read: Record<string, string> = {};
  // Both lists have the same length: the route has matched.
  for (let index = 0; index < names.length; index++) read[names[index] ?? ''] = readValue(values[index] ?? '');
  return read;
}

const none = Object.freeze({});

// An encoded slash would be one of the wildcard's own, which a guard of the host has not seen; a slash at the beginning makes a
// path that is absolute.
const ambiguous = /^\/|%2f/i;

// A segment `.` or `..`, in any encoding, would lead to another place in a path or URL that an action builds with it.
// Control characters are always a mistake or an attack.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for them
const unwelcome = /(^|[/\\])\.\.?([/\\]|$)|[\x00-\x1f\x7f]/;

function readValue(raw: string): string {
  const value = decodeSegment(raw);
  if (value === undefined || unwelcome.test(value)) throw new FusioError('PATH_INVALID');
  return value;
}
