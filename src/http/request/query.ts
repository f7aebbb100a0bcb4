import { type ErrorCode, FusioError } from '../../base/errors.js';
import { Bare } from '../../base/plain-record.js';
import { refuseKey } from '../body/keys.js';

/** Names and values of a query or a form, without a prototype. A repeated name has an array. */
export type Pairs = Record<string, string | string[]>;

const empty: Pairs = Object.freeze(new Bare());

const queryRules: PairRules = { slot: 'query', invalid: 'QUERY_INVALID', tooMany: 'QUERY_INVALID', maxPairs: 100 };

/** Reads the part of a URL after `?`. Brackets in a name have no meaning. */
export function parseQuery(text: string): Pairs {
  if (text === '') return empty;
  let isEncoded = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === percent || code === plus) isEncoded = true;
    // Refuses characters that a URL must encode (RFC 3986, 2), and control characters.
    if (code < 0x21 || code > 0x7e || (code === percent && isControl(text, at + 1))) {
      throw new FusioError(
        'QUERY_INVALID',
        'The query has a control character or a character that must be percent-encoded',
      );
    }
  }
  return readPairs(text, queryRules, isEncoded);
}

const percent = 0x25;
const plus = 0x2b;

/** Tells whether two hexadecimal digits encode a control character. Bytes of longer UTF-8 sequences are never below %80. */
function isControl(text: string, at: number): boolean {
  const first = text[at];
  return first === '0' || first === '1' || (first === '7' && text[at + 1]?.toLowerCase() === 'f');
}

export interface PairRules {
  /** First segment of the JSON pointers in errors. */
  readonly slot: string;
  readonly invalid: ErrorCode;
  readonly tooMany: ErrorCode;
  readonly maxPairs: number;
}

/** Reads `application/x-www-form-urlencoded` text (URL Standard, 5.1). Unlike the standard, refuses text that cannot be decoded. */
export function parsePairs(text: string, rules: PairRules): Pairs {
  return readPairs(text, rules, text.includes('%') || text.includes('+'));
}

function readPairs(text: string, rules: PairRules, isEncoded: boolean): Pairs {
  const pairs: Pairs = new Bare();
  let count = 0;
  let equals = -1;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('&', start);
    if (end === -1) end = text.length;
    if (end > start) {
      if (++count > rules.maxPairs) throw tooMany(rules);
      // Searched again only if the last "=" lies before `start`: otherwise a text of many names without "=" takes quadratic time.
      if (equals < start) equals = text.indexOf('=', start);
      if (equals === -1) equals = text.length;
      const nameEnd = Math.min(equals, end);
      const name = text.slice(start, nameEnd);
      const value = nameEnd < end ? text.slice(nameEnd + 1, end) : '';
      if (isEncoded) addPair(pairs, decode(name, rules), decode(value, rules), rules.slot);
      else addPair(pairs, name, value, rules.slot);
    }
    start = end + 1;
  }
  return pairs;
}

/** Adds a value. The second value of a name makes an array. */
export function addPair(pairs: Pairs, name: string, value: string, slot: string): void {
  if (name === '__proto__' || name === 'constructor') refuseKey(`/${slot}/${name}`);
  const present = pairs[name];
  if (present === undefined) pairs[name] = value;
  else if (typeof present === 'string') pairs[name] = [present, value];
  else present.push(value);
}

function decode(text: string, { slot, invalid }: PairRules): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (cause) {
    throw new FusioError(invalid, `The ${slot} has a percent-encoding that is not UTF-8`, { cause });
  }
}

function tooMany({ slot, tooMany, maxPairs }: PairRules): FusioError {
  return new FusioError(tooMany, `The ${slot} has more than ${maxPairs} parameters`);
}
