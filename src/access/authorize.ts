import { FusioError } from '../base/errors.js';
import type { Caller } from './caller.js';

/** The demand of an operation on its caller. */
export interface Demand {
  /** Whether a caller needs no credential. */
  readonly public: boolean;
  /** Lists of scopes, the operation's own and those of its groups: of each the caller needs one. None: any credential will do. */
  readonly demands: readonly (readonly string[])[];
}

/**
 * Lets the caller pass or throws: 401 without a credential, 403 without a scope, each with `WWW-Authenticate` (RFC 6750, 3).
 * Every caller may call a public operation, and the system may call everything.
 */
export function authorize(demand: Demand, caller: Caller): void {
  if (demand.public || caller.kind === 'system') return;
  if (caller.kind === 'anonymous') throw unauthenticated();
  for (const scopes of demand.demands) {
    if (!coversAny(caller.scopes, scopes)) throw scopeMissing(scopes);
  }
}

/** Makes the refusal of a request without a credential, or with an invalid one. */
export function unauthenticated(message?: string): FusioError {
  return new FusioError('UNAUTHENTICATED', message, { headers: { 'www-authenticate': 'Bearer realm="fusio"' } });
}

function scopeMissing(scopes: readonly string[]): FusioError {
  const challenge = `Bearer realm="fusio", error="insufficient_scope", scope="${scopes.join(' ')}"`;
  return new FusioError(
    'SCOPE_MISSING',
    `This operation needs ${scopes.length > 1 ? 'one of the scopes' : 'the scope'} ${scopes.join(', ')}`,
    {
      headers: { 'www-authenticate': challenge },
    },
  );
}

/** Tells whether one of the held scopes covers one of the wanted ones: `todo` covers `todo` and `todo.*`. */
export function coversAny(held: readonly string[], wanted: readonly string[]): boolean {
  for (const scope of held) {
    for (const want of wanted) {
      if (want === scope || (want.length > scope.length && want.startsWith(scope) && want[scope.length] === '.'))
        return true;
    }
  }
  return false;
}
