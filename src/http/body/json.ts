import { FusioError } from '../../base/errors.js';
import { checkKeys, refuseDepth } from './keys.js';
import { locateError } from './locate.js';
import { hasLongInteger, quoteLongIntegers } from './long-integers.js';

/** Parses JSON (RFC 8259) of an untrusted caller. The last of two equal keys wins, as with `JSON.parse`. */
export function parseJson(text: string, maxDepth: number): unknown {
  if (opensMore(text, maxDepth, false) && opensMore(text, maxDepth, true)) checkDepth(text, maxDepth);
  const parsed = parse(text);
  const value = hasLongInteger(text) ? parse(quoteLongIntegers(text)) : parsed;
  if (suspicious.test(text)) checkKeys(value, maxDepth);
  return value;
}

/**
 * Tells whether more than `max` objects and lists begin. Most bodies have fewer than the allowed depth, and need no further check.
 * `onlyFirst` skips those that directly follow another one (`},{`). Each level of a nesting has at least one that is not skipped, so the
 * depth never exceeds the count; brackets in strings only make the count larger.
 */
function opensMore(text: string, max: number, onlyFirst: boolean): boolean {
  let left = max;
  for (let at = text.indexOf('{'); at !== -1; at = text.indexOf('{', at + 1)) {
    if (!(onlyFirst && followsOn(text, at)) && --left < 0) return true;
  }
  for (let at = text.indexOf('['); at !== -1; at = text.indexOf('[', at + 1)) {
    if (!(onlyFirst && followsOn(text, at)) && --left < 0) return true;
  }
  return false;
}

function followsOn(text: string, at: number): boolean {
  if (text.charCodeAt(at - 1) !== comma) return false;
  const before = text.charCodeAt(at - 2);
  return before === closeBrace || before === closeBracket;
}

/** Counts the levels before parsing: `JSON.parse` takes 120 ms for a megabyte of brackets. */
function checkDepth(text: string, maxDepth: number): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      for (at++; at < text.length; at++) {
        const inside = text.charCodeAt(at);
        if (inside === quote) break;
        if (inside === backslash) at++;
      }
    } else if (code === openBrace || code === openBracket) {
      if (++depth > maxDepth) refuseDepth(maxDepth);
    } else if (code === closeBrace || code === closeBracket) depth--;
  }
}

const comma = 0x2c;
const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error of V8 quotes the body, which must not get into logs: neither its message nor the error is kept.
    const at = locateError(text);
    throw new FusioError(
      'JSON_INVALID',
      at >= text.length
        ? `The body is not valid JSON: it ends too early, at position ${text.length}`
        : `The body is not valid JSON: unexpected character at position ${at}`,
    );
  }
}

// The letters of `__proto__` and `constructor`, escaped in JSON, are \u005f and \u0061 to \u007a.
const suspicious = /__proto__|constructor|\\u00[5-7]/;
