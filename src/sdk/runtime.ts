// Made of src/client by `UPDATE_RUNTIME=1 npx jest test/sdk/runtime`: change it there.
// A generated client behaves as fusio/client does because it is the same code.
export const runtime = `/** The errors that an operation may throw, by status: \`ErrorsOf<typeof createTodo>[409]\`. Takes a handle or a method of a client. */
export type ErrorsOf<Operation> = Operation extends { readonly '~types'?: { errors: infer Errors } }
  ? Errors
  : {};

// Two copies of this file in one program have different classes, so \`instanceof\` would fail: the symbol marks both.
const errorBrand = Symbol.for('fusio.client-error');

/** Error for an answer whose status is not 2xx. \`body\` is the problem document, or text if the answer is not JSON. */
export class ClientError<Body = unknown> extends Error {
  /** HTTP status of the answer. */
  readonly status: number;
  /** Header fields of the answer. */
  readonly headers: Headers;
  /** The problem document, or text where the answer is not JSON. */
  readonly body: Body;

  constructor(response: { readonly status: number; readonly headers: Headers }, body: Body, message?: string) {
    super(message ?? messageOf(body, response.status));
    this.name = 'ClientError';
    this.status = response.status;
    this.headers = response.headers;
    this.body = body;
    Object.defineProperty(this, errorBrand, { value: true });
  }

  /** Narrows an error to one status of an operation: \`ClientError.is(error, getTodo, 404)\`. Takes a handle or a method of a client. */
  static is<Operation, Status extends keyof ErrorsOf<Operation> & number>(
    error: unknown,
    _operation: Operation,
    status: Status,
  ): error is ClientError<ErrorsOf<Operation>[Status]> {
    return isClientError(error) && error.status === status;
  }
}

function isClientError(error: unknown): error is ClientError<unknown> {
  return typeof error === 'object' && error !== null && errorBrand in error;
}

function messageOf(body: unknown, status: number): string {
  // The server may send its problems in a form of its own: \`error\` is the member of many.
  const { detail, message, title, error }: Record<string, unknown> = Object(body);
  const text = [detail, message, title, error, Object(error).message].find(
    (one) => typeof one === 'string' && one !== '',
  );
  return typeof text === 'string' ? text : \`The answer has status \${status}\`;
}

/** Options of a client for sending. */
export interface SendOptions {
  /** URL of the API with the mount path: \`https://example.com/api\`. In a browser, a path such as \`/api\` is enough. */
  baseUrl: string;
  /** Token for \`Authorization: Bearer\`. A function is called for every call; for an empty text the header is not sent. */
  token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Sends the requests. Default: the global \`fetch\`. */
  fetch?: typeof globalThis.fetch;
  /** Time limit of a call with its token and retries; of an event stream only until it begins. Default: 60,000; 0 or \`Infinity\`: no limit. */
  timeoutMs?: number;
  /** Number of retries after 429, 503 or a broken connection. Default: 2. */
  retries?: number;
}

/** Options of one call. */
export interface ClientCallOptions {
  /** Ends the call: it rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Header fields beside those of the input and of the client. */
  headers?: Readonly<Record<string, string>>;
  /** How long the call may take, in milliseconds. Default: \`timeoutMs\` of the client. */
  timeoutMs?: number;
}

// RFC 9110, 9.2.2: these methods may be sent twice. A POST is sent again only if the server says that it did not run it.
const repeatable = /^(GET|HEAD|PUT|DELETE|OPTIONS)$/;
// Upper limit of the wait for one retry. For a longer Retry-After the caller gets the error, with the header.
const maxRetryAfterMs = 30_000;

/** Calls an operation. Rejects with a \`ClientError\` for a status that is not 2xx, and with the error of \`fetch\` if there is no answer. */
async function send(
  name: string,
  route: Route,
  { baseUrl, token, fetch = globalThis.fetch, timeoutMs = 60_000, retries = 2 }: SendOptions,
  input: CallInput = {},
  options: ClientCallOptions = {},
): Promise<unknown> {
  const limit = limitOf(options.timeoutMs ?? timeoutMs, options.signal);
  let isStreaming = false;
  try {
    const credential = typeof token === 'function' ? await within(token, limit.signal) : token;
    const authorization = credential ? \`Bearer \${credential}\` : undefined;
    const [url, init] = makeRequest(name, route, baseUrl, input, { authorization, ...options.headers });
    const isRepeatable = repeatable.test(route.method);
    // A stream can be sent only once.
    const lastTry = tagOf(input.body) === 'ReadableStream' ? 0 : retries;

    for (let tries = 0; ; tries++) {
      let failure: unknown;
      let waitMs: number | undefined;
      try {
        const response = await fetch(url, { ...init, signal: limit.signal });
        if (response.ok) {
          const result = await readAnswer(name, response, route.method, limit.release);
          isStreaming = result.isStreaming;
          return result.value;
        }
        failure = new ClientError(response, await readError(response));
        waitMs = waitOf(response, isRepeatable, tries);
      } catch (error) {
        if (limit.signal.aborted) throw limit.signal.reason;
        if (!isRepeatable || error instanceof ClientError) throw error;
        failure = error;
        waitMs = backoff(tries);
      }
      if (tries >= lastTry || waitMs === undefined || Date.now() + waitMs > limit.endsAt) throw failure;
      await pause(waitMs, limit.signal);
    }
  } finally {
    limit.clear();
    if (!isStreaming) limit.release();
  }
}

/** Gets the token. Rejects when the signal aborts, even if the token function still waits. */
function within<Value>(ask: () => Value | Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
    Promise.resolve(ask()).then(resolve, reject);
  });
}

/** Joins the caller's signal and the time limit in one signal. \`AbortSignal.any\` is missing in older browsers. */
function limitOf(timeoutMs: number, signal: AbortSignal | undefined) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  const expire = () => controller.abort(new DOMException(\`No answer within \${timeoutMs} ms\`, 'TimeoutError'));
  const isLimited = timeoutMs > 0 && timeoutMs < Number.POSITIVE_INFINITY;
  // A timer of more than 31 bits fires at once.
  const timer = isLimited ? setTimeout(expire, Math.min(timeoutMs, 2 ** 31 - 1)) : undefined;
  return {
    signal: controller.signal,
    endsAt: isLimited ? Date.now() + timeoutMs : Number.POSITIVE_INFINITY,
    clear: () => clearTimeout(timer),
    release: () => signal?.removeEventListener('abort', abort),
  };
}

/** Gives the milliseconds before the next try; undefined for no further try. */
function waitOf({ status, headers }: Response, isRepeatable: boolean, tries: number): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const after = headers.get('retry-after');
  if (after === null) return isRepeatable ? backoff(tries) : undefined;
  // RFC 9110, 10.2.3: Retry-After may be a date, which begins with its weekday. Checked because \`Date.parse\` accepts "-5" too.
  const date = /^[a-z]/i.test(after) ? Date.parse(after) : Number.NaN;
  const ms = /^\\d+(\\.\\d+)?$/.test(after) ? Number(after) * 1000 : date - Date.now();
  // Adds jitter, so that clients do not all come back at the same moment.
  return ms <= maxRetryAfterMs ? Math.max(ms, 0) + backoff(0) : undefined;
}

function backoff(tries: number): number {
  return 100 * 2 ** tries * (1 + Math.random());
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** The method and path of an operation, with the media type of its body. */
interface Route {
  /** \`GET\`, \`POST\`, … Typed as \`string\`, because TypeScript types an imported JSON file so. */
  readonly method: string;
  /** \`/todo/:id\`, \`/file/*rest\`, \`/report/$year<[0-9]+>\`. */
  readonly path: string;
  /** Media type of the body. Default: \`application/json\`. */
  readonly consumes?: string;
}

/** Input of a call: the values of each slot. */
interface CallInput {
  readonly params?: object;
  readonly query?: object;
  readonly headers?: object;
  readonly body?: unknown;
}

type FetchOptions = RequestInit & { duplex?: 'half' };

/** Makes the URL and the options of \`fetch\`. */
function makeRequest(
  name: string,
  route: Route,
  baseUrl: string,
  { params, query, headers, body }: CallInput,
  extraHeaders: object,
): readonly [url: string, init: FetchOptions] {
  const url = baseUrl.replace(/\\/+$/, '') + fillPath(name, route.path, params) + searchOf(query);
  const all = new Headers({ accept: 'application/json, */*;q=0.9' });
  for (const [key, value] of [...entriesOf(headers), ...entriesOf(extraHeaders)]) all.set(key, fieldOf(key, value));
  const init: FetchOptions = { method: route.method, headers: all };
  if (body === undefined) return [url, init];
  init.body = encodeBody(body, all, route.consumes);
  // Fetch Standard, RequestDuplex: a stream needs \`half\`, the body is sent before the answer is read.
  if (tagOf(body) === 'ReadableStream') init.duplex = 'half';
  return [url, init];
}

function fillPath(name: string, path: string, params: object = {}): string {
  return path
    .split('/')
    .map((segment) => {
      const kind = segment.charAt(0);
      if (segment === '' || !':*$'.includes(kind)) return segment;
      const key = segment.slice(1, kind === '$' ? segment.indexOf('<') : undefined);
      const value = entriesOf(params).find((entry) => entry[0] === key);
      const text = value ? textOf(value[1], 'null') : '';
      if (text === '') throw new TypeError(\`\${name}: params.\${key} is missing, the path is \${path}\`);
      const parts = kind === '*' ? text.split('/') : [text];
      return parts
        .map((part) => {
          // URL Standard, 4.1: "%2e" is a dot as well, so encoding would not help: \`fetch\` would request another path.
          if (part === '.' || part === '..') throw new TypeError(\`\${name}: params.\${key} must not have "\${part}"\`);
          return encodeURIComponent(part);
        })
        .join('/');
    })
    .join('/');
}

function searchOf(query: object | undefined): string {
  const search = new URLSearchParams();
  for (const [key, value] of entriesOf(query)) {
    for (const one of listOf(value)) search.append(key, textOf(one));
  }
  const text = search.toString();
  return text && \`?\${text}\`;
}

function encodeBody(body: unknown, headers: Headers, consumes: string | undefined): NonNullable<RequestInit['body']> {
  const type = headers.get('content-type') ?? consumes;
  const isRaw = /^(FormData|URLSearchParams|Blob|File|ReadableStream|ArrayBuffer|Uint8Array)$/.test(tagOf(body));
  const form = isRaw ? undefined : formOf(type);
  // A string is encoded as a JSON value, unless the caller set Content-Type: then it is JSON text already.
  const isText = typeof body === 'string' && type !== undefined && !(type === consumes && /\\bjson\\b/.test(type));
  if (form) {
    // Files come last: a server that streams them needs the fields first.
    for (const isFile of [false, true]) {
      // Cast: a form is made of an object only.
      for (const [key, value] of entriesOf(body as object)) {
        for (const one of listOf(value)) {
          if (isBlob(one) === isFile) form.append(key, isFile ? one : textOf(one));
        }
      }
    }
  }
  const encoded = form ?? body;
  // \`fetch\` sets the Content-Type of a form itself, with its boundary.
  if (/^(FormData|URLSearchParams)$/.test(tagOf(encoded))) headers.delete('content-type');
  else if (type !== undefined) headers.set('content-type', type);
  else if (!isRaw) headers.set('content-type', 'application/json');
  // Cast: \`tagOf\` has shown the type by its name.
  if (isRaw || form || isText) return encoded as NonNullable<RequestInit['body']>;
  return JSON.stringify(body);
}

function formOf(type: string | undefined): { append(name: string, value: any): void } | undefined {
  if (type?.startsWith('multipart/form-data')) return new FormData();
  return type?.startsWith('application/x-www-form-urlencoded') ? new URLSearchParams() : undefined;
}

function isBlob(value: unknown): boolean {
  return /^(Blob|File)$/.test(tagOf(value));
}

/** Gives the class name of a value. \`instanceof\` fails for objects of another window. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Writes a header field. The items of a list are divided by commas (RFC 9110, 5.6.1). */
function fieldOf(name: string, value: unknown): string {
  if (!Array.isArray(value)) return textOf(value);
  // RFC 9110, 8.8.3: the quotes of an entity tag are a part of it.
  const isTags = /^if-(none-)?match$/i.test(name);
  const items = listOf(value).map((item) => textOf(item, 'null'));
  return items.map((item) => (isTags ? item : itemOf(item))).join(', ');
}

/** Quotes an item that would not be read back as it is (RFC 9110, 5.6.4). */
function itemOf(text: string): string {
  return text === '' || /[,"]|^[ \\t]|[ \\t]$/.test(text) ? \`"\${text.replace(/["\\\\]/g, '\\\\$&')}"\` : text;
}

/** Gives names and values without undefined values. */
function entriesOf(record: object = {}): [string, unknown][] {
  return Object.entries(record).filter((entry) => entry[1] !== undefined);
}

function listOf(value: unknown): unknown[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined);
}

/** Writes a value as text. Null is an empty text, as a form has it, except where an empty text would be dropped. */
function textOf(value: unknown, ofNull = ''): string {
  if (value === null) return ofNull;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Reads the body of an answer: parsed JSON, events, text, or a blob for any other media type. Undefined if there is no body. */
async function readAnswer(
  name: string,
  response: Response,
  method: string,
  release: () => void,
): Promise<{ readonly value: unknown; readonly isStreaming: boolean }> {
  const type = typeOf(response);
  if (method === 'HEAD' || response.status === 204 || response.status === 205) {
    return { value: undefined, isStreaming: false };
  }
  if (type === 'text/event-stream' && response.body) {
    return { value: readEvents(response.body, release), isStreaming: true };
  }
  if (isJson(type)) return { value: parse(name, response, await response.text()), isStreaming: false };
  if (type.startsWith('text/')) return { value: await response.text(), isStreaming: false };
  const blob = await response.blob();
  return { value: type === '' && blob.size === 0 ? undefined : blob, isStreaming: false };
}

/** Reads the body of an error: the problem document, or text if it is not JSON. */
async function readError(response: Response): Promise<any> {
  const text = await response.text();
  if (!isJson(typeOf(response))) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parse(name: string, response: Response, text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new ClientError(response, text, \`\${name}: the answer has a JSON media type, but is not valid JSON\`);
  }
}

/** Gives the media type without its parameters, in lower case. */
function typeOf(response: Response): string {
  const type = response.headers.get('content-type') ?? '';
  return type.replace(/;.*/s, '').trim().toLowerCase();
}

function isJson(type: string): boolean {
  return /^application\\/json$|\\+json$/.test(type);
}

/** Event of a \`text/event-stream\`. \`data\` is parsed if it is JSON, and text otherwise. */
export interface ServerSentEvent<Data = unknown> {
  /** Type of the event. Undefined: \`message\`. */
  readonly event?: string;
  /** Id of the event. */
  readonly id?: string;
  /** Data of the event: parsed where it is JSON, else text. */
  readonly data: Data;
  /** How long to wait before connecting again, in milliseconds. */
  readonly retryMs?: number;
}

/** Reads events (HTML, 9.2.6). Leaving the loop closes the connection. A broken connection is not opened again. */
function readEvents(
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
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\\r\\n|\\r(?!$)|\\n/);
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
    // Not awaited: \`cancel\` may wait for a stalled connection.
    reader.cancel().catch(() => {});
  }
}

function addField(fields: Record<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
  if (name === 'data') fields.data = fields.data === undefined ? value : \`\${fields.data}\\n\${value}\`;
  else if (name === 'event' || (name === 'id' && !value.includes('\\0')) || (name === 'retry' && /^\\d+$/.test(value))) {
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
`;
