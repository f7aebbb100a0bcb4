import { constants } from 'node:buffer';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { FusioError } from '../../base/errors.js';
import { tooLarge } from './collect.js';

const inflaters = {
  gzip: promisify(gunzip),
  br: promisify(brotliDecompress),
  zlib: promisify(inflate),
  raw: promisify(inflateRaw),
};

export type Coding = 'gzip' | 'deflate' | 'br';

/** Reads Content-Encoding. Undefined for a body without an encoding. */
export function codingOf(header: string | undefined): Coding | undefined {
  if (header === undefined) return undefined;
  const coding = header.trim().toLowerCase();
  if (coding === '' || coding === 'identity') return undefined;
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip';
  if (coding === 'deflate' || coding === 'br') return coding;
  // RFC 9110, 15.5.16: Accept-Encoding tells the caller that the encoding caused the 415, and lists the supported ones.
  throw new FusioError('ENCODING_UNSUPPORTED', undefined, { headers: { 'accept-encoding': 'gzip, deflate, br' } });
}

/** Decompresses a body. Stops as soon as the output exceeds `maxBytes`. */
export async function unpack(bytes: Buffer, coding: Coding, maxBytes: number): Promise<Buffer> {
  try {
    return await inflaters[formatOf(bytes, coding)](bytes, {
      maxOutputLength: Math.min(maxBytes, constants.MAX_LENGTH),
    });
  } catch (cause) {
    if (Object(cause).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new FusioError('ENCODING_INVALID', undefined, { cause });
  }
}

// RFC 9110, 8.4.1.2: "deflate" is the zlib format, but some clients send raw deflate, whose first byte never ends in 8.
function formatOf(bytes: Buffer, coding: Coding): keyof typeof inflaters {
  if (coding !== 'deflate') return coding;
  return bytes.length > 0 && (bytes.readUInt8(0) & 0x0f) === 8 ? 'zlib' : 'raw';
}
