import { FusioError } from '../base/errors.js';

/** The caller of an invocation, once it is known: checked against the operation's scopes and shown by the context. */
export interface Caller {
  readonly kind: 'anonymous' | 'system' | 'principal';
  readonly user: User;
  readonly app: App | undefined;
  readonly token: Token | undefined;
  readonly scopes: readonly string[];
}

/** The user of a call. */
export interface User {
  /** The principal's `user.id`; `app:` and the app's id where an app calls for itself; `anonymous` or `system`. */
  readonly id: string;
  /** Default: the app's name, else the id. */
  readonly name: string;
  /** Address as the principal has it: not checked. */
  readonly email?: string;
  /** Names of the roles that the principal has. Default: none. */
  readonly roles: readonly string[];
  /** True for a request without a credential. */
  readonly anonymous: boolean;
}

/** A consumer's client, which acts for a user or for itself. */
export interface App {
  /** The principal's `app.id`. */
  readonly id: string;
  /** Default: the id. */
  readonly name: string;
}

/** The credential of a call. */
export interface Token {
  /** Id for logs and records, never the secret. Of a principal: `host:` and the user's id. */
  readonly id: string;
  /** Source of the credential: `host` for a principal of `authenticate` or of `as`. */
  readonly kind: 'access' | 'personal' | 'key' | 'external' | 'host';
  /** Scopes that the credential grants. */
  readonly scopes: readonly string[];
  /** Undefined for a credential that does not expire. */
  readonly expiresAt?: Date;
  /** Further facts about the caller, as the principal has them. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** The caller of a request without a credential. */
export const anonymous: Caller = Object.freeze({
  kind: 'anonymous',
  user: Object.freeze({ id: 'anonymous', name: 'anonymous', roles: Object.freeze([]), anonymous: true }),
  app: undefined,
  token: undefined,
  scopes: Object.freeze([]),
});

/** The host app itself: may call everything. */
export const system: Caller = Object.freeze({
  kind: 'system',
  user: Object.freeze({ id: 'system', name: 'system', roles: Object.freeze([]), anonymous: false }),
  app: undefined,
  token: undefined,
  scopes: Object.freeze([]),
});

/** The description of a caller: returned by the `authenticate` hook and taken by `as`. It has a user, an app or both. */
export interface Principal {
  /** The user that calls. Ids are non-empty texts. */
  user?: { id: string; name?: string; email?: string; roles?: readonly string[] };
  /** The client that calls, for the user or for itself. */
  app?: { id: string; name?: string };
  /** Scopes that the caller holds: `todo` covers `todo.*`. Default: none, so that only operations without scopes are open. */
  scopes?: readonly string[];
  /** Further facts for actions: they find them in `context.token.claims`. */
  claims?: Readonly<Record<string, unknown>>;
}

/** Makes the caller that a principal describes. Throws `OPTIONS_INVALID` for a value that is no principal. */
export function callerOf(principal: unknown): Caller {
  checkPrincipal(principal);
  const { user, app, claims } = principal;
  const scopes = principal.scopes ?? [];
  const id = user?.id ?? `app:${app?.id}`;
  return {
    kind: 'principal',
    user: {
      id,
      name: user?.name ?? app?.name ?? id,
      ...(user?.email !== undefined && { email: user.email }),
      roles: user?.roles ?? [],
      anonymous: false,
    },
    app: app && { id: app.id, name: app.name ?? app.id },
    token: { id: `host:${id}`, kind: 'host', scopes, ...(claims && { claims }) },
    scopes,
  };
}

function checkPrincipal(principal: unknown): asserts principal is Principal {
  if (typeof principal !== 'object' || principal === null) {
    throw new FusioError(
      'OPTIONS_INVALID',
      `principal: an object with a user or an app is needed, got ${typeof principal === 'string' ? `"${principal}"` : typeof principal}; authenticate may also return null or 'challenge'`,
    );
  }
  const { user, app, scopes }: Principal = principal;
  if (!isTexts(scopes ?? [])) {
    throw new FusioError('OPTIONS_INVALID', 'principal: scopes must be an array of strings');
  }
  if (user !== undefined && (typeof user !== 'object' || user === null || !isId(user.id))) {
    throw new FusioError('OPTIONS_INVALID', 'principal: user.id must be a non-empty string');
  }
  if (app !== undefined && (typeof app !== 'object' || app === null || !isId(app.id))) {
    throw new FusioError('OPTIONS_INVALID', 'principal: app.id must be a non-empty string');
  }
  if (user === undefined && app === undefined) {
    throw new FusioError('OPTIONS_INVALID', 'principal: a user or an app is needed; return null for nobody');
  }
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
