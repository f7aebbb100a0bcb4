import { FusioError } from '../base/errors.js';

/** Who calls, once it is known: what the corridor authorizes and the context shows. */
export interface Caller {
  readonly kind: 'anonymous' | 'system' | 'principal';
  readonly user: User;
  readonly app: App | undefined;
  readonly token: Token | undefined;
  readonly scopes: readonly string[];
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly roles: readonly string[];
  readonly anonymous: boolean;
}
/** A consumer's client. */
export interface App {
  readonly id: string;
  readonly name: string;
}
export interface Token {
  readonly id: string;
  readonly kind: 'access' | 'personal' | 'key' | 'external' | 'host';
  readonly scopes: readonly string[];
  readonly expiresAt?: Date;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** Nobody: no credential came. */
export const anonymous: Caller = Object.freeze({
  kind: 'anonymous',
  user: Object.freeze({ id: 'anonymous', name: 'anonymous', roles: Object.freeze([]), anonymous: true }),
  app: undefined,
  token: undefined,
  scopes: Object.freeze([]),
});

/** The app itself: may call everything. */
export const system: Caller = Object.freeze({
  kind: 'system',
  user: Object.freeze({ id: 'system', name: 'system', roles: Object.freeze([]), anonymous: false }),
  app: undefined,
  token: undefined,
  scopes: Object.freeze([]),
});

/** Who calls: what the `authenticate` hook returns and what `as` takes. */
export interface Principal {
  user?: { id: string; name?: string; email?: string; roles?: readonly string[] };
  app?: { id: string; name?: string };
  /** Default: none, so that only operations without scopes are open. */
  scopes?: readonly string[];
  claims?: Readonly<Record<string, unknown>>;
}

/** The caller that a principal describes. Throws `OPTIONS_INVALID` where the host's hook gave something else. */
export function callerOf(principal: unknown): Caller {
  if (typeof principal !== 'object' || principal === null) {
    throw new FusioError(
      'OPTIONS_INVALID',
      `principal: an object with a user or an app is needed, got ${typeof principal === 'string' ? `"${principal}"` : typeof principal}; authenticate may also return null or 'challenge'`,
    );
  }
  return makeCaller(principal);
}

function makeCaller(principal: Principal): Caller {
  const { user, app, claims } = principal;
  const scopes = principal.scopes ?? [];
  if (!Array.isArray(scopes) || !scopes.every((scope) => typeof scope === 'string')) {
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

function isId(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
