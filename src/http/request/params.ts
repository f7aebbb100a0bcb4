import { FusioError } from '../../base/errors.js';
import { decodeSegment } from '../../operation/path.js';

/** Reads the parameters of a path from their names and the raw segments in the same order. Throws `PATH_INVALID`. */
export function readParams(names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> {
  if (names.length === 0) return none;
  const read: Record<string, string> = {};
  // Both lists have the same length: the route has matched.
  for (let index = 0; index < names.length; index++) read[names[index] ?? ''] = readValue(values[index] ?? '');
  return read;
}

const none = Object.freeze({});

// A segment `.` or `..`, in any encoding, would lead to another place in a path or URL that an action builds with it.
// Control characters are always a mistake or an attack.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for them
const unwelcome = /(^|[/\\])\.\.?([/\\]|$)|[\x00-\x1f\x7f]/;

function readValue(raw: string): string {
  const value = decodeSegment(raw);
  if (value === undefined || unwelcome.test(value)) throw new FusioError('PATH_INVALID');
  return value;
}
