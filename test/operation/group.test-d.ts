// Compiled by `tsc --noEmit`, never run.
import { createFusio, type Group, type Next, type Request, Type } from '../../src/index.js';

/** Fails to compile unless both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_T extends true>(): void => {};

const fusio = createFusio().around((next) => next({ tx: 1 }));

// The names in a path are those of its parameters, with or without a group.
fusio.operation({
  name: 'a',
  method: 'GET',
  path: '/a/:id/$year<[0-9]+>/*rest',
  action({ params }) {
    same<Same<typeof params, { readonly id: string; readonly year: string; readonly rest: string }>>();
  },
});

const tenants = fusio.group({
  path: '/tenant/:tenant',
  throws: { 404: Type.Object({ missing: Type.String() }) },
  around: (next, _request, { tx }) => next({ tenant: tx }),
});
const get = tenants.operation({
  name: 'b',
  method: 'GET',
  path: '/todo/:id',
  response: { 200: Type.Integer() },
  throws: { 409: Type.Object({ with: Type.Integer() }) },
  action({ params }, { tenant, tx, respond }) {
    same<Same<typeof params.tenant, string>>();
    same<Same<typeof params.id, string>>();
    if (params.id === 'x') return respond(404, { missing: params.id });
    if (params.id === 'y') return respond(409, { with: 1 });
    return tenant + tx;
  },
});
void fusio.call(get, { params: { tenant: 'a', id: 'b' } });
// @ts-expect-error the group's parameter is missing
void fusio.call(get, { params: { id: 'b' } });
tenants.operation({
  name: 'c',
  method: 'GET',
  path: '/c',
  response: { 200: Type.Integer() },
  // @ts-expect-error neither the group nor the operation throws 410
  action: (_request, { respond }) => respond(410, {}),
});
// @ts-expect-error the path has no `ids`
tenants.operation({ name: 'd', method: 'GET', path: '/d/:id', action: ({ params }) => params.ids });

// A group within, with a schema for its parameter; the operation declares the rest.
const lists = tenants.group({ path: '/list/:list', params: Type.Object({ list: Type.Integer() }), scopes: ['list'] });
lists.operation({
  name: 'e',
  method: 'GET',
  path: '/:item',
  params: Type.Object({ item: Type.Integer() }),
  action({ params }, { tenant }) {
    same<Same<typeof params.tenant, string>>();
    same<Same<typeof params.list, number>>();
    same<Same<typeof params.item, number>>();
    same<Same<typeof tenant, number>>();
  },
});
lists.operation({
  name: 'f',
  method: 'GET',
  path: '/',
  action({ params }) {
    same<Same<typeof params.list, number>>();
  },
});

// A wrapper gets the parameters of its group, and of those around it.
lists
  .group({
    path: '/item/:item',
    params: Type.Object({ item: Type.Integer() }),
    around(next, { params }) {
      same<Same<typeof params.tenant, string>>();
      same<Same<typeof params.list, number>>();
      same<Same<typeof params.item, number>>();
      return next({ id: params.item });
    },
  })
  .operation({
    name: 'g',
    method: 'GET',
    path: '/',
    action: (_request, { id }) => same<Same<typeof id, number>>(),
  });
fusio.group({ path: '/user/:id', around: [(next, { params }) => next({ length: params.id.length })] });
// @ts-expect-error the path has no `ids`
fusio.group({ path: '/user/:id', around: (next, { params }) => next({ id: params.ids }) });
// A wrapper of any request fits.
const timed = (next: Next, _request: Request) => next({ at: 1 });
lists.group({ around: timed });
lists.group({ around: [timed, (next) => next()] });

// A function that registers in any group, and paths that are known at run time only.
function health(group: Group<{}, {}>, base: string) {
  group.operation({ name: 'health', method: 'GET', path: '/health', action: () => 'up' });
  group.operation({ name: 'some', method: 'GET', path: base, action: ({ params }) => params.any?.length });
  group.operation({ name: 'one', method: 'GET', path: `${base}/:id`, action: ({ params }) => params.id });
}
health(fusio, '/x');
health(lists, '/x');

// @ts-expect-error there is no such option
fusio.group({ prefix: '/v1' });
