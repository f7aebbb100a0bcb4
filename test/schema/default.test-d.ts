// Compiled by `tsc --noEmit`, never run.

import { Type as Legacy } from '@sinclair/typebox';
import { createClient } from '../../src/client/index.js';
import { type ActionRequest, createFusio, defineAction, type InputOf, Type, withDefault } from '../../src/index.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_T extends true>(): void => {};
const fusio = createFusio();
export async function types(): Promise<void> {
  const free = { method: 'POST', path: '/a' } as const;
  const a = fusio.operation({
    ...free,
    name: 'a',
    query: Type.Object({
      limit: withDefault(Type.Integer(), 20),
      page: Type.Optional(withDefault(Type.Integer(), 1)),
      q: Type.String(),
      r: Type.Optional(Type.String()),
    }),
    body: Type.Object({
      title: Type.String(),
      state: withDefault(Type.Union([Type.Literal('open'), Type.Literal('done')]), 'open'),
      place: Type.Object({ city: Type.String(), country: withDefault(Type.String(), 'DE') }),
      tags: Type.Array(Type.Object({ n: withDefault(Type.Integer(), 1), m: Type.String() })),
      either: Type.Union([Type.Object({ k: Type.Literal('a'), n: withDefault(Type.Integer(), 1) }), Type.String()]),
    }),
    action: ({ query, body }) => {
      same<Same<typeof query, { q: string; r?: string; limit: number; page: number }>>();
      same<Same<typeof body.state, 'open' | 'done'>>();
      const country: string = body.place.country;
      const n: number = body.tags[0]!.n;
      return [query, body, country, n];
    },
  });
  await fusio.call(a, {
    query: { q: 'x' },
    body: { title: 'x', place: { city: 'x' }, tags: [{ m: 'x' }], either: { k: 'a' } },
  });
  await fusio.call(a, {
    query: { q: 'x', limit: 1, page: 2 },
    body: { title: 'x', state: 'done', place: { city: 'x', country: 'y' }, tags: [{ m: 'x', n: 2 }], either: 'x' },
  });
  // @ts-expect-error: the query needs q
  await fusio.call(a, { query: {}, body: { title: 'x', place: { city: 'x' }, tags: [{ m: 'x' }], either: 'x' } });
  // @ts-expect-error: a city is text
  await fusio.call(a, { query: { q: 'x' }, body: { title: 'x', place: { city: 1 }, tags: [{ m: 'x' }], either: 'x' } });
  await fusio.call(a, {
    // @ts-expect-error: a limit is a number
    query: { q: 'x', limit: 'x' },
    body: { title: 'x', place: { city: 'x' }, tags: [{ m: 'x' }], either: 'x' },
  });
  const l = fusio.operation({
    ...free,
    name: 'l',
    query: Legacy.Object({
      limit: withDefault(Legacy.Integer(), 20),
      page: Legacy.Optional(withDefault(Legacy.Integer(), 1)),
      r: Legacy.Optional(Legacy.String()),
    }),
    body: Legacy.Object({
      title: Legacy.String(),
      place: Legacy.Object({ city: Legacy.String(), country: withDefault(Legacy.String(), 'DE') }),
      tags: Legacy.Array(Legacy.Object({ n: withDefault(Legacy.Integer(), 1) })),
    }),
    action: ({ query, body }) => {
      same<Same<typeof query, { r?: string; limit: number; page: number }>>();
      const c: string = body.place.country;
      return c;
    },
  });
  await fusio.call(l, { body: { title: 'x', place: { city: 'x' }, tags: [{}] } });
  // @ts-expect-error: the body needs a title
  await fusio.call(l, { body: { place: { city: 'x' }, tags: [{}] } });
  const j = fusio.operation({
    ...free,
    name: 'j',
    query: {
      type: 'object',
      properties: { limit: { type: 'integer', default: 20 }, must: { type: 'integer', default: 1 } },
      required: ['must'],
    },
    body: {
      type: 'object',
      properties: {
        limit: { type: 'integer', default: 20 },
        must: { type: 'integer', default: 1 },
        x: { type: 'string' },
      },
      required: ['must', 'x'],
    },
    action: ({ query, body }) => {
      const n: number = query.limit + query.must + body.must;
      const o: number | undefined = body.limit;
      return [n, o];
    },
  });
  await fusio.call(j, { body: { x: 'y' } });
  // @ts-expect-error: the body needs x
  await fusio.call(j, { body: {} });
  const w = fusio.operation({
    ...free,
    name: 'w',
    query: Type.Object({ limit: Type.With(Type.Integer(), { default: 20 }) }),
    action: ({ query }) => query.limit + 1,
  });
  await fusio.call(w);
  const root = fusio.operation({
    ...free,
    name: 'r',
    body: withDefault(Type.Object({ x: withDefault(Type.Integer(), 1), y: Type.Integer() }), { y: 1 }),
    action: ({ body }) => body.x + body.y,
  });
  await fusio.call(root);
  await fusio.call(root, { body: { y: 1 } });
  // @ts-expect-error: the body needs y
  await fusio.call(root, { body: { x: 1 } });
  const patch = fusio.operation({
    name: 'p',
    method: 'PATCH',
    path: '/p',
    body: Type.Partial(Type.Object({ state: withDefault(Type.String(), 'x') })),
    action: ({ body }) => {
      const s: string | undefined = body.state;
      // @ts-expect-error it may be undefined
      const t: string = body.state;
      return [s, t];
    },
  });
  await fusio.call(patch);
  await fusio.call(patch, { body: {} });
  const client = createClient({ baseUrl: '', routes: { a, l, w, root } });
  await client.w();
  await client.root();
  await client.l({ body: { title: 'x', place: { city: 'x' }, tags: [{}] } });
  await client.a({
    query: { q: 'x' },
    body: { title: 'x', place: { city: 'x' }, tags: [{ m: 'x' }], either: { k: 'a' } },
  });
  const select = defineAction({
    name: 's',
    configuration: Type.Object({ table: Type.String(), limit: withDefault(Type.Integer(), 20) }),
    query: Type.Object({ n: withDefault(Type.Integer(), 2) }),
    handle: ({ query }, { table, limit }) => {
      const n: number = limit + query.n;
      return [table, n];
    },
  });
  select({ table: 'x' });
  select({ table: 'x', limit: 1 });
  // @ts-expect-error: the table has no default
  select();
  fusio.operation({
    ...free,
    name: 's',
    query: Type.Object({ n: withDefault(Type.Integer(), 2) }),
    action: select({ table: 'x' }),
  });
  const all = defineAction({
    name: 's',
    configuration: Type.Object({ limit: withDefault(Type.Integer(), 20) }),
    handle: (_r, { limit }) => limit.toFixed(),
  });
  all();
  all({});
  all({ limit: 2 });
  const Q = Type.Object({
    limit: withDefault(Type.Integer(), 20),
    page: Type.Optional(withDefault(Type.Integer(), 20)),
  });
  fusio.operation({
    ...free,
    name: 's',
    query: Q,
    action: ({ query }: ActionRequest<{ query: typeof Q }>) => query.limit + query.page,
  });
  // @ts-expect-error: the default does not fit
  withDefault(Type.Integer(), 'x');
  same<Same<InputOf<typeof Q>, { limit?: number; page?: number }>>();
  const inter = fusio.operation({
    ...free,
    name: 'i',
    body: Type.Intersect([Type.Object({ a: withDefault(Type.Integer(), 1) }), Type.Object({ b: Type.String() })]),
    action: ({ body }) => body.a + body.b,
  });
  await fusio.call(inter, { body: { b: 'x' } });
}
