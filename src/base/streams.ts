import { Readable } from 'node:stream';
import { hushError } from './promise.js';

/**
 * Listens to the errors of a stream for as long as it lives: an `error` event that nothing listens to ends the process, and a stream
 * may break between any two listeners. Who reads the stream gets the error all the same.
 */
export function heed(body: unknown): void {
  if (typeof body === 'object' && body !== null && 'on' in body && typeof body.on === 'function') {
    body.on('error', hushError);
  }
}

/** Lets go of a stream that will not be sent, or no further, and ignores its errors. Never throws. `reason` is for who still reads it. */
export function discard(body: unknown, reason?: Error): void {
  try {
    if (body instanceof Readable || isForeignStream(body)) {
      heed(body);
      body.destroy(reason);
      return;
    }
    const web = body instanceof Response ? body.body : body;
    if (web instanceof ReadableStream && !web.locked) void web.cancel().catch(ignore);
  } catch {
    // A `destroy` of the app's that throws: the stream is its own to close.
  }
}

/** A stream of another copy of `readable-stream`. */
function isForeignStream(body: unknown): body is { destroy(reason?: Error): unknown } {
  if (typeof body !== 'object' || body === null || !('pipe' in body) || typeof body.pipe !== 'function') return false;
  return 'destroy' in body && typeof body.destroy === 'function';
}

/** Makes the error of a stream that closed without an end and without an error. */
export function endedEarly(): Error {
  return Object.assign(new Error('the stream closed before its end'), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}

/** Makes an error of anything that was thrown: a hostile object cannot even be asked what it is. */
export function errorOf(thrown: unknown): Error {
  try {
    // Node reads the stack of an error that a stream is destroyed with, which may throw.
    if (thrown instanceof Error && typeof thrown.stack === 'string') return thrown;
  } catch {
    // A getter or a proxy that throws.
  }
  return new Error('something was thrown that is no error', { cause: thrown });
}

/** Ends a stream of fusio's own with an error of the app's. */
export function breakOff(stream: Readable, thrown: unknown): void {
  hushError(thrown);
  try {
    stream.destroy(errorOf(thrown));
  } catch (cause) {
    stream.destroy(new Error('an error cannot be read', { cause }));
  }
}

// Web streams settle in microtasks: a source that never waits would keep the process from all other work, its time limit too.
const chunksATurn = 64;

/** Makes a stream of Node of a web stream, and lets the event loop turn between its chunks. */
export function fromWeb(stream: ReadableStream): Readable {
  // Cast: the types of both name the same class, and do not fit each other.
  const readable = Readable.fromWeb(stream as never).on('error', ignore);
  const read = readable._read;
  let inTurn = 0;
  readable._read = function readInTurns(size) {
    inTurn = (inTurn + 1) % chunksATurn;
    if (inTurn > 0) return read.call(readable, size);
    setImmediate(() => {
      if (!readable.destroyed) read.call(readable, size);
    });
  };
  return readable;
}

/** Listens to an error that is reported in another way, or to none. */
export function ignore(): void {}
