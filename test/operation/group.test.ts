import { createFusio, fail, type Next, Type } from '../../src/index.js';

const quiet = () => createFusio({ logger: false });
const get = { method: 'GET', action: () => 1 } as const;
const as = (...scopes: string[]) => ({ user: { id: '7' }, scopes });

describe('a group', () => {
  it('joins paths, also that of its own root, tags, throws and wrappers', async () => {
    const fusio = quiet();
    const order: string[] = [];
    const mark = (name: string) => (next: Next) => {
      order.push(name);
      return next();
    };
    const outer = fusio.group({
      path: '/v1',
      tags: ['a'],
      throws: { 404: 'None' },
      around: mark('outer'),
      public: true,
    });
    const inner = outer.group({ path: '/todo/:id', tags: ['b'], around: [mark('inner')] });
    const root = inner.operation({ ...get, name: 'root', path: '/', around: mark('own'), tags: ['a', 'c'] });
    inner.operation({ ...get, name: 'below', path: '/done', throws: { 409: 'Done' }, action: ({ params }) => params });
    outer.operation({ ...get, name: 'v1', path: '/' });

    expect(root).toMatchObject({ path: '/v1/todo/:id' });
    expect((await fusio.inject({ path: '/v1/todo/7' })).status).toBe(200);
    expect(order).toEqual(['outer', 'inner', 'own']);
    expect((await fusio.inject({ path: '/v1/todo/7/done' })).json()).toEqual({ id: '7' });
    expect((await fusio.inject({ path: '/v1' })).status).toBe(200);
    const { paths } = fusio.openapi();
    expect(paths['/v1/todo/{id}']!.get).toMatchObject({ tags: ['a', 'b', 'c'] });
    const below = paths['/v1/todo/{id}/done']!.get as { responses: object };
    expect(Object.keys(below.responses)).toEqual(expect.arrayContaining(['404', '409']));
  });

  it('asks for a scope of each group and of the operation: a scope more never opens anything', async () => {
    const fusio = quiet();
    const admin = fusio.group({ path: '/admin', scopes: ['admin', 'root'] });
    admin.operation({ ...get, name: 'plain', path: '/plain' });
    admin.group({}).operation({ ...get, name: 'todo', path: '/todo', scopes: ['todo'] });
    const statusFor = async (path: string, ...scopes: string[]) =>
      (await fusio.inject({ path, as: as(...scopes) })).status;

    expect(await statusFor('/admin/plain', 'root')).toBe(200);
    expect(await statusFor('/admin/plain', 'todo')).toBe(403);
    expect(await statusFor('/admin/todo', 'todo')).toBe(403);
    expect(await statusFor('/admin/todo', 'admin')).toBe(403);
    expect(await statusFor('/admin/todo', 'admin', 'todo')).toBe(200);
    expect((await fusio.inject({ path: '/admin/todo' })).status).toBe(401);
    const { paths } = fusio.openapi();
    expect(paths['/admin/todo']!.get).toMatchObject({
      security: [{ bearer: ['admin', 'todo'] }, { bearer: ['root', 'todo'] }],
      'x-fusio-scopes': ['admin', 'root', 'todo'],
    });
    expect(Object.keys(fusio.openapi({ as: as('todo') }).paths)).toEqual([]);
    expect(Object.keys(fusio.openapi({ as: as('root') }).paths)).toEqual(['/admin/plain']);
  });

  it('gives its other options, where the operation has none of its own', async () => {
    const fusio = quiet();
    const group = fusio
      .group({ public: true, unknown: 'reject', active: false })
      .group({ active: true, public: undefined } as object);
    group.operation({ ...get, name: 'a', path: '/a', query: Type.Object({ page: Type.Optional(Type.Integer()) }) });
    group.operation({
      ...get,
      name: 'b',
      path: '/b',
      query: Type.Object({ page: Type.Optional(Type.Integer()) }),
      unknown: 'drop',
      public: false,
    });

    expect((await fusio.inject({ path: '/a', query: { more: 1 } })).status).toBe(400);
    expect((await fusio.inject({ path: '/b', query: { more: 1 } })).status).toBe(401);
    expect((await fusio.inject({ path: '/b', query: { more: 1 }, as: as() })).status).toBe(200);
  });

  it('adds its parameters to those of the operation, and converts what it declares', async () => {
    const fusio = quiet();
    const tenants = fusio.group({ path: '/tenant/:tenant', public: true });
    const lists = tenants.group({ path: '/list/:list', params: Type.Object({ list: Type.Integer() }) });
    const action = ({ params }: { params: unknown }) => params;
    lists.operation({ ...get, name: 'texts', path: '/text/:item', action });
    const item = lists.operation({
      ...get,
      name: 'item',
      path: '/:item',
      params: Type.Object({ item: Type.Integer() }),
      action,
    });
    tenants.operation({ ...get, name: 'own', path: '/own/:id', params: Type.Object({ id: Type.Integer() }), action });

    expect((await fusio.inject({ path: '/tenant/1/list/2/3' })).json()).toEqual({ tenant: '1', list: 2, item: 3 });
    expect((await fusio.inject({ path: '/tenant/1/list/2/text/3' })).json()).toEqual({
      tenant: '1',
      list: 2,
      item: '3',
    });
    expect((await fusio.inject({ path: '/tenant/1/own/3' })).json()).toEqual({ tenant: '1', id: 3 });
    expect((await fusio.inject({ path: '/tenant/1/list/x/3' })).json()).toMatchObject({
      errors: [{ pointer: '/params/list' }],
    });
    expect(await fusio.call(item, { params: { tenant: 'a', list: 1, item: 2 } })).toEqual({
      tenant: 'a',
      list: 1,
      item: 2,
    });
  });

  it('takes the wrappers of the fusio that were there when an operation is registered', async () => {
    const fusio = quiet();
    const group = fusio.group({ public: true });
    fusio.around((next) => next({ tx: 1 }));
    const operation = group.operation({
      ...get,
      name: 'it',
      path: '/it',
      action: (_request, context) => Object.keys(context),
    });

    expect(await fusio.call(operation)).toEqual(['tx']);
  });

  it('shares nothing with what is registered beside it', async () => {
    const fusio = quiet();
    fusio.group({ path: '/v1', public: true, around: () => fail(409) });
    fusio.operation({ ...get, name: 'it', path: '/it' });

    expect((await fusio.inject({ path: '/it' })).status).toBe(401);
    expect((await fusio.inject({ path: '/it', as: as() })).status).toBe(200);
  });
});

describe('a mistake', () => {
  const group = { ...quiet() };

  it.each<[object | undefined, string]>([
    [{ prefix: '/v1' }, 'group: unknown option "prefix"'],
    [{ path: 'v1' }, 'group "v1": path must begin with "/", got "v1"'],
    [{ path: '/v1/' }, 'group "/v1/": path "/v1/" has an empty segment'],
    [{ path: '/v1', name: 'x' }, 'group "/v1": unknown option "name"'],
    [
      { path: '/v1', params: Type.Object({ id: Type.Integer() }) },
      'group "/v1": params wants "id", which the path does not have',
    ],
    [{ path: '/:id', params: Type.Integer() }, 'group "/:id": params must be an object schema with properties'],
    [{ scopes: 'todo' }, 'group: scopes must be an array'],
    [undefined, 'group: options must be an object'],
  ])('of a group is refused with its path: %j', (options, message) => {
    expect(() => group.group(options as never)).toThrow(
      expect.objectContaining({ code: 'OPERATION_INVALID', message: expect.stringContaining(message) }),
    );
  });

  it.each<[object | undefined, string]>([
    [{ path: 'x' }, 'operation "it": path must begin with "/", got "x"'],
    [undefined, 'operation undefined: options must be an object'],
    [{ tags: 'x' }, 'operation "it": tags must be an array'],
    [{ throws: 'x' }, 'operation "it": throws must be a map'],
    [{ public: true, scopes: undefined }, 'operation "it": public: true lets everybody call it'],
    [{ path: '/:tenant' }, 'operation "it": path "/t/:tenant/:tenant" has two parameters "tenant"'],
  ])('of an operation in it is refused as any: %j', (options, message) => {
    const inner = quiet().group({ path: '/t/:tenant', tags: ['a'], throws: { 404: 'x' }, scopes: ['a'] });
    const full = options && { ...get, name: 'it', path: '/it', ...options };

    expect(() => inner.operation(full as never)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message) }),
    );
  });
});
