import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Conditions } from '../answer/headers.js';
import type { BodySource } from '../body/read.js';

/** Finds the caller's address, where the host knows better. */
export type ClientIp = (request: IncomingMessage) => string | undefined;

/** An HTTP request of either kind, as far as the entrance needs it. */
export interface HttpRequest extends Conditions {
  /** With the mount path, without the query. */
  readonly fullPath: string;
  /** As the operations have it. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly ip: string | undefined;
  readonly raw: IncomingMessage | globalThis.Request;
  readonly response: ServerResponse | undefined;
  body(): BodySource;
  onGone(listener: () => void): () => void;
}

/** A field that may come once only; several are none. */
export function fieldOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
