import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { FileBody } from '../../action/file.js';
import { FusioError } from '../../base/errors.js';
import { type Answer, type Conditions, matches, replace, setDefault, withoutContent } from './headers.js';

/** Answers with a whole file, a range of it (206), or nothing if the caller has it already (304). RFC 9110, 13 and 14. */
export async function answerFile(
  body: FileBody,
  status: number,
  headers: string[],
  mediaType: string | undefined,
  conditions: Conditions,
): Promise<Answer> {
  const { mediaType: own, download, maxAgeMs } = body.options;
  const file = await openFile(body);
  try {
    const tag = `W/"${file.size.toString(16)}-${Math.floor(file.modifiedMs).toString(16)}"`;
    const modified = new Date(Math.floor(file.modifiedMs / 1000) * 1000);
    setDefault(headers, 'content-type', own ?? mediaType ?? 'application/octet-stream');
    setDefault(headers, 'etag', tag);
    setDefault(headers, 'last-modified', modified.toUTCString());
    setDefault(headers, 'accept-ranges', 'bytes');
    if (maxAgeMs !== undefined) replace(headers, 'cache-control', `max-age=${Math.floor(maxAgeMs / 1000)}`);
    if (download !== undefined) headers.push('content-disposition', disposition(download));

    if (status === 200 && isFresh(conditions, tag, modified)) {
      await file.close();
      return { status: 304, headers: withoutContent(headers), body: undefined };
    }
    const range = status === 200 ? rangeOf(conditions, file.size, modified) : undefined;
    const [start, end] = range ?? [0, file.size - 1];
    headers.push('content-length', String(end - start + 1));
    if (range) headers.push('content-range', `bytes ${start}-${end}/${file.size}`);
    if (conditions.method === 'HEAD' || file.size === 0) {
      await file.close();
      return { status: range ? 206 : status, headers, body: undefined };
    }
    return { status: range ? 206 : status, headers, body: file.read(start, end) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function isFresh(request: Conditions, tag: string, modified: Date): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const ifNoneMatch = request.header('if-none-match');
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, tag);
  const since = Date.parse(request.header('if-modified-since') ?? '');
  return !Number.isNaN(since) && modified.getTime() <= since;
}

/** Reads a single range. Undefined, and so the whole file, for several ranges or an invalid one. */
function rangeOf(request: Conditions, size: number, modified: Date): [number, number] | undefined {
  const match = request.method === 'GET' ? /^bytes=(\d*)-(\d*)$/.exec(request.header('range') ?? '') : null;
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const ifRange = request.header('if-range');
  // If-Range needs a strong tag and ours is weak, so only the date can match.
  if (ifRange !== undefined && ifRange !== modified.toUTCString()) return undefined;
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end || start >= size) {
    throw new FusioError('RANGE_NOT_SATISFIABLE', undefined, { headers: { 'content-range': `bytes */${size}` } });
  }
  return [start, end];
}

/** Makes Content-Disposition (RFC 6266): an ASCII name for old clients, and the real name in UTF-8. */
function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

// Error codes for a path at which there is no file, or cannot be one.
const cannotBe = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG', 'ELOOP', 'ERR_INVALID_ARG_VALUE'];

/** Opened file: its size and date, and a function that reads a part of it. */
interface OpenFile {
  readonly size: number;
  readonly modifiedMs: number;
  read(start: number, end: number): Readable;
  close(): Promise<void>;
}

/** Opens a regular file, or throws 404. Size, date and content come from one handle, so they belong to the same file. */
async function openFile({ path }: FileBody): Promise<OpenFile> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (cause) {
    const { code }: { code?: string } = Object(cause);
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
