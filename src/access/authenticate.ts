import type { IncomingHttpHeaders } from 'node:http';
import { functionOption } from '../base/option.js';
import { findPromise, isPromise } from '../base/promise.js';
import { unauthenticated } from './authorize.js';
import { anonymous, type Caller, callerOf } from './caller.js';

/** The request for the hook `authenticate`, the same for every transport. */
export interface AuthenticateRequest {
  /** HTTP method, in upper case. */
  readonly method: string;
  /** Path with the mount path, without the query. */
  readonly path: string;
  /** Header fields, names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The caller's address as `clientIp` or Express's `trust proxy` says; undefined through `fetch` without `clientIp`. Looked up when it is read. */
  readonly ip: string | undefined;
  /** The host's own request: an Express `Request`, an `IncomingMessage` or a web `Request`. */
  readonly raw: unknown;
}

/** The hook of the host: gives a `Principal`, `null` for a caller without a credential, or `'challenge'` for an invalid one. */
export type Authenticate = (request: AuthenticateRequest) => unknown;

/** The option `authenticate`. Default: none, so that every caller is anonymous. */
export const authenticateOption = functionOption('authenticate');

/** The ways to find a caller, in the order in which they are asked. */
export interface AuthenticateParts {
  readonly authenticate: Authenticate | undefined;
}

/** Finds the caller of a request. Throws `UNAUTHENTICATED` for an invalid credential, which never becomes an anonymous caller. */
export function authenticate(
  request: AuthenticateRequest,
  { authenticate: ask }: AuthenticateParts,
): Caller | Promise<Caller> {
  if (!ask) return anonymous;
  const principal = ask(request);
  // A thenable of another library may call back twice, or return nothing.
  return isPromise(principal) ? Promise.resolve(principal).then(callerOfAnswer) : callerOfAnswer(principal);
}

function callerOfAnswer(principal: unknown): Caller {
  if (principal === null || principal === undefined) return anonymous;
  if (principal === 'challenge') throw unauthenticated('The credential is not valid');
  try {
    return callerOf(principal);
  } catch (error) {
    // A member that was not awaited is no user.
    findPromise(principal);
    throw error;
  }
}
