import { functionOption } from '../base/option.js';
import { isPromise } from '../base/promise.js';
import { unauthenticated } from './authorize.js';
import { anonymous, type Caller, callerOf } from './caller.js';

/** The request for the hook `authenticate`, the same for every transport. */
export interface AuthenticateRequest {
  /** HTTP method, in upper case. */
  readonly method: string;
  /** Path with the mount path, without the query. */
  readonly path: string;
  /** Header fields, names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The caller's address as `clientIp` or Express's `trust proxy` says; undefined through `fetch`. Looked up when it is read. */
  readonly ip: string | undefined;
  /** The host's own request: an Express `Request`, an `IncomingMessage` or a web `Request`. */
  readonly raw: unknown;
}

/** The host's hook. It gives a `Principal`, `null` for nobody or `'challenge'` for a credential that is not valid. */
export type Authenticate = (request: AuthenticateRequest) => unknown;

/** The option `authenticate`. Default: none, so that every caller is anonymous. */
export const authenticateOption = functionOption('authenticate');

/** Asks the host who calls. Throws `UNAUTHENTICATED` where the credential is not valid. */
export function authenticate(hook: Authenticate | undefined, request: AuthenticateRequest): Caller | Promise<Caller> {
  if (!hook) return anonymous;
  const principal = hook(request);
  return isPromise(principal) ? principal.then(callerOfAnswer) : callerOfAnswer(principal);
}

function callerOfAnswer(principal: unknown): Caller {
  if (principal === null || principal === undefined) return anonymous;
  if (principal === 'challenge') throw unauthenticated('The credential is not valid');
  return callerOf(principal);
}
