/** The method and path of an operation, with the media type of its body. */
export interface Route {
  /** `GET`, `POST`, … Typed as `string`, because TypeScript types an imported JSON file so. */
  readonly method: string;
  /** `/todo/:id`, `/file/*rest`, `/report/$year<[0-9]+>`. */
  readonly path: string;
  /** Media type of the body. Default: `application/json`. */
  readonly consumes?: string;
}

/** Input of a call: the values of each slot. */
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
  for (const [key, value] of [...entriesOf(headers), ...entriesOf(extraHeaders)]) all.set(key, fieldOf(key, value));
  const init: FetchOptions = { method: route.method, headers: all };
  if (body === undefined) return [url, init];
  init.body = encodeBody(body, all, route.consumes);
  // Fetch Standard, RequestDuplex: a stream needs `half`, the body is sent before the answer is read.
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
      if (text === '') throw new TypeError(`${name}: params.${key} is missing, the path is ${path}`);
      const parts = kind === '*' ? text.split('/') : [text];
      return parts
        .map((part) => {
          // URL Standard, 4.1: "%2e" is a dot as well, so encoding would not help: `fetch` would request another path.
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
  // A string is encoded as a JSON value, unless the caller set Content-Type: then it is JSON text already.
  const isText = typeof body === 'string' && type !== undefined && !(type === consumes && /\bjson\b/.test(type));
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
  // `fetch` sets the Content-Type of a form itself, with its boundary.
  if (/^(FormData|URLSearchParams)$/.test(tagOf(encoded))) headers.delete('content-type');
  else if (type !== undefined) headers.set('content-type', type);
  else if (!isRaw) headers.set('content-type', 'application/json');
  // Cast: `tagOf` has shown the type by its name.
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

/** Gives the class name of a value. `instanceof` fails for objects of another window. */
export function tagOf(value: unknown): string {
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
  return text === '' || /[,"]|^[ \t]|[ \t]$/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;
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
