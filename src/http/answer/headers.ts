import type { Readable } from 'node:stream';

/** What goes out, for `node:http` and `fetch` alike. */
export interface Answer {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string | Uint8Array | Readable | undefined;
  /** The body is ASCII, and every header is known to be one that can be sent; those that are added later must be, too. */
  readonly isSafeText?: boolean;
}

/** The request's side of conditional and range requests. */
export interface Conditions {
  readonly method: string;
  header(name: string): string | undefined;
}

/** RFC 9110, 13.1.2: the weak comparison. */
export function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  const strong = tag.replace(/^W\//, '');
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === strong);
}

/** RFC 9110, 15.4.5: what a 304 repeats of the 200. */
export function withoutContent(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!;
    if (name !== 'content-type' && name !== 'content-length') kept.push(name, headers[index + 1]!);
  }
  return kept;
}

export function setDefault(headers: string[], name: string, value: string): void {
  for (let index = 0; index < headers.length; index += 2) if (headers[index] === name) return;
  headers.push(name, value);
}

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

export function push(headers: string[], name: string, value: string | readonly string[]): void {
  if (typeof value === 'string') headers.push(name, value);
  else for (const one of value) headers.push(name, one);
}
