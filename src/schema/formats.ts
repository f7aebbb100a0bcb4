import { Format } from 'typebox/format';

/** Tells whether a text is of a format. */
export type FormatTest = (value: string) => boolean;

// Unicode normalisation and Punycode take the square of the length: 90 s for a host of 400 KB.
// RFC 1035, 2.3.4: a name has 255 octets at most. Its characters may be percent-encoded.
const maxHost = 2_000;
// RFC 5321, 4.5.3.1: 64 octets, the "@" and a name.
const maxEmail = 1_000;
// Classes such as \p{L} take the engine 60 µs each.
const maxRegex = 4_000;

/** Formats whose test takes too long for long texts. These refuse what is longer than any of the kind. */
export const boundedFormats: ReadonlyMap<string, FormatTest> = new Map<string, FormatTest>([
  ['url', bounded('url', hasShortHost)],
  ['iri', bounded('iri', hasShortHost)],
  ['iri-reference', bounded('iri-reference', hasShortHost)],
  ['hostname', bounded('hostname', upTo(maxHost))],
  ['idn-hostname', bounded('idn-hostname', upTo(maxHost))],
  ['idn-email', bounded('idn-email', upTo(maxEmail))],
  ['regex', bounded('regex', upTo(maxRegex))],
]);

function bounded(name: string, isShort: FormatTest): FormatTest {
  return (value) => isShort(value) && Format.Test(name, value);
}

function upTo(length: number): FormatTest {
  return (value) => value.length <= length;
}

// WHATWG URL, 4.4: what stands before the scheme, and tabs and line ends anywhere, are left out. Of these schemes slashes and backslashes are
// the same, and as many as there are may come before the host; a reference has the host after two of them.
const beforeHost = /^(?:(?:https?|wss?|ftp|file):[\\/]*|[\\/]{2,})/i;

function hasShortHost(value: string): boolean {
  if (value.length <= maxHost) return true;
  const text = value.replace(/^[\0- ]+|[\t\n\r]+/g, '');
  const start = beforeHost.exec(text)?.[0].length;
  if (start === undefined) return true;
  const length = text.slice(start).search(/[\\/?#]/);
  return (length === -1 ? text.length - start : length) <= maxHost;
}
