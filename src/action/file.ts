import { FusioError } from '../base/errors.js';

export interface FileOptions {
  /** Default: the operation's media type, else `application/octet-stream`. */
  mediaType?: string;
  /** Offers the file under this name for saving (`Content-Disposition: attachment`). */
  download?: string;
  /** Default: no `Cache-Control`, so that a cache asks again with the entity tag. */
  maxAgeMs?: number;
}

const brand = Symbol.for('fusio.file');

/** Tells a `FileBody` of either copy of fusio (ESM, CommonJS). */
export function isFile(value: unknown): value is FileBody {
  return typeof value === 'object' && value !== null && brand in value;
}

/** A file to be sent: with its size, entity tag, conditional and range requests (RFC 9110, 13 and 14). */
export class FileBody {
  constructor(
    readonly path: string,
    readonly options: FileOptions,
  ) {
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Answers with a file of the disk: `action: () => file('/srv/report.pdf', { mediaType: 'application/pdf' })`.
 * The path is the app's: never build it from a parameter without checking it. A file that is not there is a 404.
 */
export function file(path: string, options: FileOptions = {}): any {
  if (typeof path !== 'string' || path === '')
    throw new FusioError('ACTION_INVALID', `file() needs a path, got ${typeof path}`);
  return new FileBody(path, options);
}
