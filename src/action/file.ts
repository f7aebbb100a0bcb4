import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { FusioError } from '../errors.js';

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

// Codes for a path where no file is or could be.
const cannotBe = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE'];

/** An opened file: its facts, and a way to read a part of it. */
export interface OpenFile {
  readonly size: number;
  readonly modifiedMs: number;
  read(start: number, end: number): Readable;
  close(): Promise<void>;
}

/** Opens a regular file; 404 where there is none. What is described is what is sent: both come from one handle. */
export async function openFile({ path }: FileBody): Promise<OpenFile> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined && cannotBe.includes(code))
      throw new FusioError('NOT_FOUND', 'There is no such file', { cause });
    throw cause;
  }
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) throw new FusioError('NOT_FOUND', 'There is no such file');
    return {
      size: facts.size,
      modifiedMs: facts.mtimeMs,
      // The stream closes the handle when it ends or breaks.
      read: (start, end) => createReadStream('', { fd: handle, start, end }),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
