import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import {
  createFusio,
  FusioError,
  fail,
  type Next,
  type Outcome,
  type Request,
  respond,
  Type,
} from '../../src/index.js';
import { fakeClock } from '../../src/testing/clock.js';
import { takeProblems } from '../support/answers.js';

const base = { method: 'GET', public: true } as const;
const quiet = () => createFusio({ logger: false });

/** A transaction as a driver has it, which writes down its life. */
function database() {
  const told: string[] = [];
  const begin = async () => {
    const id = told.filter((one) => one.startsWith('begin')).length + 1;
    told.push(`begin ${id}`);
    return {
      id,
      commit: async () => void told.push(`commit ${id}`),
      rollback: async () => void told.push(`rollback ${id}`),
    };
  };
  async function transaction(next: Next) {
    const tx = await begin();
    try {
      const outcome = await next({ tx });
      await tx.commit();
      return outcome;
    } catch (error) {
      await tx.rollback();
      throw error;
    }
  }
  return { told, transaction };
}

describe('what a wrapper hands over', () => {
  it('is in the context of the action, of an operation or of all that follow', async () => {
    const fusio = quiet();
    const before = fusio.operation({
      ...base,
      name: 'before',
      path: '/before',
      action: (_request, context) => Object.keys(context),
    });
    const rich = fusio.around((next) => next({ tenant: 'acme', sum: 1 }));
    const after = rich.operation({
      ...base,
      name: 'after',
      path: '/after',
      around: [(next, _request, { sum }) => next({ two: sum + 1 }), async (next) => next({ sum: 5 })],
      action: (_request, { tenant, sum, two, user }) => ({ tenant, sum, two, anonymous: user.anonymous }),
    });

    expect(await fusio.call(before)).toEqual([]);
    expect(await fusio.call(after)).toEqual({ tenant: 'acme', sum: 5, two: 2, anonymous: false });
  });

  it('is not seen by the wrappers outside, nor by another call', async () => {
    const fusio = quiet();
    const seen: unknown[] = [];
    const look = async (next: Next, _request: Request, context: object) => {
      const outcome = await next();
      seen.push(Object.keys(context));
      return outcome;
    };
    const { transaction } = database();
    const operation = fusio.operation({
      ...base,
      name: 'it',
      path: '/it',
      around: [look, transaction],
      async action(_request, { tx }) {
        await turn();
        return tx.id;
      },
    });

    const ids = await Promise.all([fusio.call(operation), fusio.call(operation), fusio.call(operation)]);

    expect(ids).toEqual([1, 2, 3]);
    expect(seen).toEqual([[], [], []]);
  });

  it('keeps the rest of the context, taken apart', async () => {
    const fusio = quiet();
    const inner = fusio.operation({
      ...base,
      name: 'inner',
      path: '/inner',
      action: (_request, { requestId }) => requestId,
    });
    const outer = fusio.operation({
      ...base,
      name: 'outer',
      path: '/outer',
      around: (next) => next({ tx: 1 }),
      action: async (_request, { tx, call, requestId, respond, operation, signal }) =>
        respond(200, [tx, (await call(inner)) === requestId, operation?.name, signal.aborted]),
    });

    expect(await fusio.call(outer)).toEqual([1, true, 'outer', false]);
  });

  it.each<[string, unknown, string]>([
    [
      'a member of the context',
      { user: 1 },
      'operation "it": next(): the context has "user" itself; take another name',
    ],
    [
      'a member of every object',
      { toString: 1 },
      'operation "it": next(): the context has "toString" itself; take another name',
    ],
    [
      'a prototype',
      JSON.parse('{"__proto__":{"tx":1}}'),
      'operation "it": next(): the context has "__proto__" itself; take another name',
    ],
    [
      'a request',
      { params: {}, query: {} },
      'operation "it": next(): a request is its second argument, next({}, request)',
    ],
    ['a text', 'tx', 'operation "it": next() takes an object literal with members for the context: { tx }'],
    ['null', null, 'operation "it": next() takes an object literal with members for the context: { tx }'],
    ['a list', [1], 'operation "it": next() takes an object literal with members for the context: { tx }'],
    ['an instance', new Map(), 'operation "it": next() takes an object literal with members for the context: { tx }'],
  ])('is refused with the fix where it is %s', async (_what, own, message) => {
    const fusio = quiet();
    const action = jest.fn();
    const operation = fusio.operation({
      ...base,
      name: 'it',
      path: '/it',
      around: (next) => next(own as object),
      action,
    });

    await expect(fusio.call(operation)).rejects.toMatchObject({ code: 'OPTIONS_INVALID', message });
    expect(action).not.toHaveBeenCalled();
  });
});

describe('next()', () => {
  it('gives the checked result', async () => {
    const fusio = quiet();
    const seen: Outcome[] = [];
    const rich = fusio.around(async (next) => {
      const outcome = await next();
      seen.push(outcome);
      return outcome;
    });
    const Todo = Type.Object({ id: Type.Integer(), at: Type.String() });
    const get = rich.operation({
      ...base,
      name: 'get',
      path: '/get',
      response: { 200: Todo, 201: Todo },
      action: (_request, { respond }) =>
        respond(201, { id: 1, at: new Date(0) as never, more: 2 } as never, { location: '/1' }),
    });
    const none = rich.operation({ ...base, name: 'none', path: '/none', action: () => undefined });

    await fusio.call(get);
    await fusio.call(none);

    expect(seen).toMatchObject([
      { status: 201, headers: { location: '/1' }, body: { id: 1, at: '1970-01-01T00:00:00.000Z' } },
      { status: 204, headers: {}, body: undefined },
    ]);
    expect(seen[0]!.body).not.toHaveProperty('more');
  });

  it('fails where the result does not fit, before anything is committed', async () => {
    const fusio = quiet();
    const { told, transaction } = database();
    fusio.around(transaction);
    const operation = fusio.operation({
      ...base,
      name: 'it',
      path: '/it',
      response: Type.Object({ id: Type.Integer() }),
      action: () => ({ id: 'x' }) as never,
    });

    await expect(fusio.call(operation)).rejects.toMatchObject({ code: 'RESULT_INVALID' });
    expect(told).toEqual(['begin 1', 'rollback 1']);
  });

  it.each(['over HTTP', 'in process'])('fails where the time is up, %s, to the millisecond', async (how) => {
    const clock = fakeClock();
    const fusio = createFusio({ logger: false, clock });
    const { told, transaction } = database();
    fusio.around(transaction);
    const operation = fusio.operation({
      ...base,
      name: 'it',
      path: '/it',
      timeoutMs: 1_000,
      async action() {
        clock.advance(1_000);
        return 1;
      },
    });

    if (how === 'in process') await expect(fusio.call(operation)).rejects.toMatchObject({ code: 'ACTION_TIMEOUT' });
    else {
      expect((await fusio.inject({ path: '/it' })).status).toBe(504);
      takeProblems();
    }
    await turn();

    expect(told).toEqual(['begin 1', 'rollback 1']);
  });

  it('does not start the action where the time is up already', async () => {
    const clock = fakeClock();
    const fusio = createFusio({ logger: false, clock });
    const action = jest.fn();
    const operation = fusio.operation({
      ...base,
      name: 'it',
      path: '/it',
      timeoutMs: 1_000,
      async around(next) {
        await turn();
        clock.advance(1_000);
        return next();
      },
      action,
    });

    await expect(fusio.call(operation)).rejects.toMatchObject({ code: 'ACTION_TIMEOUT' });
    expect(action).not.toHaveBeenCalled();
  });

  it('is synchronous where action and wrappers are', () => {
    const fusio = quiet();
    const order: unknown[] = [];
    const operation = fusio
      .around((next) => {
        const outcome = next({ tx: 1 });
        order.push(outcome instanceof Promise);
        return outcome;
      })
      .operation({ ...base, name: 'it', path: '/it', action: (_request, { tx }) => order.push(tx) });

    void fusio.call(operation);
    // `fusio.call` is an async function: what it runs before its first wait is over.
    expect(order).toEqual([1, false]);
  });

  it('may be tried again, with other members', async () => {
    const fusio = quiet();
    const { told, transaction } = database();
    async function again(next: Next) {
      try {
        return await next();
      } catch {
        return next();
      }
    }
    let tries = 0;
    const operation = fusio
      .around(again)
      .around(transaction)
      .operation({
        ...base,
        name: 'it',
        path: '/it',
        action: (_request, { tx }) => (++tries === 1 ? fail(409) : tx.id),
      });

    expect(await fusio.call(operation)).toBe(2);
    expect(told).toEqual(['begin 1', 'rollback 1', 'begin 2', 'commit 2']);
  });

  it('takes a request in place of the one that came', async () => {
    const fusio = quiet();
    const operation = fusio
      .around((next, request) => next({}, { ...request, query: { page: 7 } }))
      .operation({ ...base, name: 'it', path: '/it', action: ({ query }) => query });

    expect(await fusio.call(operation)).toEqual({ page: 7 });
  });

  it('may be let go of: its failure ends no process', async () => {
    const fusio = quiet();
    const operation = fusio.operation({
      ...base,
      name: 'it',
      path: '/it',
      around(next) {
        void next();
        return respond(202);
      },
      async action() {
        await turn();
        throw new Error('too late');
      },
    });

    await fusio.call(operation);
    await turn();
    await turn();
  });

  it('runs nothing once the call is over', async () => {
    const fusio = quiet();
    let kept: Next | undefined;
    const action = jest.fn();
    const operation = fusio.operation({
      ...base,
      name: 'it',
      path: '/it',
      around(next) {
        kept = next;
        return respond(202);
      },
      action,
    });
    await fusio.call(operation);

    expect(() => kept!()).toThrow(expect.objectContaining({ code: 'CALL_CANCELLED' }));
    expect(action).not.toHaveBeenCalled();
  });
});

describe('what a wrapper returns', () => {
  it('may be a reply in place of the outcome, which is checked', async () => {
    const fusio = quiet();
    const Todo = Type.Object({ id: Type.Integer() });
    const replaced = (body: unknown) =>
      async function replace(next: Next) {
        const { status, headers } = await next();
        return respond(status, body, { ...headers, 'x-more': '1' });
      };
    fusio.operation({
      ...base,
      name: 'good',
      path: '/good',
      response: Todo,
      around: replaced({ id: 2, more: 1 }),
      action: () => ({ id: 1 }),
    });
    fusio.operation({
      ...base,
      name: 'bad',
      path: '/bad',
      response: Todo,
      around: replaced({ id: 'x' }),
      action: () => ({ id: 1 }),
    });

    const good = await fusio.inject({ path: '/good' });
    const bad = await fusio.inject({ path: '/bad' });
    takeProblems();

    expect([good.json(), good.headers.get('x-more'), bad.status]).toEqual([{ id: 2 }, '1', 500]);
  });

  it('is checked for the wrapper outside', async () => {
    const fusio = quiet();
    const { told, transaction } = database();
    const operation = fusio.operation({
      ...base,
      name: 'it',
      path: '/it',
      response: Type.Object({ id: Type.Integer() }),
      around: [transaction, () => respond(200, { id: 'x' })],
      action: () => ({ id: 1 }),
    });

    await expect(fusio.call(operation)).rejects.toMatchObject({ code: 'RESULT_INVALID' });
    expect(told).toEqual(['begin 1', 'rollback 1']);
  });

  it('is checked again where it is the outcome of another call', async () => {
    const fusio = quiet();
    let kept: Outcome | undefined;
    const cached = async (next: Next) => (kept ??= await next());
    const number = fusio.operation({
      ...base,
      name: 'a',
      path: '/a',
      response: Type.Integer(),
      around: cached,
      action: () => 7,
    });
    const text = fusio.operation({
      ...base,
      name: 'b',
      path: '/b',
      response: Type.String(),
      around: cached,
      action: () => 'x',
    });

    expect(await fusio.call(number)).toBe(7);
    expect(await fusio.call(number)).toBe(7);
    await expect(fusio.call(text)).rejects.toMatchObject({ code: 'RESULT_INVALID' });
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [{ id: 1 }, 'a value of type object'],
    ['x', 'a value of type string'],
  ])('is refused with the fix where it is %j', async (value, got) => {
    const fusio = quiet();
    const operation = fusio.operation({
      ...base,
      name: 'it',
      path: '/it',
      around: (async () => value) as never,
      action: () => 1,
    });

    await expect(fusio.call(operation)).rejects.toMatchObject({
      code: 'RESULT_INVALID',
      message: `operation "it": a wrapper must return what next() gave, or respond(…), got ${got}`,
    });
  });

  it('lets go of a stream that it took and did not return', async () => {
    const fusio = quiet();
    const streams: Readable[] = [];
    const action = () => {
      const stream = Readable.from(['a']);
      streams.push(stream);
      return stream;
    };
    fusio.operation({
      ...base,
      name: 'again',
      path: '/again',
      async around(next) {
        await next();
        return next();
      },
      action,
    });
    fusio.operation({
      ...base,
      name: 'fails',
      path: '/fails',
      async around(next) {
        await next();
        throw new FusioError('COMMIT_FAILED', 'no', { status: 409 });
      },
      action,
    });

    const again = await fusio.inject({ path: '/again' });
    const fails = await fusio.inject({ path: '/fails' });
    takeProblems();

    expect([again.text(), fails.status]).toEqual(['a', 409]);
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
  });
});

it('refuses a wrapper that is no function', () => {
  const fusio = quiet();

  expect(() => fusio.around('x' as never)).toThrow('around: a function (next, request, context) is needed');
  expect(() => fusio.operation({ ...base, name: 'it', path: '/it', around: ['x'] as never, action: () => 1 })).toThrow(
    'operation "it": around must be a function or an array of functions',
  );
});
