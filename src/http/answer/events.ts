import { Readable } from 'node:stream';
import { hush } from '../../base/promise.js';
import { breakOff } from '../../base/streams.js';
import { stringify } from '../../base/stringify.js';

// Proxies close connections that are silent for a minute, some sooner.
const heartbeatMs = 15_000;

// A generator that never waits would keep the process from all other work for as long as its reader is fast.
const eventsATurn = 64;

/**
 * Encodes an async iterable as Server-Sent Events (HTML, 9.2). It yields `{ event?, id?, data, retryMs? }`, or any other value as data.
 * Reading stops when the stream is destroyed: the iterator's `return` is called.
 */
export function encodeEvents(events: AsyncIterable<unknown>): Readable {
  const iterator = events[Symbol.asyncIterator]();
  let isAsked = false;
  let isDone = false;
  let inTurn = 0;
  let heartbeat: NodeJS.Timeout | undefined;

  function take(result: IteratorResult<unknown>): void {
    isAsked = false;
    // ECMA-262, 27.1: any other value is no result, and would be an endless row of empty events.
    if (typeof result !== 'object' || result === null) throw new TypeError('next() of the events gave no object');
    const { done, value } = result;
    clearInterval(heartbeat);
    if (stream.destroyed) return;
    isDone = done === true;
    stream.push(isDone ? null : encode(value));
  }

  function ask(): void {
    if (stream.destroyed) return;
    // An iterator of the app's own may return anything, and its promise may be of another library.
    Promise.resolve(iterator.next()).then(
      (result) => {
        try {
          take(result);
        } catch (error) {
          // An event that cannot be written: the iterator is told, by its `return`.
          breakOff(stream, error);
        }
      },
      (error: unknown) => {
        isDone = true;
        breakOff(stream, error);
      },
    );
  }

  /** A throw of `next` itself breaks the stream off, as its rejection does. */
  function askLater(): void {
    try {
      ask();
    } catch (error) {
      isDone = true;
      breakOff(stream, error);
    }
  }

  // Not an async generator: while it awaits its source, it could not be ended.
  const stream = new Readable({
    // One event at a time: the next one is requested when the last one was read.
    objectMode: true,
    highWaterMark: 1,
    read() {
      if (isAsked) return;
      isAsked = true;
      heartbeat = setInterval(() => stream.push(':\n\n'), heartbeatMs).unref();
      inTurn = (inTurn + 1) % eventsATurn;
      if (inTurn === 0) setImmediate(askLater);
      else ask();
    },
    destroy(error, done) {
      clearInterval(heartbeat);
      // Not awaited: a generator that still waits would delay the end of the connection.
      if (!isDone) end(iterator);
      done(error);
    },
  });
  return stream;
}

function end(iterator: AsyncIterator<unknown>): void {
  try {
    hush(iterator.return?.());
  } catch {
    // Nobody waits for its answer.
  }
}

interface EventFields {
  readonly event?: unknown;
  readonly id?: unknown;
  readonly data?: unknown;
  readonly retryMs?: unknown;
}

function encode(value: unknown): string {
  const isEvent = typeof value === 'object' && value !== null && 'data' in value;
  const { event, id, data, retryMs }: EventFields = isEvent ? value : { data: value };
  const text = typeof data === 'string' ? data : (stringify(data) ?? '');
  let lines = '';
  if (event !== undefined) lines += `event: ${oneLine(event)}\n`;
  if (id !== undefined) lines += `id: ${oneLine(id)}\n`;
  if (retryMs !== undefined) lines += `retry: ${Number(retryMs)}\n`;
  for (const line of text.split(/\r\n|\r|\n/)) lines += `data: ${line}\n`;
  return `${lines}\n`;
}

/** Removes line breaks, which would let a value begin another field. */
function oneLine(value: unknown): string {
  return String(value).replace(/[\r\n\0]/g, ' ');
}
