import type { Readable } from 'node:stream';
import { discard, endedEarly } from '../../base/streams.js';
import type { Transported } from '../../pipeline/transport.js';
import type { Answer, Conditions } from './headers.js';

// How long the head of a stream of events waits for the first one: a client must learn that it is connected, however quiet they are.
const quietMs = 1_000;

/**
 * Waits for the first byte of a stream, so that one that fails before it, or never gives one, is still a clean error. A stream of
 * events is waited for no longer than a second.
 */
export function started(
  invocation: Transported,
  status: number,
  headers: string[],
  stream: Readable,
  conditions: Conditions,
  isEvents = false,
): Answer | Promise<Answer> {
  if (conditions.method === 'HEAD') {
    discard(stream);
    return { status, headers, body: undefined };
  }
  invocation.hold(stream, isEvents);
  return new Promise((resolve, reject) => {
    const timer = isEvents ? setTimeout(settle, quietMs).unref() : undefined;
    function letGo(): void {
      clearTimeout(timer);
      stream.off('readable', settle).off('end', settle).off('close', settle).off('error', fail);
    }
    function settle(): void {
      letGo();
      if (stream.errored) reject(stream.errored);
      // A client that left is no fault of the stream: the answer goes nowhere.
      else if (stream.destroyed && !stream.readableEnded && !conditions.isGone) reject(endedEarly());
      else resolve({ status, headers, body: stream });
    }
    function fail(error: Error): void {
      letGo();
      reject(error);
    }
    if (stream.readableEnded || stream.destroyed || stream.readableLength > 0) return settle();
    stream.on('readable', settle).on('end', settle).on('close', settle).on('error', fail);
  });
}
