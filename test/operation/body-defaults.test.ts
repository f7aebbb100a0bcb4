import { Type as Legacy } from '@sinclair/typebox';
import { type AnyFusio, createFusio, type Method, Type } from '../../src/index.js';
import type { AnyOperationOptions } from '../../src/operation/options.js';
import { closeAll, closeLater } from '../support/fusio.js';

afterEach(closeAll);

const Todo = Type.Object({
  title: Type.String({ minLength: 1 }),
  state: Type.String({ default: 'open' }),
  place: Type.Object(
    { city: Type.String(), country: Type.Optional(Type.String({ default: 'DE' })) },
    { default: { city: 'Köln' } },
  ),
});
const LegacyTodo = Legacy.Object({
  title: Legacy.String({ minLength: 1 }),
  state: Legacy.String({ default: 'open' }),
  place: Legacy.Object({ city: Legacy.String(), country: Legacy.Optional(Legacy.String({ default: 'DE' })) }),
});

function fusioWith(options: Partial<AnyOperationOptions>): AnyFusio {
  const fusio: AnyFusio = createFusio({ logger: false });
  closeLater(() => fusio.stop());
  fusio.operation({
    name: 'todo.change',
    method: 'PATCH',
    path: '/todo',
    public: true,
    action: ({ body, query }: { body: unknown; query: unknown }) => ({ body, query }),
    ...options,
    // The slots of these operations differ from test to test.
  } as never);
  return fusio;
}

async function bodyRead(fusio: AnyFusio, method: Method, body: unknown, headers = {}): Promise<unknown> {
  const response = await fusio.inject({ method, path: '/todo', body, headers });
  return response.json<{ body: unknown }>().body;
}

it.each<[string, object]>([
  ['typebox', Type.Partial(Todo)],
  ['@sinclair/typebox', Legacy.Partial(LegacyTodo)],
  [
    'JSON Schema',
    { type: 'object', properties: { title: { type: 'string' }, state: { type: 'string', default: 'open' } } },
  ],
  ['a reference', { $defs: { todo: Type.Partial(Todo) }, $ref: '#/$defs/todo' }],
  ['allOf', { allOf: [Type.Partial(Todo), Type.Object({ note: Type.Optional(Type.String({ default: '' })) })] }],
  ['a union', Type.Union([Type.Partial(Todo), Type.Array(Type.Partial(Todo))])],
])('gives a PATCH what came and nothing more: %s', async (_, body) => {
  const fusio = fusioWith({ body });

  expect(await bodyRead(fusio, 'PATCH', { title: 'x' })).toEqual({ title: 'x' });
  expect(await bodyRead(fusio, 'PATCH', {})).toEqual({});
});

it('leaves out defaults at every depth, in lists too', async () => {
  const fusio = fusioWith({ body: Type.Object({ all: Type.Array(Type.Partial(Todo)) }) });
  const given = { all: [{ place: { city: 'Bonn' } }] };

  expect(await bodyRead(fusio, 'PATCH', given)).toEqual(given);
});

it('fills in what the body of a PATCH must have', async () => {
  const fusio = fusioWith({ body: Type.Interface([Type.Partial(Todo)], { version: Type.Integer({ default: 1 }) }) });

  expect(await bodyRead(fusio, 'PATCH', { title: 'x' })).toEqual({ title: 'x', version: 1 });
});

it('does so in process and in a form, and fills in the query of a PATCH as ever', async () => {
  const fusio: AnyFusio = createFusio({ logger: false });
  closeLater(() => fusio.stop());
  const change = fusio.operation({
    name: 'todo.change',
    method: 'PATCH',
    path: '/todo',
    public: true,
    consumes: 'application/x-www-form-urlencoded',
    query: Type.Object({ notify: Type.Optional(Type.Boolean({ default: true })) }),
    body: Type.Partial(Type.Pick(Todo, ['title', 'state'])),
    action: (request) => request,
  });
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const sent = await fusio.inject({ method: 'PATCH', path: '/todo', body: 'title=x', headers: form });

  expect(sent.json()).toMatchObject({ body: { title: 'x' }, query: { notify: true } });
  expect(sent.json<{ body: object }>().body).toEqual({ title: 'x' });
  expect(await fusio.call(change, { body: { title: 'x' } })).toMatchObject({ body: { title: 'x' } });
});

it.each([
  ['PATCH', 'all', true],
  ['PATCH', 'required', false],
  ['PATCH', undefined, false],
  ['PUT', 'required', false],
  ['PUT', undefined, true],
  ['POST', undefined, true],
] as const)('takes the option for %s: %s', async (method, bodyDefaults, isFilled) => {
  const fusio = fusioWith({
    method,
    bodyDefaults: bodyDefaults as never,
    body: Type.Partial(Type.Omit(Todo, ['place'])),
  });

  const expected = isFilled ? { title: 'x', state: 'open' } : { title: 'x' };
  expect(await bodyRead(fusio, method, { title: 'x' })).toEqual(expected);
});

it('refuses another value of the option', () => {
  expect(() => fusioWith({ body: Todo, bodyDefaults: 'some' as never })).toThrow(
    'operation "todo.change": bodyDefaults must be one of "all", "required"',
  );
});
