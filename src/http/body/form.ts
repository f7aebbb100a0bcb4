import { type PairRules, type Pairs, parsePairs } from '../request/query.js';

const formRules: PairRules = { slot: 'body', invalid: 'FORM_INVALID', tooMany: 'FORM_TOO_LARGE', maxPairs: 1000 };

/** Parses the text of an HTML form. A repeated field becomes an array. */
export function parseForm(text: string): Pairs {
  return parsePairs(text, formRules);
}
