import { FusioError } from '../base/errors.js';
import type * as handle from './handle.js';

/** Options of `file()`. */
export interface FileOptions {
  /** Media type of the file. Default: that of the operation's `response`, else `application/octet-stream`. */
  mediaType?: string;
  /** Offers the file under this name for saving (`Content-Disposition: attachment`). */
  download?: string;
  /** `Cache-Control: max-age`, in milliseconds; `private` where the operation is. Default: no such field, so that a cache asks again with the entity tag. */
  maxAgeMs?: number;
}

const brand = Symbol.for('fusio.file');

/** Tells a `FileBody` of either copy of fusio (ESM, CommonJS). */
export function isFile(value: unknown): value is FileBody {
  return typeof value === 'object' && value !== null && brand in value;
}

/** A file to be sent: with its size, entity tag, conditional and range requests (RFC 9110, 13 and 14). */
export class FileBody implements handle.FileBody {
  declare readonly '~file': true;

  constructor(
    readonly path: string,
    readonly options: FileOptions,
  ) {
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Answers with a file of the disk: `action: () => file('/srv/report.pdf', { mediaType: 'application/pdf' })`.
 * The path is the app's: never build it from a parameter without checking it, and mind that symbolic links are followed, also out of
 * a folder. A missing file is a 404 (`NOT_FOUND`).
 */
export function file(path: string, options: FileOptions = {}): handle.FileBody {
  if (typeof path !== 'string' || path === '')
    throw new FusioError('ACTION_INVALID', `file() needs a path, got ${typeof path}`);
  return new FileBody(path, options);
}
