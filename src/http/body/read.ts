import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Awaitable } from '../../action/action.js';
import { FusioError } from '../../base/errors.js';
import type { FileRules } from '../../operation/form-files.js';
import type { Deadlines } from '../../pipeline/deadlines.js';
import type { Transported } from '../../pipeline/transport.js';
import { collect, giveUp, incomplete, tooLarge } from './collect.js';
import { parseForm } from './form.js';
import type { BodyFormat } from './format.js';
import { gatherFiles } from './gather.js';
import { codingOf, unpack } from './inflate.js';
import { parseJson } from './json.js';
import { checkKeys } from './keys.js';
import { checkMediaType } from './media-type.js';
import { type MultipartForm, readMultipart } from './multipart.js';
import { decodeText } from './text.js';

/** The request, as far as its body goes. */
export interface BodySource {
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The `IncomingMessage`, or a web body as a stream of Node. */
  readonly stream: Readable;
  /** `req.body` as a parser of the host left it; undefined when none ran. */
  readonly parsed?: unknown;
  /** Sends `100 Continue`, where the server left that to us. Called just before the first byte is wanted. */
  readonly proceed?: (() => void) | undefined;
}

/** The invocation that reads. */
export type Reading = Pick<Transported, 'onEnd'>;

/** A body that was read. */
export interface Body {
  readonly value: unknown;
  /** After inflating, before parsing; undefined without a body, for a form with files and where a parser of the host read it. */
  readonly bytes: Buffer | undefined;
  /** Where the kind is `multipart`. */
  readonly form: MultipartForm | undefined;
}

/** Reads the body of a request as the operation wants it. A value at once where there is none, or a parser of the host read it. */
export function readBody(
  source: BodySource,
  format: BodyFormat,
  deadlines: Deadlines,
  invocation: Reading,
): Awaitable<Body> {
  if (!hasBody(source.headers)) {
    return isEmptyObject(source.parsed) ? empty : bodyOf(takeParsed(source.parsed, format));
  }
  try {
    return readPresent(source, format, deadlines, invocation);
  } catch (error) {
    // A web body that is refused unread would report its errors to no one.
    if (!('socket' in source.stream)) giveUp(source.stream);
    throw error;
  }
}

function bodyOf(value: unknown, bytes?: Buffer): Body {
  return { value, bytes, form: undefined };
}

const empty = Object.freeze(bodyOf(undefined));

const zero = 0x30;

// RFC 9112, 6: a request has a body where one of the two fields says so.
export function hasBody(headers: IncomingHttpHeaders): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0' && (length.charCodeAt(0) !== zero || Number(length) !== 0);
}

function readPresent(
  { headers, stream, parsed, proceed }: BodySource,
  format: BodyFormat,
  deadlines: Deadlines,
  invocation: Reading,
): Awaitable<Body> {
  const isConsumed = stream.readableEnded || stream.readableDidRead;
  // A parser of the host that did not know the type may have left `{}` and the stream as it was.
  const isParsed = parsed !== undefined && (isConsumed || !isEmptyObject(parsed));
  checkMediaType(headers['content-type'], format, isParsed);
  if (Number(headers['content-length']) > format.maxBytes) throw tooLarge(format.maxBytes);
  if (isParsed) return bodyOf(takeParsed(parsed, format));
  if (isConsumed) throw new FusioError('BODY_CONSUMED');
  const coding = codingOf(headers['content-encoding']);
  if (stream.destroyed) throw incomplete(stream.errored ?? undefined);

  if (format.kind === 'multipart') {
    if (coding) throw new FusioError('ENCODING_UNSUPPORTED', 'A form with files must have no Content-Encoding');
    const { files } = format;
    const form = readMultipart(stream, headers, format, deadlines, invocation, proceed);
    return form.then(files ? (opened) => bodyOfFiles(opened, files) : bodyOfForm);
  }
  proceed?.();
  return collect(stream, format, deadlines).then((bytes) => {
    // Chunked, and nothing in it.
    if (bytes.length === 0) return empty;
    if (coding) return unpack(bytes, coding, format.maxBytes).then((inflated) => parse(inflated, format));
    return parse(bytes, format);
  });
}

function bodyOfForm(form: MultipartForm): Body {
  return { value: form.fields, bytes: undefined, form };
}

/** Reads declared files together with the fields. */
async function bodyOfFiles(form: MultipartForm, rules: FileRules): Promise<Body> {
  const gathered = await gatherFiles(form.files, rules);
  const value: Record<string, unknown> = { ...form.fields };
  // A text under the name of a file stays, to be refused.
  for (const [name, files] of gathered) value[name] = [files, value[name] ?? []].flat(2);
  return bodyOf(value);
}

function parse(bytes: Buffer, format: BodyFormat): Body {
  return bodyOf(format.kind === 'binary' ? bytes : parseText(decodeText(bytes), format), bytes);
}

function parseText(text: string, { kind, maxDepth }: BodyFormat): unknown {
  if (kind === 'json') return parseJson(text, maxDepth);
  return kind === 'form' ? parseForm(text) : text;
}

/** Takes `req.body` of the host's parser: bytes (`express.raw`) and text (`express.text`) are still to be parsed. */
function takeParsed(parsed: unknown, format: BodyFormat): unknown {
  const { kind, maxBytes, maxDepth } = format;
  if (kind === 'multipart') throw new FusioError('BODY_CONSUMED');
  if (Buffer.isBuffer(parsed)) {
    if (parsed.length > maxBytes) throw tooLarge(maxBytes);
    return parse(parsed, format).value;
  }
  if (typeof parsed === 'string') {
    if (Buffer.byteLength(parsed) > maxBytes) throw tooLarge(maxBytes);
    return kind === 'binary' ? Buffer.from(parsed) : parseText(parsed, format);
  }
  if (kind === 'text' || kind === 'binary') throw new FusioError('BODY_CONSUMED');
  checkKeys(parsed, maxDepth);
  return parsed;
}

function isEmptyObject(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value) && Object.keys(value).length === 0;
}
