// Made of src/client by `UPDATE_RUNTIME=1 npx jest test/sdk/runtime`: change it there.
// A generated client behaves as fusio/client does because it is the same code.
export const runtime = `/** The errors that an operation may throw, by status: \`ErrorsOf<typeof createTodo>[409]\`. Takes a handle or a method of a client. */
export type ErrorsOf<Operation> = Operation extends { readonly '~types'?: { errors: infer Errors } }
  ? Errors
  : {};

// Two copies of this file in one program have different classes: the brand is what counts.
const errorBrand = Symbol.for('fusio.client-error');

/** An answer whose status is not 2xx. \`body\` is the problem document, or text where the answer is no JSON. */
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

  /** Narrows an error to one status of one operation, which is a handle or a method of a client: \`ClientError.is(error, getTodo, 404)\`. */
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
  const { detail, message, title } = Object(body) as Record<string, unknown>;
  const text = [detail, message, title].find((one) => typeof one === 'string' && one !== '');
  return typeof text === 'string' ? text : \`The answer has status \${status}\`;
}

/** How a client sends. */
export interface SendOptions {
  /** With the mount path: \`https://example.com/api\`. In a browser \`/api\` will do. */
  baseUrl: string;
  /** Sent as \`Authorization: Bearer\`. A function is asked at every call; nothing is sent for empty text. */
  token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Sends the requests. Default: the global \`fetch\`. */
  fetch?: typeof globalThis.fetch;
  /** For a whole call, with its token and retries; of an event stream only until it begins. Default: 60,000; 0 or \`Infinity\`: no limit. */
  timeoutMs?: number;
  /** How often a call is tried again after a busy server (429, 503) or a broken connection. Default: 2. */
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

// RFC 9110, 9.2.2: these may be sent twice. A POST is only sent again when the server said that it did not run it.
const repeatable = /^(GET|HEAD|PUT|DELETE|OPTIONS)$/;
// A caller should not wait longer for one retry: it gets the error, with Retry-After in its headers.
const maxRetryAfterMs = 30_000;

/** Calls an operation. Rejects with a \`ClientError\` for a status that is not 2xx, and with the error of \`fetch\` where no answer came. */
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
    // What was read from a stream cannot be sent again.
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

/** Asks for the token; rejects when the signal aborts, whatever the function waits for. */
function within<Value>(ask: () => Value | Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
    Promise.resolve(ask()).then(resolve, reject);
  });
}

/** One signal of the caller's and the time limit. By hand: \`AbortSignal.any\` is not everywhere. */
function limitOf(timeoutMs: number, signal: AbortSignal | undefined) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  const expire = () => controller.abort(new DOMException(\`No answer within \${timeoutMs} ms\`, 'TimeoutError'));
  const isLimited = timeoutMs > 0 && timeoutMs < Number.POSITIVE_INFINITY;
  // A timer of more than 31 bits ends at once.
  const timer = isLimited ? setTimeout(expire, Math.min(timeoutMs, 2 ** 31 - 1)) : undefined;
  return {
    signal: controller.signal,
    endsAt: isLimited ? Date.now() + timeoutMs : Number.POSITIVE_INFINITY,
    clear: () => clearTimeout(timer),
    release: () => signal?.removeEventListener('abort', abort),
  };
}

/** How long to wait before the next try; undefined where there should be none. */
function waitOf({ status, headers }: Response, isRepeatable: boolean, tries: number): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const after = headers.get('retry-after');
  if (after === null) return isRepeatable ? backoff(tries) : undefined;
  // RFC 9110, 10.2.3: Retry-After may be a date, which begins with its weekday. \`Date.parse\` takes "-5" for one too.
  const date = /^[a-z]/i.test(after) ? Date.parse(after) : Number.NaN;
  const ms = /^\\d+(\\.\\d+)?$/.test(after) ? Number(after) * 1000 : date - Date.now();
  // A little later than asked, not all at once.
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
  /** \`GET\`, \`POST\`, … Text, because that is what the import of a JSON file is. */
  readonly method: string;
  /** \`/todo/:id\`, \`/file/*rest\`, \`/report/$year<[0-9]+>\`. */
  readonly path: string;
  /** The one media type of the body. Default: \`application/json\`. */
  readonly consumes?: string;
}

/** What is passed to an operation. */
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
  for (const [key, value] of [...entriesOf(headers), ...entriesOf(extraHeaders)]) {
    all.set(key, listOf(value).map(textOf).join(', '));
  }
  const init: FetchOptions = { method: route.method, headers: all };
  if (body === undefined) return [url, init];
  init.body = encodeBody(body, all, route.consumes);
  // A stream is sent before the answer is read (Fetch Standard, RequestDuplex).
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
      const text = value ? textOf(value[1]) : '';
      if (text === '') throw new TypeError(\`\${name}: params.\${key} is missing, the path is \${path}\`);
      const parts = kind === '*' ? text.split('/') : [text];
      return parts
        .map((part) => {
          // URL Standard, 4.1: "%2e" is a dot too, so these would always lead to another path.
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
  // A string is a value of JSON, unless the caller says by a header of its own that it is JSON already.
  const isText = typeof body === 'string' && type !== undefined && !(type === consumes && /\\bjson\\b/.test(type));
  if (form) {
    // Files last: a server that streams them has to know the fields before.
    for (const isFile of [false, true]) {
      for (const [key, value] of entriesOf(body as object)) {
        for (const one of listOf(value)) {
          if (isBlob(one) === isFile) form.append(key, isFile ? one : textOf(one));
        }
      }
    }
  }
  const encoded = form ?? body;
  // A form says itself what it is, with the boundary between its parts.
  if (/^(FormData|URLSearchParams)$/.test(tagOf(encoded))) headers.delete('content-type');
  else if (type !== undefined) headers.set('content-type', type);
  else if (!isRaw) headers.set('content-type', 'application/json');
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

/** \`instanceof\` would not know the classes of another window. */
function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** Names and values, without what is left out. */
function entriesOf(record: object = {}): [string, unknown][] {
  return Object.entries(record).filter((entry) => isGiven(entry[1]));
}

function listOf(value: unknown): unknown[] {
  return (Array.isArray(value) ? value : [value]).filter(isGiven);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The value of an answer: parsed JSON, events, text, or a blob of any other media type. Nothing where there is no body. */
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

/** The problem document of an error, or its text. */
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
    throw new ClientError(response, text, \`\${name}: the answer is not the JSON that it says it is\`);
  }
}

/** The media type without its parameters. */
function typeOf(response: Response): string {
  const type = response.headers.get('content-type') ?? '';
  return type.replace(/;.*/s, '').trim().toLowerCase();
}

function isJson(type: string): boolean {
  return /^application\\/json$|\\+json$/.test(type);
}

/** One event of a \`text/event-stream\`. \`data\` is parsed where it is JSON, and text where it is not. */
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

/** Reads events (HTML, 9.2.6). Leaving the loop ends the connection; what comes after a break is not asked for again. */
async function* readEvents(
  body: ReadableStream<Uint8Array>,
  release: () => void,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let fields: Record<string, string> = {};
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // An event without its empty line was cut off.
      if (done) return;
      // A carriage return at the end waits: the line feed may be still on its way.
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
    // Not awaited: it would wait for whatever holds the connection up.
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
