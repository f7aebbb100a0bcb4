type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/** Finds the first character at which a text is not JSON. Gives its position, or the length of a text that ends too early. */
export function locateError(text: string): number {
  const closers: string[] = [];
  let wanted: Wanted = 'value';
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const character = text.charAt(at);
    switch (wanted) {
      case ', or end':
        if (closers.length === 0) return at;
        if (character === ',') wanted = closers.at(-1) === '}' ? 'key' : 'value';
        else if (character === closers.at(-1)) closers.pop();
        else return at;
        at++;
        break;
      case ':':
        if (character !== ':') return at;
        wanted = 'value';
        at++;
        break;
      case 'key':
      case 'key or }':
        if (character === '}' && wanted === 'key or }') {
          closers.pop();
          wanted = ', or end';
          at++;
          break;
        }
        if (character !== '"') return at;
        at = skipString(text, at);
        if (at < 0) return ~at;
        wanted = ':';
        break;
      default:
        if (character === ']' && wanted === 'value or ]') {
          closers.pop();
          wanted = ', or end';
          at++;
        } else if (character === '{' || character === '[') {
          closers.push(character === '{' ? '}' : ']');
          wanted = character === '{' ? 'key or }' : 'value or ]';
          at++;
        } else {
          at = character === '"' ? skipString(text, at) : skipWord(text, at);
          if (at < 0) return ~at;
          wanted = ', or end';
        }
    }
  }
  return text.length;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++;
  return at;
}

// Both return the position after the skipped part, or the complement (`~at`, below 0) of the position of an error.

function skipString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return at + 1;
    if (character < ' ') return ~at;
    if (character !== '\\') continue;
    at++;
    if (text[at] === 'u') {
      for (const end = at + 4; at < end; ) if (!isHex(text[++at])) return ~Math.min(at, text.length);
    } else if (at < text.length && !'"\\/bfnrt'.includes(text.charAt(at))) return ~at;
  }
  return ~text.length;
}

function skipWord(text: string, from: number): number {
  const word = words[text.charAt(from)];
  if (word === undefined) return skipNumber(text, from);
  for (let at = 1; at < word.length; at++) if (text[from + at] !== word[at]) return ~(from + at);
  return from + word.length;
}

const words: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };

function skipNumber(text: string, from: number): number {
  let at = text[from] === '-' ? from + 1 : from;
  if (!isDigit(text[at])) return ~at;
  at = text[at] === '0' ? at + 1 : skipDigits(text, at);
  if (text[at] === '.') {
    if (!isDigit(text[++at])) return ~at;
    at = skipDigits(text, at);
  }
  if (text[at] === 'e' || text[at] === 'E') {
    at++;
    if (text[at] === '+' || text[at] === '-') at++;
    if (!isDigit(text[at])) return ~at;
    at = skipDigits(text, at);
  }
  return at;
}

function skipDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text[at])) at++;
  return at;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

function isHex(character: string | undefined): boolean {
  return character !== undefined && /[0-9a-fA-F]/.test(character);
}
