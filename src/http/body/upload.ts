import { Readable } from 'node:stream';
import type { FileInfo } from 'busboy';
import type { UploadedFile } from '../../action/request.js';
import type { FusioError } from '../../base/errors.js';
import { ignore } from '../../base/streams.js';

/** File of a form that is being received. */
export class Upload implements UploadedFile {
  readonly filename: string;
  readonly mediaType: string;
  readonly stream: Readable;
  #bytes: Promise<Buffer> | undefined;

  constructor(
    readonly field: string,
    info: FileInfo,
    file: Readable,
  ) {
    this.filename = safeName(info.filename);
    this.mediaType = info.mimeType;
    this.stream = relay(file);
  }

  bytes(): Promise<Buffer> {
    if (!this.#bytes) {
      this.#bytes = readAll(this.stream);
      // The iteration reports a failed form. These promises must not cause an unhandled rejection before that.
      this.#bytes.catch(ignore);
    }
    return this.#bytes;
  }

  /** Resolves when the form may go on: after the file was read, or at once if it is not being read. */
  async leave(): Promise<void> {
    const { stream } = this;
    if (stream.closed) return;
    const isBeingRead = stream.listenerCount('data') > 0 || stream.listenerCount('readable') > 0;
    if (!isBeingRead) return this.skip();
    await new Promise<void>((resolve) => stream.once('close', () => resolve()));
  }

  skip(): void {
    this.stream.destroy();
  }

  fail(error: FusioError): void {
    this.stream.destroy(error);
  }
}

/**
 * Wraps the stream of busboy, which would block the form for ever if its reader destroyed it. Here the rest is discarded,
 * and the form goes on.
 */
function relay(file: Readable): Readable {
  const stream = new Readable({
    read() {
      file.resume();
    },
    destroy(error, callback) {
      file.resume();
      callback(error);
    },
  });
  file.on('data', (chunk: Buffer) => {
    if (!stream.destroyed && !stream.push(chunk)) file.pause();
  });
  file.on('end', () => {
    if (!stream.destroyed) stream.push(null);
  });
  file.pause();
  // Without a listener, an error would end the process.
  return stream.on('error', ignore);
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}

const longestName = 255;

/** Gives the base name that the client sent, safe for a header or a file system. Empty if there is none. */
function safeName(given: string | undefined): string {
  if (given === undefined) return '';
  // Removes control characters, line separators and direction marks: `invoice\u202Efdp.exe` would look like a PDF.
  const clean = given.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '');
  const name = clean.slice(Math.max(clean.lastIndexOf('/'), clean.lastIndexOf('\\')) + 1).slice(0, longestName);
  // Checked last, because the removed characters may have hidden the dots from busboy.
  return name === '.' || name === '..' ? '' : name;
}
