import { isUtf8 } from 'node:buffer';
import { FusioError } from '../../base/errors.js';

/** Decodes UTF-8, removes a byte order mark, and refuses bytes that are not UTF-8. */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // U+FFFD means that bytes could not be decoded, or that the caller sent it: only then a strict decoder has to decide.
  if (text.includes('\ufffd') && !isUtf8(bytes)) throw new FusioError('TEXT_INVALID');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
