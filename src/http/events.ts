import { Readable } from 'node:stream';

// Proxies cut connections that are silent for a minute, some sooner.
const heartbeatMs = 15_000;

/**
 * Server-Sent Events (HTML, 9.2) of what an async iterable yields: `{ event?, id?, data, retryMs? }`, or any other value as data.
 * Reading stops when the stream is destroyed: the iterator's `return` is called.
 */
export function encodeEvents(events: AsyncIterable<unknown>): Readable {
  // One event at a time: what nobody reads is not asked for.
  return Readable.from(encoded(events), { objectMode: true, highWaterMark: 1 });
}

async function* encoded(events: AsyncIterable<unknown>): AsyncGenerator<string> {
  const iterator = events[Symbol.asyncIterator]();
  let isDone = false;
  let next = iterator.next();
  try {
    for (;;) {
      const step = await withHeartbeat(next);
      if (step === heartbeat) {
        yield ':\n\n';
        continue;
      }
      if (step.done) {
        isDone = true;
        return;
      }
      yield encode(step.value);
      next = iterator.next();
    }
  } finally {
    if (!isDone) {
      // Not awaited: a generator that waits for something else would hold the connection's end up.
      next.catch(() => {});
      void Promise.resolve(iterator.return?.()).catch(() => {});
    }
  }
}

const heartbeat = Symbol('heartbeat');

function withHeartbeat(next: Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown> | typeof heartbeat> {
  let timer: NodeJS.Timeout | undefined;
  const beat = new Promise<typeof heartbeat>((resolve) => {
    timer = setTimeout(resolve, heartbeatMs, heartbeat);
    timer.unref();
  });
  return Promise.race([next, beat]).finally(() => clearTimeout(timer));
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
