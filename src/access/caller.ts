import { FusioError } from '../base/errors.js';

/** The caller of an invocation, once it is known: checked against the operation's scopes and shown by the context. */
export interface Caller {
  readonly kind: 'anonymous' | 'system' | 'principal';
  readonly user: User;
  readonly app: App | undefined;
  readonly token: Token | undefined;
  readonly scopes: readonly string[];
}

/** The user of a call: known, or anonymous. Ask `user.anonymous` before `user.id` where the operation is public. */
export type User = KnownUser | Nobody;

/** A user that a credential names. Further members of the principal's user are here, too. */
export interface KnownUser {
  /** The principal's `user.id`; `app:` and the app's id where an app calls for itself; `system` for the host app. */
  readonly id: string;
  /** Default: the app's name, else the id. */
  readonly name: string;
  /** Address as the principal has it: not checked. */
  readonly email?: string;
  /** Names of the roles that the principal has. Default: none. */
  readonly roles: readonly string[];
  /** False: a request without a credential has no known user. */
  readonly anonymous: false;
}

/** The user of a request without a credential. */
export interface Nobody {
  /** There is none, so that it is not mistaken for that of a user. */
  readonly id: undefined;
  /** `anonymous`. */
  readonly name: string;
  readonly email?: undefined;
  /** None. */
  readonly roles: readonly string[];
  /** True: there was no credential. */
  readonly anonymous: true;
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
  user: Object.freeze({ id: undefined, name: 'anonymous', roles: Object.freeze([]), anonymous: true }),
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

/** Further members, which are kept: actions find them beside those that are known. */
interface More {
  readonly [name: string]: unknown;
}

/** The user of a principal. Ids are non-empty texts; further members are kept. */
export interface PrincipalUser {
  /** Id of the user in the host app. */
  readonly id: string;
  /** Default: the app's name, else the id. */
  readonly name?: string;
  /** Address of the user, not checked. */
  readonly email?: string;
  /** Names of roles. Default: none. */
  readonly roles?: readonly string[];
}

/** The client of a principal. Ids are non-empty texts; further members are kept. */
export interface PrincipalApp {
  /** Id of the client in the host app. */
  readonly id: string;
  /** Default: the id. */
  readonly name?: string;
}

interface Facts {
  /** Scopes that the caller holds: `todo` covers `todo.*`. Default: none, so that only operations without scopes are open. */
  readonly scopes?: readonly string[];
  /** Further facts for actions: they find them in `context.token.claims`. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

interface UserFacts extends Facts {
  /** The user that calls. */
  readonly user: PrincipalUser | (PrincipalUser & More);
  /** The client that calls for the user. */
  readonly app?: PrincipalApp | (PrincipalApp & More);
}

interface AppFacts extends Facts {
  readonly user?: never;
  /** The client that calls for itself. */
  readonly app: PrincipalApp | (PrincipalApp & More);
}

/** The description of a caller: returned by the `authenticate` hook and taken by `as`. It has a user, an app or both. */
export type Principal = UserFacts | AppFacts;

/**
 * Members of the context for what `authenticate` returns: `user`, `app` and `token` with the members that it gives. None where it says
 * no more than any principal does.
 */
export type CallerOf<Who> = [Principal] extends [Who]
  ? {}
  : {
      readonly user: (KnownUser & UserOf<Who>) | Nobody;
      readonly app: (App & AppOf<Who>) | undefined;
      readonly token: (Token & ClaimsOf<Who>) | undefined;
    };

type UserOf<Who> = Who extends { readonly user: infer U } ? Omit<U, keyof KnownUser> : {};
type AppOf<Who> = Who extends { readonly app: infer A } ? Omit<A, keyof App> : {};
type ClaimsOf<Who> = Who extends { readonly claims: infer Claims } ? { readonly claims: Claims } : {};

/** Makes the caller that a principal describes. Throws `OPTIONS_INVALID` for a value that is no principal. */
export function callerOf(principal: unknown): Caller {
  const { user, app, claims, scopes } = checked(principal);
  const id = user?.id ?? `app:${app?.id}`;
  const { email, ...more } = user ?? {};
  return {
    kind: 'principal',
    user: {
      ...more,
      id,
      name: user?.name ?? app?.name ?? id,
      ...(email !== undefined && { email }),
      roles: user?.roles ?? [],
      anonymous: false,
    },
    app: app && { ...app, id: app.id, name: app.name ?? app.id },
    token: { id: `host:${id}`, kind: 'host', scopes, ...(claims && { claims }) },
    scopes,
  };
}

/** A principal that was checked. */
interface Described {
  readonly user: PrincipalUser | undefined;
  readonly app: PrincipalApp | undefined;
  readonly scopes: readonly string[];
  readonly claims: Facts['claims'];
}

function checked(principal: unknown): Described {
  if (typeof principal !== 'object' || principal === null) {
    throw new FusioError(
      'OPTIONS_INVALID',
      `principal: an object with a user or an app is needed, got ${typeof principal === 'string' ? `"${principal}"` : typeof principal}; authenticate may also return null or 'challenge'`,
    );
  }
  const { user, app, scopes, claims, ...rest } = ownMembers(principal);
  const held = scopes ?? [];
  if (!isTexts(held)) {
    throw new FusioError('OPTIONS_INVALID', 'principal: scopes must be an array of strings');
  }
  const described = { user: identified('user', user), app: identified('app', app), scopes: held };
  if (user === undefined && app === undefined) {
    const fix = 'id' in rest ? ': { user: { id } }' : '';
    throw new FusioError('OPTIONS_INVALID', `principal: a user or an app is needed${fix}; return null for nobody`);
  }
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined) continue;
    throw new FusioError(
      'OPTIONS_INVALID',
      `principal: "${name}" is no member of it; what you want to find in actions goes into user, app or claims`,
    );
  }
  // Cast: claims are the app's own, and not looked at.
  return { ...described, claims: claims as Described['claims'] };
}

/** Gives a user or an app with an id. Its further members are the app's own, and not looked at. */
function identified(name: 'user' | 'app', value: unknown): (PrincipalUser & PrincipalApp) | undefined {
  if (value === undefined) return undefined;
  const own = typeof value === 'object' && value !== null ? ownMembers(value) : {};
  const { id } = own;
  if (typeof id === 'string' && id !== '') return { ...own, id };
  const isInherited = typeof value === 'object' && value !== null && !('id' in own) && 'id' in value;
  throw new FusioError(
    'OPTIONS_INVALID',
    `principal: ${name}.id must be a non-empty string${isInherited ? `, and not inherited: ${name}: { id: row.id }` : ''}`,
  );
}

/**
 * Copies the members of its own; each getter is read once. An inherited scope or role may come from a `__proto__` in the JSON of a
 * client, which `Object.assign` makes the prototype.
 */
function ownMembers(value: object): Readonly<Record<string, unknown>> {
  return Object.assign(Object.create(null), value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
