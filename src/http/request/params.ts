import { FusioError } from '../../base/errors.js';
import { decodeSegment } from '../../operation/path.js';

/** Reads the parameters of a path: their names, and the raw segments in the same order. Throws `PATH_INVALID`. */
export function readParams(names: readonly string[], values: readonly string[]): Readonly<Record<string, string>> {
  if (names.length === 0) return none;
  const read: Record<string, string> = {};
  for (let index = 0; index < names.length; index++) read[names[index]!] = readValue(values[index]!);
  return read;
}

const none = Object.freeze({});

// A segment `.` or `..`, however it was encoded, would walk about in whatever path or URL an action builds of it;
// control characters are never meant.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const unwelcome = /(^|[/\\])\.\.?([/\\]|$)|[\x00-\x1f\x7f]/;

function readValue(raw: string): string {
  const value = decodeSegment(raw);
  if (value === undefined || unwelcome.test(value)) throw new FusioError('PATH_INVALID');
  return value;
}
