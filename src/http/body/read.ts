import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Awaitable } from '../../action/action.js';
import { FusioError } from '../../base/errors.js';
import type { MultipartLimits } from '../../operation/multipart.js';
import { collect, giveUp, incomplete, type Moment, tooLarge } from './collect.js';
import { parseForm } from './form.js';
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
  /** The `IncomingMessage`, or what `Readable.fromWeb` makes of a web body. */
  readonly stream: Readable;
  /** What a host's parser left in `req.body`; undefined when none ran. */
  readonly parsed?: unknown;
  /** Sends `100 Continue`, where the server left that to us. Called just before the first byte is wanted. */
  readonly proceed?: (() => void) | undefined;
}

/** How an operation wants its body: made once, at registration. */
export interface BodyPlan {
  readonly kind: 'json' | 'form' | 'multipart' | 'text' | 'binary';
  /** What is taken, without parameters, in lower case: `['application/json']`. */
  readonly mediaTypes: readonly string[];
  /** Of the body as it is sent, and again after inflating. */
  readonly maxBytes: number;
  readonly maxDepth: number;
  /** For the whole body; for a form with files the time without a byte. */
  readonly timeoutMs: number;
  /** Needed where `kind` is `multipart`. */
  readonly multipart?: MultipartLimits;
}

/** What a body turned out to be. */
export interface Body {
  readonly value: unknown;
  /** After inflating, before they were parsed; undefined where there is none, for a form with files and for what a host's parser had read. */
  readonly bytes: Buffer | undefined;
  /** Where the plan says `multipart`. */
  readonly form: MultipartForm | undefined;
}

/** Reads the body and gives what `use` makes of it: at once, with no value, where there is none. */
export function readBody<Result>(
  source: BodySource,
  plan: BodyPlan,
  moment: Moment,
  use: (body: Body) => Result,
): Awaitable<Result> {
  if (!hasBody(source.headers)) {
    return use(isEmptyObject(source.parsed) ? empty : bodyOf(takeParsed(source.parsed, plan)));
  }
  try {
    return readPresent(source, plan, moment, use);
  } catch (error) {
    // Nobody reads a web body now, and nobody would hear it fail.
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

function readPresent<Result>(
  { headers, stream, parsed, proceed }: BodySource,
  plan: BodyPlan,
  moment: Moment,
  use: (body: Body) => Result,
): Awaitable<Result> {
  const isConsumed = stream.readableEnded || stream.readableDidRead;
  // A parser of the host that did not know the type may have left `{}` and the stream as it was.
  const isParsed = parsed !== undefined && (isConsumed || !isEmptyObject(parsed));
  checkMediaType(headers['content-type'], plan, isParsed);
  if (Number(headers['content-length']) > plan.maxBytes) throw tooLarge(plan.maxBytes);
  if (isParsed) return use(bodyOf(takeParsed(parsed, plan)));
  if (isConsumed) throw new FusioError('BODY_CONSUMED');
  const coding = codingOf(headers['content-encoding']);
  if (stream.destroyed) throw incomplete(stream.errored ?? undefined);

  if (plan.kind === 'multipart') {
    if (coding) throw new FusioError('ENCODING_UNSUPPORTED', 'A form with files must have no Content-Encoding');
    return readMultipart(stream, headers, plan, moment.clock, proceed).then((form) =>
      use({ value: undefined, bytes: undefined, form }),
    );
  }
  proceed?.();
  return collect(stream, plan, moment, (bytes) => {
    // Chunked, and nothing in it.
    if (bytes.length === 0) return use(empty);
    if (coding) return unpack(bytes, coding, plan.maxBytes).then((inflated) => use(parse(inflated, plan)));
    return use(parse(bytes, plan));
  });
}

function parse(bytes: Buffer, plan: BodyPlan): Body {
  return bodyOf(plan.kind === 'binary' ? bytes : parseText(decodeText(bytes), plan), bytes);
}

function parseText(text: string, { kind, maxDepth }: BodyPlan): unknown {
  if (kind === 'json') return parseJson(text, maxDepth);
  return kind === 'form' ? parseForm(text) : text;
}

/** Takes what a host's parser made of the body: bytes (`express.raw`) and text (`express.text`) are still to be parsed. */
function takeParsed(parsed: unknown, plan: BodyPlan): unknown {
  const { kind, maxBytes, maxDepth } = plan;
  if (kind === 'multipart') throw new FusioError('BODY_CONSUMED');
  if (Buffer.isBuffer(parsed)) {
    if (parsed.length > maxBytes) throw tooLarge(maxBytes);
    return parse(parsed, plan).value;
  }
  if (typeof parsed === 'string') {
    if (Buffer.byteLength(parsed) > maxBytes) throw tooLarge(maxBytes);
    return kind === 'binary' ? Buffer.from(parsed) : parseText(parsed, plan);
  }
  if (kind === 'text' || kind === 'binary') throw new FusioError('BODY_CONSUMED');
  checkKeys(parsed, maxDepth);
  return parsed;
}

function isEmptyObject(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === 'object' && value !== null && !Buffer.isBuffer(value) && Object.keys(value).length === 0;
}
