import { Bare } from '../bare.js';
import { type ErrorCode, FusioError } from '../errors.js';
import { refuseKey } from './body/keys.js';

/** Names and values of a query or a form; a name that comes again has an array. No prototype. */
export type Pairs = Record<string, string | string[]>;

const empty: Pairs = Object.freeze(new Bare());

// What a URL must encode (RFC 3986, 2), and control characters, which nobody means. A byte of a longer UTF-8 sequence is never below %80.
const unwelcome = /[^\x21-\x7e]|%[01]|%7f/i;

const queryRules: PairRules = { slot: 'query', invalid: 'QUERY_INVALID', tooMany: 'QUERY_INVALID', maxPairs: 100 };

/** Reads the part of a URL after `?`. Brackets in a name mean nothing. */
export function parseQuery(text: string): Pairs {
  if (text === '') return empty;
  if (unwelcome.test(text)) {
    throw new FusioError(
      'QUERY_INVALID',
      'The query has a control character or a character that must be percent-encoded',
    );
  }
  return parsePairs(text, queryRules);
}

export interface PairRules {
  /** The first segment of the pointers. */
  readonly slot: string;
  readonly invalid: ErrorCode;
  readonly tooMany: ErrorCode;
  readonly maxPairs: number;
}

/** Reads `application/x-www-form-urlencoded` text (URL Standard, 5.1), but refuses what cannot be decoded. */
export function parsePairs(text: string, rules: PairRules): Pairs {
  const pairs: Pairs = new Bare();
  const isPlain = !text.includes('%') && !text.includes('+');
  let count = 0;
  let equals = -1;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('&', start);
    if (end === -1) end = text.length;
    if (end > start) {
      if (++count > rules.maxPairs) throw tooMany(rules);
      // Asked again only when it is behind us: otherwise a text of many names and no "=" costs its length for each.
      if (equals < start) equals = text.indexOf('=', start);
      if (equals === -1) equals = text.length;
      const nameEnd = Math.min(equals, end);
      const name = text.slice(start, nameEnd);
      const value = nameEnd < end ? text.slice(nameEnd + 1, end) : '';
      if (isPlain) addPair(pairs, name, value, rules.slot);
      else addPair(pairs, decode(name, rules), decode(value, rules), rules.slot);
    }
    start = end + 1;
  }
  return pairs;
}

/** Adds a value; the second of a name makes an array. */
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
