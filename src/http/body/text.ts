import { isUtf8 } from 'node:buffer';
import { FusioError } from '../../base/errors.js';

/** Decodes UTF-8, without a byte order mark that may stand before it, and refuses what is not UTF-8. */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // U+FFFD stands where bytes could not be decoded, or where it was sent: only then is a second look needed.
  if (text.includes('\ufffd') && !isUtf8(bytes)) throw new FusioError('TEXT_INVALID');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
