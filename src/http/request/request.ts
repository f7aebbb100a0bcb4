import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Origin } from '../../pipeline/transport.js';
import type { Answer, Conditions } from '../answer/headers.js';
import type { BodySource } from '../body/read.js';

/** The request for the option `clientIp`: the `IncomingMessage` of Node or Express itself, or what `fetch` knows of a web request. */
export interface ClientIpRequest {
  /** Header fields, names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The socket of Node's request. Undefined through `fetch`. */
  readonly socket: Socket | undefined;
  /** The web `Request`, for a platform that knows the address by it. Only through `fetch`. */
  readonly raw?: globalThis.Request;
}

/** Finds the caller's address, where the host knows better. */
export type ClientIp = (request: ClientIpRequest) => string | undefined;

/** Called when the last byte of an answer is out, or when it broke off: with the error, unless the client went away. */
export type Ended = (error: Error | undefined) => void;

/** One request of `node:http` or `fetch`, and the way to answer it. */
export interface HttpRequest extends Conditions, Origin {
  /** With the mount path, without the query. */
  readonly fullPath: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: IncomingMessage | globalThis.Request;
  readonly response: ServerResponse | undefined;
  /** The bytes of the body, once they are read: for `context.http`. */
  rawBody: Buffer | undefined;
  body(): BodySource;
  /** Calls `listener` when the client goes away; returns a function that stops listening. */
  onGone(listener: () => void): () => void;
  /** Sends an answer, once. Throws where a header cannot be sent; then nothing was. `isLast`: the connection ends after it. */
  send(answer: Answer, isLast: boolean, ended: Ended): void;
  /** Gives up a request that nothing can be sent to. */
  abandon(error: unknown): void;
}

/** Gives the value of a field that may come once only; several are none. */
export function fieldOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
