import { createFusio, type OperationHandle, respond, Type } from '../../src/index.js';

function api() {
  const fusio = createFusio({ logger: false });
  const get = fusio.operation({
    name: 'todo.get',
    method: 'GET',
    path: '/todo/:id',
    scopes: ['todo'],
    params: Type.Object({ id: Type.Integer() }),
    query: Type.Object({ limit: Type.Integer({ default: 20 }) }),
    headers: Type.Object({ 'X-Tenant': Type.Optional(Type.String()) }),
    response: Type.Object({
      id: Type.Integer(),
      limit: Type.Integer(),
      tenant: Type.Optional(Type.String()),
      user: Type.String(),
    }),
    throws: { 404: 'No such todo' },
    action: ({ params, query, headers }, { user, respond }) =>
      params.id === 404
        ? respond(404, { detail: 'gone' } as never)
        : {
            id: params.id,
            limit: query.limit,
            ...(headers['X-Tenant'] && { tenant: headers['X-Tenant'] }),
            user: user.name,
            more: 1,
          },
  });
  return { fusio, get };
}

it('runs an operation in process as the system, with defaults, and drops what is not declared', async () => {
  const { fusio, get } = api();

  const result = await fusio.call(get, { params: { id: 12 }, query: {} as never, headers: { 'X-Tenant': 'acme' } });

  expect(result).toEqual({ id: 12, limit: 20, tenant: 'acme', user: 'system' });
});

it('validates as every transport does, coerces nothing, and leaves the input alone', async () => {
  const { fusio, get } = api();
  const input = Object.freeze({ params: Object.freeze({ id: '12' }), query: Object.freeze({ limit: 1, more: 2 }) });

  await expect(fusio.call(get, input as never)).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    errors: [{ pointer: '/params/id' }],
  });
});

it('asks for the scope of the principal that `as` names', async () => {
  const { fusio, get } = api();
  const input = { params: { id: 1 }, query: { limit: 1 } };

  await expect(fusio.call(get, input, { as: { user: { id: '1' }, scopes: [] } })).rejects.toMatchObject({
    code: 'SCOPE_MISSING',
  });
  await expect(
    fusio.call(get, input, { as: { user: { id: '1', name: 'Ada' }, scopes: ['todo'] } }),
  ).resolves.toMatchObject({ user: 'Ada' });
});

it('rejects with the status and the members of an answer that is no success', async () => {
  const { fusio, get } = api();

  await expect(fusio.call(get, { params: { id: 404 }, query: { limit: 1 } })).rejects.toMatchObject({
    status: 404,
    code: 'NOT_FOUND',
    extra: { detail: 'gone' },
  });
});

it('keeps the caller in context.call, and its request id', async () => {
  const { fusio, get } = api();
  const outer = fusio.operation({
    name: 'outer',
    method: 'GET',
    path: '/outer',
    public: true,
    action: async (_request, { call, requestId }) => ({
      requestId,
      inner: await call(get, { params: { id: 1 }, query: { limit: 1 } }),
    }),
  });
  const ids: string[] = [];
  fusio.on('request:done', ({ requestId }) => ids.push(requestId));

  await expect(fusio.call(outer, undefined, { as: { user: { id: '1' } } })).rejects.toMatchObject({
    code: 'SCOPE_MISSING',
  });
  const answer = await fusio.inject({
    path: '/outer',
    headers: { 'x-request-id': 'abc-1' },
    as: { user: { id: '1', name: 'Ada' }, scopes: ['todo'] },
  });

  expect(answer.json()).toMatchObject({ requestId: 'abc-1', inner: { user: 'Ada' } });
  expect(ids.slice(-2)).toEqual(['abc-1', 'abc-1']);
});

it('ends calls that go round in a circle', async () => {
  const fusio = createFusio({ logger: false });
  const round: OperationHandle = fusio.operation({
    name: 'round',
    method: 'GET',
    path: '/round',
    public: true,
    action: (_request, { call }): Promise<unknown> => call(round),
  });

  await expect(fusio.call(round)).rejects.toMatchObject({ code: 'CALL_TOO_DEEP' });
});

it('stops with the signal that it is given', async () => {
  const fusio = createFusio({ logger: false });
  const wait = fusio.operation({
    name: 'wait',
    method: 'GET',
    path: '/wait',
    action: (_request, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  });
  const leave = new AbortController();

  const called = fusio.call(wait, {}, { signal: leave.signal });
  setImmediate(() => leave.abort());

  await expect(called).rejects.toMatchObject({ code: 'CALL_CANCELLED' });
});

describe('an action', () => {
  it('may be a class with handle(), a configured action, a handle or a name; all wrapped by around', async () => {
    const { defineAction } = await import('../../src/index.js');
    const fusio = createFusio({ logger: false });
    const order: string[] = [];
    fusio.around((next, _request, { operation }) => {
      order.push(`outer ${operation?.name}`);
      return next();
    });
    class Greeter {
      constructor(readonly word: string) {}
      handle() {
        return this.word;
      }
    }
    const greet = defineAction({
      name: 'greet',
      configuration: Type.Object({ word: Type.String(), times: Type.Integer({ default: 1 }) }),
      handle: (_request, { word, times }) => word.repeat(times),
    });
    const named = fusio.action('greeter', new Greeter('named'));
    const base = { method: 'GET', public: true } as const;
    const handles = [
      fusio.operation({ ...base, name: 'a', path: '/a', action: new Greeter('class') }),
      fusio.operation({ ...base, name: 'b', path: '/b', action: greet({ word: 'configured' } as never) }),
      fusio.operation({ ...base, name: 'c', path: '/c', action: named }),
      fusio.operation({
        ...base,
        name: 'd',
        path: '/d',
        action: 'greeter',
        around: async (next) => {
          const { status, body } = await next();
          return respond(status, `${body}!`);
        },
      }),
    ];

    const results = await Promise.all(handles.map((handle) => fusio.call(handle)));

    expect(results).toEqual(['class', 'configured', 'named', 'named!']);
    expect(order.sort()).toEqual(['outer a', 'outer b', 'outer c', 'outer d']);
  });

  it('is refused with its name when its configuration does not fit', async () => {
    const { defineAction } = await import('../../src/index.js');
    const greet = defineAction({ name: 'greet', configuration: Type.Object({ word: Type.String() }), handle: () => 1 });

    expect(() => greet({ wrod: 'x' } as never)).toThrow(
      expect.objectContaining({
        code: 'ACTION_INVALID',
        message: expect.stringMatching(/^action "greet" configuration: .*word/),
      }),
    );
  });
});
