import { Readable } from 'node:stream';

// Proxies cut connections that are silent for a minute, some sooner.
const heartbeatMs = 15_000;

/**
 * Server-Sent Events (HTML, 9.2) of what an async iterable yields: `{ event?, id?, data, retryMs? }`, or any other value as data.
 * Reading stops when the stream is destroyed: the iterator's `return` is called.
 */
export function encodeEvents(events: AsyncIterable<unknown>): Readable {
  const iterator = events[Symbol.asyncIterator]();
  let isAsked = false;
  let isDone = false;
  let heartbeat: NodeJS.Timeout | undefined;

  function take({ done, value }: IteratorResult<unknown>): void {
    isAsked = false;
    clearInterval(heartbeat);
    if (stream.destroyed) return;
    isDone = done === true;
    stream.push(isDone ? null : encode(value));
  }

  function fail(error: unknown): void {
    isDone = true;
    stream.destroy(error instanceof Error ? error : new Error('the event stream broke', { cause: error }));
  }

  // Not an async generator: one that waits for its source cannot be ended before the source speaks.
  const stream = new Readable({
    // One event at a time: what nobody reads is not asked for.
    objectMode: true,
    highWaterMark: 1,
    read() {
      if (isAsked) return;
      isAsked = true;
      heartbeat = setInterval(() => stream.push(':\n\n'), heartbeatMs).unref();
      iterator.next().then(take).catch(fail);
    },
    destroy(error, done) {
      clearInterval(heartbeat);
      // Not awaited: a generator that waits for something else would hold the connection's end up.
      if (!isDone) Promise.resolve(iterator.return?.()).catch(() => {});
      done(error);
    },
  });
  return stream;
}

function encode(value: unknown): string {
  const isEvent = typeof value === 'object' && value !== null && 'data' in value;
  const { event, id, data, retryMs } = (isEvent ? value : { data: value }) as Record<string, unknown>;
  const text = typeof data === 'string' ? data : (JSON.stringify(data) ?? '');
  let lines = '';
  if (event !== undefined) lines += `event: ${oneLine(event)}\n`;
  if (id !== undefined) lines += `id: ${oneLine(id)}\n`;
  if (retryMs !== undefined) lines += `retry: ${Number(retryMs)}\n`;
  for (const line of text.split(/\r\n|\r|\n/)) lines += `data: ${line}\n`;
  return `${lines}\n`;
}

/** A line break here would begin a field of the sender's choosing. */
function oneLine(value: unknown): string {
  return String(value).replace(/[\r\n\0]/g, ' ');
}
