import { unauthenticated } from '../access/authorize.js';
import { anonymous, type Caller, callerOf } from '../access/caller.js';
import type { Awaitable } from '../action/action.js';
import { isPromise } from '../promise.js';
import type { HttpRequest } from './request.js';

/** What `authenticate` sees of the request, whichever entrance it came through. */
export interface AuthenticateRequest {
  readonly method: string;
  /** With the mount path, without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly ip: string | undefined;
  /** The host's own request: an Express `Request`, an `IncomingMessage` or a web `Request`. */
  readonly raw: unknown;
}

export type Authenticate = (request: AuthenticateRequest) => unknown;

/** Asks the host who calls. */
export function identify(authenticate: Authenticate | undefined, request: HttpRequest): Awaitable<Caller> {
  if (!authenticate) return anonymous;
  const principal = authenticate(new Seen(request));
  return isPromise(principal) ? principal.then(callerOfAnswer) : callerOfAnswer(principal);
}

function callerOfAnswer(principal: unknown): Caller {
  if (principal === null || principal === undefined) return anonymous;
  if (principal === 'challenge') throw unauthenticated('The credential is not valid');
  return callerOf(principal);
}

/** The view of a request that the host's hook gets; the address is looked up only when it asks. */
class Seen implements AuthenticateRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: AuthenticateRequest['headers'];
  readonly raw: unknown;
  readonly #request: HttpRequest;

  constructor(request: HttpRequest) {
    this.method = request.method;
    this.path = request.fullPath;
    this.headers = request.headers;
    this.raw = request.raw;
    this.#request = request;
  }

  get ip(): string | undefined {
    return this.#request.ip;
  }
}
