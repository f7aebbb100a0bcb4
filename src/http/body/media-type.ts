import { FusioError } from '../../base/errors.js';
import type { BodyFormat } from './format.js';

/** Refuses a Content-Type that the operation does not accept, and text with a charset other than UTF-8. */
export function checkMediaType(header: string | undefined, { kind, mediaTypes }: BodyFormat, isDecoded: boolean): void {
  if (header !== undefined && header === mediaTypes[0]) return;
  const end = header?.indexOf(';') ?? -1;
  const essence = (end === -1 ? header : header?.slice(0, end))?.trim().toLowerCase();
  if (essence === undefined || !mediaTypes.includes(essence)) {
    const came = essence ? `"${essence.slice(0, 100)}"` : 'none';
    throw new FusioError('MEDIA_TYPE_UNSUPPORTED', `Content-Type must be ${mediaTypes.join(' or ')}, got ${came}`);
  }
  // Binary bodies are not decoded, and a body that the host's parser decoded has no charset any more.
  if (header === undefined || end === -1 || kind === 'binary' || kind === 'multipart' || isDecoded) return;
  for (const [, charset = ''] of header.matchAll(charsets)) {
    if (!/^utf-?8$/i.test(charset)) {
      throw new FusioError('CHARSET_UNSUPPORTED', `Text must be UTF-8, got charset "${charset.slice(0, 100)}"`);
    }
  }
}

const charsets = /;\s*charset\s*=\s*"?([^";\s]*)/gi;
