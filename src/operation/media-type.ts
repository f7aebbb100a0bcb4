import { nearest } from '../base/suggest.js';

/** `image/png`, as against a text for the documents. */
export function isMediaType(text: string): boolean {
  return /^[\w.+-]+\/[\w.+*-]+(\s*;.*)?$/.test(text);
}

/** `image/png`, or `image/*` for all of a kind. RFC 6838, 4.2: the characters of a name. */
export function isMediaRange(text: string): boolean {
  return /^[\w!#$&^.+-]+\/([\w!#$&^.+-]+|\*)$/.test(text);
}

// The types that are read in a way of their own: a misspelled one would be read as bytes.
const forms = ['multipart/form-data', 'application/x-www-form-urlencoded'];
const short: ReadonlyMap<string, string> = new Map([
  ['json', 'application/json'],
  ['form', 'application/x-www-form-urlencoded'],
  ['urlencoded', 'application/x-www-form-urlencoded'],
  ['multipart', 'multipart/form-data'],
  ['form-data', 'multipart/form-data'],
  ['text', 'text/plain'],
]);

// IANA, "Media Types": no others are registered.
const topLevel = 'application audio example font haptics image message model multipart text video'.split(' ');

/** Gives the media type that was meant, where a text is nearly one. */
export function misspelledType(text: string): string | undefined {
  const type = text.toLowerCase();
  const [top = '', sub] = type.split('/');
  if (sub === undefined) return short.get(type);
  if (!topLevel.includes(top)) {
    const guess = nearest(top, topLevel);
    return guess && `${guess}/${sub}`;
  }
  return forms.find((form) => {
    const [formTop, formSub = ''] = form.split('/');
    return top === formTop && sub !== formSub && nearest(sub, [formSub]) !== undefined;
  });
}
