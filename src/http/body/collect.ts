// Imported because the global `Buffer` is a getter, and slow.
import { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { FusioError } from '../../base/errors.js';
import { ignore } from '../../base/streams.js';
import type { Deadline, Deadlines } from '../../pipeline/deadlines.js';
import { divert, release, type Sink } from '../incoming.js';

export interface CollectLimits {
  readonly maxBytes: number;
  /** For the whole body. */
  readonly timeoutMs: number;
}

/**
 * Reads a stream to its end and resolves with its bytes; lets go of the stream whatever happens. Rejects with `BODY_TOO_LARGE`,
 * `BODY_TIMEOUT` or `BODY_INCOMPLETE`.
 */
export function collect(stream: Readable, limits: CollectLimits, deadlines: Deadlines): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    new Collector(stream, limits, deadlines, resolve, reject).begin();
  });
}

class Collector implements Sink, Deadline {
  readonly isEndless = false;
  readonly expiresAt: number;
  private readonly maxBytes: number;
  private first: Buffer | undefined = undefined;
  private chunks: Buffer[] | undefined = undefined;
  private size = 0;

  constructor(
    private readonly stream: Collected,
    { maxBytes, timeoutMs }: CollectLimits,
    private readonly deadlines: Deadlines,
    private readonly resolve: (bytes: Buffer) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.maxBytes = maxBytes;
    this.expiresAt = deadlines.clock.now() + timeoutMs;
  }

  begin(): void {
    this.deadlines.add(this);
    if (!divert(this.stream, this)) this.listen();
  }

  listen(): void {
    const { stream } = this;
    stream[collector] = this;
    stream.on('end', onEnd).on('error', onError).on('close', onClose).on('data', onData);
  }

  take(chunk: Buffer | Uint8Array | string): void {
    const bytes = bufferOf(chunk, this.stream);
    this.size += bytes.length;
    if (this.size > this.maxBytes) {
      this.fail(tooLarge(this.maxBytes));
      return;
    }
    if (this.first === undefined) this.first = bytes;
    else if (this.chunks === undefined) this.chunks = [this.first, bytes];
    else this.chunks.push(bytes);
  }

  end(): void {
    this.letGo();
    this.resolve(this.chunks ? Buffer.concat(this.chunks, this.size) : (this.first ?? nothing));
  }

  breakOff(cause?: unknown): void {
    this.fail(incomplete(cause));
  }

  expire(): void {
    this.fail(tooSlow());
  }

  private fail(error: FusioError): void {
    this.letGo();
    giveUp(this.stream);
    this.reject(error);
  }

  private letGo(): void {
    this.deadlines.delete(this);
    const { stream } = this;
    release(stream);
    if (stream[collector] === undefined) return;
    stream[collector] = undefined;
    stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
  }
}

const collector = Symbol('collector');

type Collected = Readable & { [collector]?: Sink | undefined };

// The same functions for every stream: closures would be made anew for each.
function onData(this: Collected, chunk: Buffer | Uint8Array | string): void {
  this[collector]?.take(chunk);
}
function onEnd(this: Collected): void {
  this[collector]?.end();
}
function onError(this: Collected, cause: unknown): void {
  this[collector]?.breakOff(cause);
}
function onClose(this: Collected): void {
  this[collector]?.breakOff();
}

const nothing = Buffer.alloc(0);

/** Stops a stream that will not be read to its end. */
export function giveUp(stream: Readable): void {
  if ('socket' in stream) {
    // To destroy it would destroy the connection, and with it our answer; a paused one holds no more than its buffer.
    // Only requests have a socket.
    if (isShort((stream as IncomingMessage).headers)) stream.resume();
    else stream.pause();
    return;
  }
  // Its source may still fail, or has just failed: "closed" is true a tick before "error" is emitted.
  if (!stream.closed || stream.errored) stream.on('error', ignore).destroy();
}

/** Whether swallowing the whole body costs less than a new connection. */
export function isShort(headers: IncomingHttpHeaders): boolean {
  return Number(headers['content-length']) <= 64 * 1024;
}

/** Makes a `Buffer` of a chunk: a web stream gives `Uint8Array`, a stream with an encoding gives text. */
export function bufferOf(chunk: Buffer | Uint8Array | string, stream: Readable): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk, stream.readableEncoding ?? 'utf8');
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

export function tooLarge(maxBytes: number): FusioError {
  return new FusioError('BODY_TOO_LARGE', `The body is larger than ${maxBytes} bytes`);
}

// RFC 9110, 15.5.9: a 408 says that the connection ends.
export function tooSlow(): FusioError {
  return new FusioError('BODY_TIMEOUT', undefined, { headers: { connection: 'close' } });
}

export function incomplete(cause?: unknown): FusioError {
  return new FusioError('BODY_INCOMPLETE', undefined, { cause });
}
