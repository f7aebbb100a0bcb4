import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Awaitable } from '../../action/action.js';
import type { Clock } from '../../clock.js';
import { FusioError } from '../../errors.js';
import { collect, giveUp, incomplete, tooLarge } from './collect.js';
import { parseForm } from './form.js';
import { codingOf, unpack } from './inflate.js';
import { parseJson } from './json.js';
import { checkKeys } from './keys.js';
import { checkMediaType } from './media-type.js';
import { type MultipartLimits, readMultipart } from './multipart.js';
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
  readonly proceed?: () => void;
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

/**
 * Reads the body as a value: undefined, and at once, where there is none; a `MultipartForm` where the plan says so.
 * `keep` gets the bytes (after inflating) before they are parsed, except those of a form with files.
 */
export function readBody(
  source: BodySource,
  plan: BodyPlan,
  clock: Clock,
  keep?: (bytes: Buffer) => void,
): Awaitable<unknown> {
  if (!hasBody(source.headers)) return isEmptyObject(source.parsed) ? undefined : takeParsed(source.parsed, plan);
  try {
    return readPresent(source, plan, clock, keep);
  } catch (error) {
    // Nobody reads a web body now, and nobody would hear it fail.
    if (!('socket' in source.stream)) giveUp(source.stream);
    throw error;
  }
}

// RFC 9112, 6: a request has a body where one of the two fields says so.
export function hasBody(headers: IncomingHttpHeaders): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0' && Number(length) !== 0;
}

function readPresent(
  { headers, stream, parsed, proceed }: BodySource,
  plan: BodyPlan,
  clock: Clock,
  keep: ((bytes: Buffer) => void) | undefined,
): Awaitable<unknown> {
  const isConsumed = stream.readableEnded || stream.readableDidRead;
  // A parser of the host that did not know the type may have left `{}` and the stream as it was.
  const isParsed = parsed !== undefined && (isConsumed || !isEmptyObject(parsed));
  checkMediaType(headers['content-type'], plan, isParsed);
  if (Number(headers['content-length']) > plan.maxBytes) throw tooLarge(plan.maxBytes);
  if (isParsed) return takeParsed(parsed, plan);
  if (isConsumed) throw new FusioError('BODY_CONSUMED');
  const coding = codingOf(headers['content-encoding']);
  if (stream.destroyed) throw incomplete(stream.errored ?? undefined);

  if (plan.kind === 'multipart') {
    if (coding) throw new FusioError('ENCODING_UNSUPPORTED', 'A form with files must have no Content-Encoding');
    return readMultipart(stream, headers, plan, clock, proceed);
  }
  proceed?.();
  return collect(stream, plan, clock, (bytes) => {
    // Chunked, and nothing in it.
    if (bytes.length === 0) return undefined;
    if (coding) return unpack(bytes, coding, plan.maxBytes).then((inflated) => parse(inflated, plan, keep));
    return parse(bytes, plan, keep);
  });
}

function parse(bytes: Buffer, plan: BodyPlan, keep: ((bytes: Buffer) => void) | undefined): unknown {
  keep?.(bytes);
  return plan.kind === 'binary' ? bytes : parseText(decodeText(bytes), plan);
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
    return parse(parsed, plan, undefined);
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
