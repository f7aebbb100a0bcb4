// The one list of secrets: what the log takes out of texts, and out of fields by their name.

// Secret as the first of two words only: a `key` may be anything.
const kindsOfKey = 'api|access|secret|private|shared|master|account|auth|signing|encryption|session|service|storage';

// Ends of names, in lower case and without separators: `db_password`, `X-Auth-Token`, `accessToken`, `PGPASSWORD`.
const names = new RegExp(
  `(?:${[
    'passw(?:or)?d',
    'passphrase',
    'passcode',
    'pwd',
    'secret',
    'token',
    'jwt',
    `(?:${kindsOfKey})key`,
    'secretkeybase',
    'credential',
    'authorization',
    'cookie',
    'signature',
    'assertion',
    'sess(?:ion)?id',
    '(?:auth|authorization|device)code',
    'codeverifier',
  ].join('|')})s?(?:hash|value|plain|text|\\d+)?$`,
);

// Names that are too short to look for at the end of other words: `bypass` is none, `db_pass` and `dbPass` are.
const words = /(?:^|[^a-z])(?:pass|sid|otp|pin)$/i;
const camelWords = /[a-z](?:Pass|Sid|Otp|Pin)$/;

// Names of secrets in the query of a URL, and of other things elsewhere.
const queryNames = /^(?:key|code|sig|auth)$/i;

// Their value has spaces, commas and pairs of its own, and goes to the end of the line.
const lineNames = /(?:authorization|cookies?\d?)$/i;

/** Tells a name of a secret, in any case and spelling. */
export function isSecretName(name: string): boolean {
  return names.test(name.replace(/[^a-z\d]+/gi, '').toLowerCase()) || words.test(name) || camelWords.test(name);
}

/** Stands for a secret. */
export const redacted = '[redacted]';

/** Takes the secrets out of a text. Takes time in proportion to its length, whatever it is. */
export function withoutSecrets(text: string): string {
  let clean = text;
  for (const [pattern, replacement] of forms) clean = clean.replace(pattern, replacement);
  return withoutPairs(clean.replace(/:\/\/[^\s"<>`]+/g, withoutUserinfo));
}

// Secrets that are known by their own form.
const forms: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z\d ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END|$)/g, redacted],
  [/(whsec_|fus_(?:live|test)_)[\w+/=-]+/g, `$1${redacted}`],
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)*/g, redacted],
  // Not "Basic authentication" and `Bearer realm="…"`.
  [
    /\b(Bearer|Basic|DPoP|Negotiate)\s+(?!(?:auth(?:entication|orization)?|credentials?|realm=\S*)(?:[\s"',;)]|$))[^\s"',;]{6,}/gi,
    `$1 ${redacted}`,
  ],
];

/** Takes the user and the password out of the URLs of a text without spaces. A password may have a raw `@` or `/`. */
function withoutUserinfo(run: string): string {
  const end = run.lastIndexOf('@');
  for (let start = 0; start !== -1 && start < end; start = run.indexOf('://', start + 3)) {
    userinfo.lastIndex = start + 3;
    if (userinfo.test(run)) return `${run.slice(0, start + 3)}${redacted}${run.slice(end)}`;
  }
  return run;
}

// A colon before digits and a slash is that of a port.
const userinfo = /[^/?#@:]*(?:@|:(?!\d{1,5}(?:[/?#']|$)))/y;

// A name, what closes it (`user[password]`, a quote of JSON, escaped as often as it may be), and what separates it from its value.
// The lookbehind lets a match begin at the beginning of a name only: else a long name would be read from each of its characters.
const pair = new RegExp(
  [
    /(?<![\w.-]|:\/\/)/,
    `((?:(?:${kindsOfKey})[ ])?[\\w.-]+)`,
    /(?:\]|%5D)?(\\*["'`]|%22|%27)?/,
    /[ \t]*(=>|:=|=|:|%3D|%3A)[ \t]*/,
    // A value of its own line: one in quotes, or one that is indented, as in YAML. A frame of a stack or another name is none.
    /(?:(?:[|>][+-]?[ \t]*)?\r?\n(?:[ \t]*(?=[\\"'`[{])|[ \t]+(?![ \t]|at\s|[\w.-]+:(?:\s|$))(?:-[ \t]+)?))?/,
  ]
    .map((part) => (typeof part === 'string' ? part : part.source))
    .join(''),
  'gi',
);

function withoutPairs(text: string): string {
  let clean = '';
  let done = 0;
  pair.lastIndex = 0;
  for (let found = pair.exec(text); found; found = pair.exec(text)) {
    // The groups 1 and 3 of the expression are not optional.
    const [, name = '', quote, separator = ''] = found;
    const isInQuery = /[?&]/.test(text.charAt(found.index - 1)) && separator === '=';
    if (!isSecretName(name) && !(isInQuery && queryNames.test(name))) continue;
    const isLine = quote === undefined && !isInQuery && lineNames.test(name);
    const [from, to] = valueAt(text, pair.lastIndex, isLine ? line : word);
    if (from === to) continue;
    clean += `${text.slice(done, from)}${redacted}`;
    done = to;
    pair.lastIndex = to;
  }
  return clean + text.slice(done);
}

// A driver's "(using password: YES)" tells what is wrong.
const harmless = /(?:yes|no|true|false|null|undefined|none)(?=[\s"',;)}\]]|$)/iy;
const word = /[^\s"'&,;]+/y;
const line = /[^\r\n]+/y;
const opening = /\\*["'`]/y;

/** Where the value at a place begins and ends, without its quotes. Without a closing quote or bracket it goes to the end. */
function valueAt(text: string, start: number, bare: RegExp): [from: number, to: number] {
  if (matchAt(harmless, text, start) !== undefined) return [start, start];
  const quote = matchAt(opening, text, start);
  if (quote) return [start + quote.length, endOfQuoted(text, start + quote.length, quote)];
  if (text[start] === '[' || text[start] === '{') return [start, endOfBrackets(text, start)];
  return [start, start + (matchAt(bare, text, start) ?? '').length];
}

function matchAt(pattern: RegExp, text: string, start: number): string | undefined {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0];
}

/**
 * Finds the quote that closes a text: the one with as many backslashes as the opening one has. A quote inside the text has
 * one level more, and a backslash before the closing quote is written twice at each level.
 */
function endOfQuoted(text: string, start: number, opening: string): number {
  const quote = opening.slice(-1);
  for (let at = text.indexOf(quote, start); at !== -1; at = text.indexOf(quote, at + 1)) {
    let slashes = 0;
    while (at - slashes > start && text[at - slashes - 1] === '\\') slashes++;
    const escaped = slashes % (2 * opening.length);
    if (escaped < opening.length) return at - escaped;
  }
  return text.length;
}

// A run of backslashes is one token, or each of them would be the beginning of another look.
const token = /\\*["'`]|\\+|[[\]{}]/g;

function endOfBrackets(text: string, start: number): number {
  let depth = 0;
  token.lastIndex = start;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    const [it] = found;
    const end = token.lastIndex;
    if (/["'`]$/.test(it)) token.lastIndex = endOfQuoted(text, end, it) + it.length;
    else if (it === '[' || it === '{') depth++;
    else if ((it === ']' || it === '}') && --depth === 0) return end;
  }
  return text.length;
}
