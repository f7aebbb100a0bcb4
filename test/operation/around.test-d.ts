// Compiled by `tsc --noEmit`, never run.
import {
  type Around,
  type Context,
  type ContextOf,
  createFusio,
  defineConnection,
  type Next,
  type Request,
  Type,
} from '../../src/index.js';

/** Fails to compile unless both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_T extends true>(): void => {};

interface Transaction {
  commit(): Promise<void>;
  run(sql: string): Promise<number>;
}
interface Pool {
  begin(): Promise<Transaction>;
}
declare const open: () => Pool;
const fusio = createFusio({ connections: { db: defineConnection({ open }) } });

// Of all operations that follow, each with what the wrappers before it hand over.
const api = fusio.around(async (next, _request, { connections }) => {
  const tx = await connections.db.begin();
  const outcome = await next({ tx });
  await tx.commit();
  return outcome;
});
api.operation({
  name: 'a',
  method: 'GET',
  path: '/a',
  action: async (_request, { tx, user }) => {
    same<Same<typeof tx, Transaction>>();
    return [await tx.run('SELECT 1'), user.id];
  },
});
const two = api.around((next, _request, { tx }) => next({ sum: 1, more: tx }));
two.operation({
  name: 'b',
  method: 'GET',
  path: '/b',
  action(_request, context) {
    same<Same<typeof context.sum, number>>();
    same<Same<typeof context.tx, Transaction>>();
  },
});
// The inner one of two members with one name.
two
  .around((next) => next({ sum: 'text' }))
  .operation({
    name: 'c',
    method: 'GET',
    path: '/c',
    action(_request, context) {
      same<Same<typeof context.sum, string>>();
      same<Same<typeof context.tx, Transaction>>();
    },
  });

// Of one operation, written in place, beside schemas.
fusio.operation({
  name: 'd',
  method: 'POST',
  path: '/d',
  body: Type.Object({ count: Type.Integer() }),
  response: Type.Object({ count: Type.Integer() }),
  around: async (next, _request, { connections, respond, user }) =>
    user.anonymous ? respond(304) : next({ tx: await connections.db.begin() }),
  action({ body }, { tx }) {
    same<Same<typeof tx, Transaction>>();
    return { count: body.count };
  },
});
fusio.operation({
  name: 'e',
  method: 'GET',
  path: '/e',
  around: [
    async (next, _request, { connections }) => next({ tx: await connections.db.begin() }),
    (next) => next({ two: 2 }),
  ],
  action(_request, { tx, two }) {
    same<Same<typeof tx, Transaction>>();
    same<Same<typeof two, number>>();
  },
});

// Made in place by a generic function.
const handing = <const Name extends string>(
  name: Name,
): Around<Context<{ readonly [N in Name]: Pool }>, { tx: Transaction }> => {
  return async (next, _request, { connections }) => next({ tx: await connections[name].begin() });
};
fusio.operation({
  name: 'j',
  method: 'GET',
  path: '/j',
  around: handing('db'),
  action: (_request, { tx }) => same<Same<typeof tx, Transaction>>(),
});
fusio.operation({
  name: 'k',
  method: 'GET',
  path: '/k',
  around: [handing('db'), (next) => next({ two: 2 })],
  action(_request, { tx, two }) {
    same<Same<typeof tx, Transaction>>();
    same<Same<typeof two, number>>();
  },
});
// @ts-expect-error there is no connection `bd`
fusio.operation({ name: 'l', method: 'GET', path: '/l', around: handing('bd'), action: () => 1 });

// Written on its own: the order of the options does not matter then.
const withTransaction = async (next: Next, _request: Request, { connections }: Context<{ db: Pool }>) =>
  next({ tx: await connections.db.begin() });
const withName: Around<Context<{ db: Pool }>, { name: string }> = (next) => next({ name: 'x' });
const counted: number[] = [];
const counting = async (next: Next) => {
  const outcome = await next();
  counted.push(outcome.status);
  return outcome;
};
fusio.operation({
  name: 'f',
  method: 'GET',
  path: '/f',
  action: (_request, { tx, name }) => tx.run(name),
  around: [withTransaction, counting, withName],
});

// In a class and in a registered action.
const rich = fusio.around(counting).around(withTransaction).around(withName);
class Act {
  handle(_request: Request, { tx, name }: ContextOf<typeof rich>) {
    return tx.run(name);
  }
}
rich.operation({ name: 'g', method: 'GET', path: '/g', action: new Act() });
const act = rich.action('act', new Act());
rich.operation({ name: 'h', method: 'GET', path: '/h', action: act });

// A fusio with more in its context fits where one with less is wanted.
const adapter = (some: typeof fusio) => void some.operation({ name: 'i', method: 'GET', path: '/i', action: () => 1 });
adapter(rich);

// In place of the request.
fusio.around((next, request) => next({}, { ...request, query: {} }));

const get = { name: 'c', method: 'GET', path: '/c' } as const;

// @ts-expect-error no wrapper hands over `tx`
fusio.operation({ ...get, action: (_request, { tx }) => tx });
// @ts-expect-error the class needs `tx`
fusio.operation({ ...get, action: new Act() });
// @ts-expect-error so does the registered action
fusio.operation({ ...get, action: act });
// @ts-expect-error there is no connection `bd`
fusio.around((next, _request, { connections }) => next({ tx: connections.bd.begin() }));
// @ts-expect-error there is no connection `bd`
fusio.operation({ ...get, around: (next, _request, { connections }) => next({ tx: connections.bd }), action: () => 1 });
// @ts-expect-error nothing is returned
fusio.around(async (next) => void (await next()));
// @ts-expect-error nothing is returned
fusio.operation({ ...get, around: async (next) => void (await next()), action: () => 1 });
// @ts-expect-error the context has a `user`
fusio.around((next) => next({ user: 'x' }));
// @ts-expect-error a request is the second argument
fusio.around((next, request) => next(request));
// @ts-expect-error a text has no members to hand over
fusio.around((next) => next('x'));

const other = createFusio();
// @ts-expect-error the wrapper needs a connection `db`
other.around(withTransaction);
// @ts-expect-error the wrapper needs a connection `db`
other.operation({ ...get, action: () => 1, around: withTransaction });
// @ts-expect-error the wrapper needs a connection `db`
other.operation({ ...get, action: () => 1, around: [counting, withTransaction] });
