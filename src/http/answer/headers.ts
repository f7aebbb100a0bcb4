import type { Readable } from 'node:stream';

/** An outcome or an error as it is sent to a client, over `node:http` and `fetch` alike. */
export interface Answer {
  readonly status: number;
  /** Names in lower case and values in turn, as `writeHead` takes them. */
  readonly headers: readonly string[];
  readonly body: string | Uint8Array<ArrayBuffer> | Readable | undefined;
}

/** Fields of one connection (RFC 9110, 7.6.1): how a message is framed is the server's to say. */
export const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Calls back with each name and value. */
export function eachHeader(headers: readonly string[], use: (name: string, value: string) => void): void {
  for (let index = 0; index + 1 < headers.length; index += 2) use(headers[index] ?? '', headers[index + 1] ?? '');
}

/** The answer with further headers. */
export function withHeaders(answer: Answer, more: readonly string[]): Answer {
  return more.length === 0 ? answer : { ...answer, headers: [...answer.headers, ...more] };
}

/** The request, as far as conditional and range requests need it. */
export interface Conditions {
  readonly method: string;
  /** True once the client went away. */
  readonly isGone: boolean;
  header(name: string): string | undefined;
}

/** Compares entity tags weakly (RFC 9110, 13.1.2). */
export function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const strong = tag.replace(/^W\//, '');
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === strong);
}

/** Gives the headers of a 304: those of the 200, without its content (RFC 9110, 15.4.5). */
export function withoutContent(headers: readonly string[]): string[] {
  const kept: string[] = [];
  eachHeader(headers, (name, value) => {
    if (name !== 'content-type' && name !== 'content-length') kept.push(name, value);
  });
  return kept;
}

/** Sets a header unless it is set already. */
export function setDefault(headers: string[], name: string, value: string): void {
  for (let index = 0; index < headers.length; index += 2) if (headers[index] === name) return;
  headers.push(name, value);
}

/** Sets a header in place of the one that is set; a cookie is added. */
export function replace(headers: string[], name: string, value: string): void {
  // Several cookies are several fields.
  if (name !== 'set-cookie') {
    for (let index = 0; index < headers.length; index += 2) {
      if (headers[index] === name) {
        headers[index + 1] = value;
        return;
      }
    }
  }
  headers.push(name, value);
}

/** Adds a header, or several of one name. */
export function push(headers: string[], name: string, value: string | readonly string[]): void {
  if (typeof value === 'string') headers.push(name, value);
  else for (const one of value) headers.push(name, one);
}
