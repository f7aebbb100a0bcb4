/**
 * Tells whether a JSON text may have an integer of 16 digits or more: `JSON.parse` changes those beyond 2^53 - 1, as 9007199254740993
 * into …992. So many digits have two at every eighth place: mostly, only there is the text looked at, which costs next to nothing.
 */
export function hasLongInteger(text: string): boolean {
  for (let at = step - 1; at < text.length; at += step) {
    if (!isDigit(text.charCodeAt(at))) continue;
    if (!isDigit(text.charCodeAt(at + step))) {
      at += step;
      continue;
    }
    let start = at;
    while (isDigit(text.charCodeAt(start - 1))) start--;
    let end = at + 1;
    while (isDigit(text.charCodeAt(end))) end++;
    // The fractions of most numbers are as long, and lose nothing that matters.
    if (end - start >= 2 * step && text.charCodeAt(start - 1) !== point) return true;
    at = end - 1;
  }
  return false;
}

/**
 * Writes integers that would lose digits as texts: no number fits them, and a schema that takes anything gets each digit. Those that
 * JavaScript writes in the same digits, as 1e20, stay. Takes valid JSON.
 */
export function quoteLongIntegers(text: string): string {
  let quoted = '';
  let written = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      for (at++; at < text.length && text.charCodeAt(at) !== quote; at++) if (text.charCodeAt(at) === backslash) at++;
    } else if (code === minus || isDigit(code)) {
      const start = at;
      while (at < text.length && !isEnd(text.charCodeAt(at))) at++;
      const number = text.slice(start, at);
      if (/^-?\d{16,}$/.test(number) && String(Number(number)) !== number) {
        quoted += `${text.slice(written, start)}"${number}"`;
        written = at;
      }
      at--;
    }
  }
  return quoted + text.slice(written);
}

const step = 8;
const quote = 0x22;
const backslash = 0x5c;
const minus = 0x2d;
const point = 0x2e;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** What may follow a number: a comma, a bracket, white space. */
function isEnd(code: number): boolean {
  return code === 0x2c || code === 0x5d || code === 0x7d || code <= 0x20;
}
