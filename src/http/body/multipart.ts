import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Busboy, BusboyConfig, FileInfo } from 'busboy';
import type { UploadedFile } from '../../action/request.js';
import { FusioError } from '../../base/errors.js';
import { ignore } from '../../base/streams.js';
import type { MultipartLimits } from '../../operation/multipart.js';
import type { Deadline, Deadlines } from '../../pipeline/deadlines.js';
import type { Transported } from '../../pipeline/transport.js';
import { addPair, type Pairs } from '../request/query.js';
import { bufferOf, giveUp, incomplete, tooLarge, tooSlow } from './collect.js';
import type { MultipartFormat } from './format.js';
import { refuseKey } from './keys.js';
import { Upload } from './upload.js';

/** Form whose fields are read. Its files arrive while they are iterated. */
export interface MultipartForm {
  readonly fields: Pairs;
  /** Can be iterated once. A file that is not being read when the next one is requested is skipped. */
  readonly files: AsyncIterable<UploadedFile>;
  /** Discards the files that were not read. */
  dispose(): void;
}

/** Reads the fields of `multipart/form-data` (RFC 7578): resolves when the first file begins or the form ends. */
export async function readMultipart(
  stream: Readable,
  headers: IncomingHttpHeaders,
  format: MultipartFormat,
  deadlines: Deadlines,
  invocation: Pick<Transported, 'onEnd'>,
  proceed: (() => void) | undefined,
): Promise<MultipartForm> {
  const make = await loadBusboy(stream);
  let parser: Busboy;
  try {
    parser = makeParser(make, headers, format);
  } catch (cause) {
    giveUp(stream);
    throw new FusioError('FORM_INVALID', 'The Content-Type of the form has no boundary', { cause });
  }
  const form = new Form(stream, parser, format, deadlines);
  invocation.onEnd(() => form.dispose());
  proceed?.();
  return form.begin();
}

type MakeBusboy = (config: BusboyConfig) => Busboy;
let makeBusboy: MakeBusboy | undefined;

/** Loads busboy with the first form, so that an app without forms does not load it. */
async function loadBusboy(stream: Readable): Promise<MakeBusboy> {
  if (makeBusboy) return makeBusboy;
  // Without a listener, an error of the stream would end the process.
  stream.on('error', ignore);
  makeBusboy = (await import('busboy')).default;
  stream.off('error', ignore);
  return makeBusboy;
}

function makeParser(make: MakeBusboy, headers: IncomingHttpHeaders, { multipart }: MultipartFormat): Busboy {
  const { maxFiles, maxFileBytes, maxFields, maxFieldBytes } = multipart;
  return make({
    headers,
    // Browsers write names in the encoding of the page, mostly UTF-8; busboy's default is latin1.
    defParamCharset: 'utf8',
    limits: {
      files: maxFiles,
      fields: maxFields,
      // Ignored parts count as well. One more, because busboy reports that a limit is reached, not that it is exceeded.
      parts: maxFiles + maxFields + 1,
      fileSize: maxFileBytes + 1,
      fieldSize: maxFieldBytes + 1,
    },
  });
}

class Form implements MultipartForm {
  readonly fields: Pairs = Object.create(null);
  readonly files: AsyncIterable<UploadedFile>;
  readonly #stream: Readable;
  readonly #parser: Busboy;
  readonly #format: MultipartFormat;
  readonly #limits: MultipartLimits;
  readonly #deadlines: Deadlines;
  readonly #deadline: Deadline & { expiresAt: number };
  readonly #arrived: Upload[] = [];
  #current: Upload | undefined;
  #size = 0;
  #isParserFull = false;
  #hasFiles = false;
  #state: 'reading' | 'complete' | 'failed' = 'reading';
  #error: FusioError | undefined;
  // Callback of the waiting function: `begin`, then `#next`.
  #wake: (() => void) | undefined;

  constructor(stream: Readable, parser: Busboy, format: MultipartFormat, deadlines: Deadlines) {
    this.#stream = stream;
    this.#parser = parser;
    this.#format = format;
    this.#limits = format.multipart;
    this.#deadlines = deadlines;
    this.#deadline = {
      expiresAt: deadlines.clock.now() + format.timeoutMs,
      isEndless: false,
      expire: () => this.#fail(tooSlow()),
    };
    this.files = { [Symbol.asyncIterator]: () => this.#iterate() };
  }

  async begin(): Promise<MultipartForm> {
    const { maxFiles, maxFields } = this.#limits;
    // The error listener stays: busboy also reports an unfinished form when it is destroyed.
    this.#parser
      .on('field', (name, value, info) => this.#onField(name, value, info.valueTruncated))
      .on('file', (name, file, info) => this.#onFile(name, file, info))
      .on('filesLimit', () => this.#fail(formTooLarge(`more than ${maxFiles} files`)))
      .on('fieldsLimit', () => this.#fail(formTooLarge(`more than ${maxFields} fields`)))
      .on('partsLimit', () => this.#fail(formTooLarge(`more than ${maxFiles + maxFields} parts`)))
      .on('drain', this.#onDrain)
      .on('finish', this.#onFinish)
      .on('error', (cause: Error) => this.#fail(formInvalid(cause.message, cause)));
    if (this.#stream.destroyed) this.#fail(incomplete(this.#stream.errored ?? undefined));
    else this.#listen();
    while (this.#state === 'reading' && !this.#hasFiles) await this.#change();
    if (this.#error) throw this.#error;
    return this;
  }

  dispose(): void {
    this.#fail(new FusioError('BODY_INCOMPLETE', 'The form was let go before its files were read'));
  }

  async *#iterate(): AsyncGenerator<UploadedFile> {
    try {
      for (;;) {
        const upload = await this.#next();
        if (!upload) return;
        yield upload;
      }
    } finally {
      this.dispose();
    }
  }

  async #next(): Promise<Upload | undefined> {
    await this.#current?.leave();
    this.#current = undefined;
    for (;;) {
      if (this.#error) throw this.#error;
      this.#current = this.#arrived.shift();
      this.#flow();
      if (this.#current || this.#state !== 'reading') return this.#current;
      await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #onField(name: string | undefined, value: string | undefined, isTruncated: boolean): void {
    if (this.#state === 'reading') this.#attempt(() => this.#addField(name, value, isTruncated));
  }

  #addField(name: string | undefined, value: string | undefined, isTruncated: boolean): void {
    if (name === undefined) throw formInvalid('a part has no name');
    // busboy has no value for a part whose Content-Type names a charset that Node does not know.
    if (value === undefined) throw new FusioError('CHARSET_UNSUPPORTED', `The field "${short(name)}" must be UTF-8`);
    if (this.#hasFiles && !this.#format.files) throw formInvalid(`field "${short(name)}" must come before the files`);
    if (isTruncated) {
      const { maxFieldBytes } = this.#limits;
      throw formTooLarge(`more than ${maxFieldBytes} bytes in the field "${short(name)}"`);
    }
    // busboy replaces bytes that it cannot decode by U+FFFD, without an error.
    if (value.includes('\ufffd')) throw new FusioError('TEXT_INVALID', `The field "${short(name)}" is not valid UTF-8`);
    addPair(this.fields, name, value, 'body');
  }

  #onFile(name: string | undefined, file: Readable, info: FileInfo): void {
    // The file fails with the form; its reader gets the error from the upload.
    file.on('error', ignore);
    if (this.#state === 'reading') this.#attempt(() => this.#addFile(name, file, info));
    else file.resume();
  }

  #addFile(name: string | undefined, file: Readable, info: FileInfo): void {
    if (name === undefined) throw formInvalid('a part has no name');
    if (name === '__proto__' || name === 'constructor') refuseKey(`/body/${name}`);
    const { maxFileBytes } = this.#limits;
    file.on('limit', () => {
      this.#fail(formTooLarge(`more than ${maxFileBytes} bytes in the file of the field "${short(name)}"`));
    });
    this.#hasFiles = true;
    this.#arrived.push(new Upload(name, info, file));
    this.#wake?.();
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      // Cast: the functions below throw nothing else.
      this.#fail(error as FusioError);
    }
  }

  #onData = (chunk: Buffer | Uint8Array | string): void => {
    const bytes = bufferOf(chunk, this.#stream);
    this.#deadline.expiresAt = this.#deadlines.clock.now() + this.#format.timeoutMs;
    this.#size += bytes.length;
    if (this.#size > this.#format.maxBytes) {
      this.#fail(tooLarge(this.#format.maxBytes));
    } else {
      this.#isParserFull = !this.#parser.write(bytes);
      this.#flow();
    }
  };

  #onDrain = (): void => {
    this.#isParserFull = false;
    this.#flow();
  };

  /** Resumes the socket while bytes are wanted. While they are not, the caller cannot send, and the time does not count. */
  #flow(): void {
    if (this.#state !== 'reading' || this.#stream.readableEnded) return;
    if (this.#isParserFull || this.#arrived.length > 0) {
      this.#deadline.expiresAt = Number.POSITIVE_INFINITY;
      this.#stream.pause();
    } else if (this.#stream.isPaused()) {
      this.#deadline.expiresAt = this.#deadlines.clock.now() + this.#format.timeoutMs;
      this.#stream.resume();
    }
  }

  #onEnd = (): void => {
    this.#unlisten();
    this.#parser.end();
  };

  #onFinish = (): void => {
    if (this.#state !== 'reading') return;
    this.#state = 'complete';
    this.#wake?.();
  };

  #onError = (cause: unknown): void => this.#fail(incomplete(cause));

  #onClose = (): void => this.#fail(incomplete());

  #fail(error: FusioError): void {
    if (this.#state !== 'reading') return;
    this.#state = 'failed';
    this.#error = error;
    this.#close(error);
    this.#wake?.();
  }

  #close(error: FusioError): void {
    if (!this.#stream.readableEnded) {
      this.#unlisten();
      giveUp(this.#stream);
    }
    this.#current?.fail(error);
    for (const upload of this.#arrived) upload.fail(error);
    // Deferred, because busboy may call this in the middle of a chunk.
    process.nextTick(() => this.#parser.destroy());
  }

  #listen(): void {
    this.#deadlines.add(this.#deadline);
    this.#stream.on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose).on('data', this.#onData);
  }

  #unlisten(): void {
    this.#deadlines.delete(this.#deadline);
    this.#stream
      .off('end', this.#onEnd)
      .off('error', this.#onError)
      .off('close', this.#onClose)
      .off('data', this.#onData);
  }
}

function formInvalid(what: string, cause?: unknown): FusioError {
  return new FusioError('FORM_INVALID', `The form cannot be read: ${what}`, { cause });
}

function formTooLarge(what: string): FusioError {
  return new FusioError('FORM_TOO_LARGE', `The form has ${what}`);
}

function short(name: string): string {
  return name.slice(0, 100);
}
