/** Event of a `text/event-stream`. `data` is parsed if it is JSON, and text otherwise. */
export interface ServerSentEvent<Data = unknown> {
  /** Type of the event. Undefined: `message`. */
  readonly event?: string;
  /** Id of the event. */
  readonly id?: string;
  /** Data of the event: parsed where it is JSON, else text. */
  readonly data: Data;
  /** How long to wait before connecting again, in milliseconds. */
  readonly retryMs?: number;
}

/** Reads events (HTML, 9.2.6). Leaving the loop closes the connection. A broken connection is not opened again. */
export function readEvents(
  body: ReadableStream<Uint8Array>,
  release: () => void,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = body.getReader();
  const events = eventsOf(reader, release);
  const leave = events.return;
  // A generator that has not begun, or waits for its next event, would hear of it too late or never.
  events.return = (value) => {
    release();
    reader.cancel().catch(() => {});
    return leave.call(events, value);
  };
  return events;
}

async function* eventsOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  release: () => void,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  let fields: Record<string, string> = {};
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // An event that does not end with an empty line is incomplete and dropped.
      if (done) return;
      // A carriage return at the end is kept: its line feed may come with the next chunk.
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\r(?!$)|\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line !== '') addField(fields, line);
        else {
          const event = eventOf(fields);
          fields = {};
          if (event) yield event;
        }
      }
    }
  } finally {
    release();
    // Not awaited: `cancel` may wait for a stalled connection.
    reader.cancel().catch(() => {});
  }
}

function addField(fields: Record<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
  if (name === 'data') fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
  else if (name === 'event' || (name === 'id' && !value.includes('\0')) || (name === 'retry' && /^\d+$/.test(value))) {
    fields[name] = value;
  }
}

function eventOf({ data, event, id, retry }: Record<string, string>): ServerSentEvent | undefined {
  if (data === undefined) return undefined;
  return {
    ...(event !== undefined && { event }),
    ...(id !== undefined && { id }),
    data: parseData(data),
    ...(retry !== undefined && { retryMs: Number(retry) }),
  };
}

function parseData(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
