import type { IncomingHttpHeaders } from 'node:http';
// Compiled by `tsc --noEmit`, never run.
import { type ContextOf, createFusio, type Principal } from '../../src/index.js';

/** Fails to compile unless both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_T extends true>(): void => {};
const get = { name: 'it', method: 'GET', path: '/it' } as const;

interface Row {
  id: string;
  tenant: string;
}
declare const row: Row;
declare const keys: Map<string, { user: Row; scopes: string[] }>;

// What `authenticate` returns is in the context.
const fusio = createFusio({
  authenticate({ headers }) {
    if (headers.authorization === undefined) return null;
    if (headers.authorization === 'x') return 'challenge';
    return {
      user: { id: '7', name: 'Ada', tenant: 'acme' },
      app: { id: 'a', plan: 1 },
      scopes: ['a'],
      claims: { iss: 'x' },
    };
  },
});
fusio.operation({
  ...get,
  action(_request, { user, app, token }) {
    // Nobody has no id and no tenant.
    same<Same<typeof user.id, string | undefined>>();
    if (user.anonymous) return user.id satisfies undefined;
    same<Same<typeof user.id, string>>();
    same<Same<typeof user.tenant, string>>();
    same<Same<typeof user.roles, readonly string[]>>();
    if (app) same<Same<typeof app.plan, number>>();
    if (token) same<Same<typeof token.claims.iss, string>>();
    return user.tenant;
  },
});
class Act {
  handle(_request: object, { user }: ContextOf<typeof fusio>) {
    return user.anonymous ? 'nobody' : user.tenant;
  }
}
fusio.operation({ ...get, action: new Act() });
fusio.around((next, _request, { user }) => next({ tenant: user.anonymous ? undefined : user.tenant }));

// Asynchronous, a type of one's own, and a value that may be missing.
createFusio({ authenticate: async () => ({ user: row }) }).operation({
  ...get,
  action: (_request, { user }) => (user.anonymous ? '' : user.tenant),
});
createFusio({ authenticate: ({ method }) => keys.get(method) ?? 'challenge' }).operation({
  ...get,
  action: (_request, { user }) => (user.anonymous ? '' : user.tenant),
});
createFusio({ authenticate: (): Principal | null => null }).operation({
  ...get,
  action: (_request, { user }) => user.id,
});
createFusio().operation({ ...get, action: (_request, { user, token }) => [user.id, token?.claims] });

const one = fusio.operation({ ...get, action: () => 1 });
void fusio.call(one, {}, { as: { user: { id: '7', tenant: 'acme' }, scopes: [] } });
void fusio.call(one, {}, { as: { user: row } });

// @ts-expect-error a user or an app is needed
createFusio({ authenticate: () => ({ id: '7', scopes: [] }) });
// @ts-expect-error an id is a text
createFusio({ authenticate: () => ({ user: { id: 7 } }) });
// @ts-expect-error a user or an app is needed
void fusio.call(one, {}, { as: { scopes: [] } });
// @ts-expect-error the principal gives no `tenants`
fusio.operation({ ...get, action: (_request, { user }) => (user.anonymous ? '' : user.tenants) });
// @ts-expect-error nobody has no tenant
fusio.operation({ ...get, action: (_request, { user }) => user.tenant });

// The headers are those of Node, by their names and as a whole.
function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  return headers.authorization?.slice('Bearer '.length);
}
createFusio({
  authenticate: ({ headers }) => {
    const origin: string | undefined = headers.origin;
    const id = tokenOf(headers);
    return id === undefined || origin !== undefined ? null : { user: { id } };
  },
});
