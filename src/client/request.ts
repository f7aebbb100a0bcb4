/** The method and path of an operation, with the media type of its body. */
export interface Route {
  /** `GET`, `POST`, … Text, because that is what the import of a JSON file is. */
  readonly method: string;
  /** `/todo/:id`, `/file/*rest`, `/report/$year<[0-9]+>`. */
  readonly path: string;
  /** The one media type of the body. Default: `application/json`. */
  readonly consumes?: string;
}

/** What is passed to an operation. */
export interface CallInput {
  readonly params?: object;
  readonly query?: object;
  readonly headers?: object;
  readonly body?: unknown;
}

type FetchOptions = RequestInit & { duplex?: 'half' };

/** Makes the URL and the options of `fetch`. */
export function makeRequest(
  name: string,
  route: Route,
  baseUrl: string,
  { params, query, headers, body }: CallInput,
  extraHeaders: object,
): readonly [url: string, init: FetchOptions] {
  const url = baseUrl.replace(/\/+$/, '') + fillPath(name, route.path, params) + searchOf(query);
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
      if (text === '') throw new TypeError(`${name}: params.${key} is missing, the path is ${path}`);
      const parts = kind === '*' ? text.split('/') : [text];
      return parts
        .map((part) => {
          // URL Standard, 4.1: "%2e" is a dot too, so these would always lead to another path.
          if (part === '.' || part === '..') throw new TypeError(`${name}: params.${key} must not have "${part}"`);
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
  return text && `?${text}`;
}

function encodeBody(body: unknown, headers: Headers, consumes: string | undefined): NonNullable<RequestInit['body']> {
  const type = headers.get('content-type') ?? consumes;
  const isRaw = /^(FormData|URLSearchParams|Blob|File|ReadableStream|ArrayBuffer|Uint8Array)$/.test(tagOf(body));
  const form = isRaw ? undefined : formOf(type);
  // A string is a value of JSON, unless the caller says by a header of its own that it is JSON already.
  const isText = typeof body === 'string' && type !== undefined && !(type === consumes && /\bjson\b/.test(type));
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

/** `instanceof` would not know the classes of another window. */
export function tagOf(value: unknown): string {
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
