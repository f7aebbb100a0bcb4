import { Type as Legacy } from '@sinclair/typebox';
import { createFusio, defineAction, Type, withDefault } from '../../src/index.js';
import { closeAll, closeLater } from '../support/fusio.js';

afterEach(closeAll);

it.each([
  [
    'typebox',
    Type.Object({ limit: withDefault(Type.Integer({ maximum: 50 }), 20), page: withDefault(Type.Integer(), 1) }),
  ],
  [
    '@sinclair/typebox',
    Legacy.Object({ limit: withDefault(Legacy.Integer({ maximum: 50 }), 20), page: withDefault(Legacy.Integer(), 1) }),
  ],
] as const)('fills in the default of a property, over HTTP and in process: %s', async (_, query: object) => {
  const fusio = createFusio({ logger: false });
  closeLater(() => fusio.stop());
  const list = fusio.operation({
    name: 'todo.list',
    method: 'GET',
    path: '/todo',
    public: true,
    query,
    action: (request) => request.query,
  });

  expect((await fusio.inject({ method: 'GET', path: '/todo?page=2' })).json()).toEqual({ limit: 20, page: 2 });
  expect((await fusio.inject({ method: 'GET', path: '/todo?limit=51' })).status).toBe(400);
  expect(await fusio.call(list)).toEqual({ limit: 20, page: 1 });
  expect(fusio.openapi().paths['/todo']).toMatchObject({
    get: { parameters: [{ schema: { default: 20, maximum: 50 } }, { schema: { default: 1 } }] },
  });
});

it('gives a copy, and takes over how TypeBox has marked the schema', () => {
  const schema = Type.Optional(Type.String());
  const legacy = Legacy.Optional(Legacy.String());

  const [own, other] = [withDefault(schema, 'x'), withDefault(legacy, 'x')];

  expect(own).toMatchObject({ type: 'string', default: 'x' });
  expect(schema).not.toHaveProperty('default');
  expect(Type.Object({ own })).toMatchObject({ properties: { own: { default: 'x' } } });
  expect(Type.Object({ own }).required).toEqual(Type.Object({ schema }).required);
  expect(Legacy.Object({ other }).required).toBeUndefined();
});

it('lets a reusable action be called without a configuration, where all of it has defaults', () => {
  const configured = defineAction({
    name: 'take',
    configuration: Type.Object({ limit: withDefault(Type.Integer(), 20) }),
    handle: (_request, { limit }) => limit,
  });
  const needy = defineAction({
    name: 'select',
    configuration: Type.Object({ table: Type.String(), limit: withDefault(Type.Integer(), 20) }),
    handle: (_request, { table }) => table,
  });

  expect(configured().handle({} as never, {} as never)).toBe(20);
  expect(configured({ limit: 2 }).handle({} as never, {} as never)).toBe(2);
  // @ts-expect-error: the table is needed
  expect(() => needy()).toThrow('action "select" configuration: table is required');
});
