import { createClient } from '../../src/client/index.js';
import { createFusio, Type } from '../../src/index.js';
import { generateSdk } from '../../src/sdk/index.js';
import { load } from '../sdk/load.js';

// What a caller gives is what the action gets: values of every kind, in every place that has only text.
const text = Type.String();
const scalars = {
  text,
  number: Type.Number(),
  integer: Type.Integer(),
  flag: Type.Boolean(),
  nothing: Type.Null(),
  maybeNumber: Type.Union([Type.Integer(), Type.Null()]),
  maybeFlag: Type.Union([Type.Null(), Type.Boolean()]),
  maybeEnum: Type.Union([Type.Literal('a'), Type.Literal(7), Type.Null()]),
  maybeType: { type: ['integer', 'null'] } as const,
  maybeLong: Type.Union([Type.String({ minLength: 1, pattern: '^[^\u0000]+$' }), Type.Null()]),
};
const lists = {
  texts: Type.Array(text),
  numbers: Type.Array(Type.Number()),
  flags: Type.Array(Type.Boolean()),
  maybeNumbers: Type.Array(Type.Union([Type.Integer(), Type.Null()])),
};
type Name = keyof typeof scalars | keyof typeof lists;

const pieces = ['a', ',', ', ', '"', '\\', ' ', '/', '%', '+', '&', '=', ';', '#', '?', 'null', 'true', '7', '~', "'"];
const textOf = (random: Random) => Array.from({ length: random(6) }, () => pieces[random(pieces.length)]).join('');
const numberOf = (random: Random) => [0, -1.5, 2.5e15, 1e-7, 0.1, random(1000)][random(6)];
const maybeNumberOf = (random: Random) => [null, 0, 12][random(3)];
const some = {
  text: textOf,
  number: numberOf,
  integer: (random: Random) => [0, -3, Number.MAX_SAFE_INTEGER, random(1000)][random(4)],
  flag: (random: Random) => random(2) === 1,
  nothing: () => null,
  maybeNumber: maybeNumberOf,
  maybeFlag: (random: Random) => [null, true, false][random(3)],
  maybeEnum: (random: Random) => [null, 'a', 7][random(3)],
  maybeType: (random: Random) => [null, 0, 12][random(3)],
  maybeLong: (random: Random) => textOf(random) || null,
  texts: (random: Random) => listOf(random, textOf),
  numbers: (random: Random) => listOf(random, numberOf),
  flags: (random: Random) => listOf(random, (random) => random(2) === 1),
  maybeNumbers: (random: Random) => listOf(random, maybeNumberOf),
} satisfies Record<Name, (random: Random) => unknown>;

type Random = (below: number) => number;

function listOf(random: Random, make: (random: Random) => unknown): unknown[] {
  return Array.from({ length: 1 + random(3) }, () => make(random));
}

/** The same numbers in every run (mulberry32). */
function randomOf(seed: number): Random {
  let state = seed;
  return function random(below) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const all = Type.Object({ ...scalars, ...lists });
const headerNames = Object.fromEntries(Object.entries(all.properties).map(([name, schema]) => [`x-${name}`, schema]));
const fusio = createFusio({ logger: false });
const base = { public: true, method: 'POST' } as const;
const echo = {
  query: fusio.operation({ ...base, name: 'query', path: '/query', query: all, action: ({ query }) => query }),
  headers: fusio.operation({
    ...base,
    name: 'headers',
    path: '/headers',
    headers: Type.Object(headerNames),
    action: ({ headers }) => headers,
  }),
  params: fusio.operation({
    ...base,
    name: 'params',
    path: '/params/:text/:number/:flag/:maybeNumber/:maybeEnum',
    params: Type.Object({
      text,
      number: scalars.number,
      flag: scalars.flag,
      maybeNumber: scalars.maybeNumber,
      maybeEnum: scalars.maybeEnum,
    }),
    action: ({ params }) => params,
  }),
  form: fusio.operation({
    ...base,
    name: 'form',
    path: '/form',
    consumes: 'application/x-www-form-urlencoded',
    body: all,
    action: ({ body }) => body,
  }),
  multipart: fusio.operation({
    ...base,
    name: 'multipart',
    path: '/multipart',
    consumes: 'multipart/form-data',
    body: all,
    action: ({ body }) => body,
  }),
  files: fusio.operation({
    ...base,
    name: 'files',
    path: '/files',
    consumes: 'multipart/form-data',
    body: all,
    files: { one: { required: true, mediaTypes: ['image/png'] }, maybe: {}, several: { maxCount: 3 } },
    action: async ({ body: { one, maybe, several, ...fields } }) => {
      const written = await Promise.all([one, ...several].map(async ({ name, type }) => `${name} ${type}`));
      return { fields, written, maybe: maybe === undefined ? null : await maybe.text() };
    },
  }),
  tags: fusio.operation({
    ...base,
    name: 'tags',
    path: '/tags',
    headers: Type.Object({ 'If-None-Match': Type.Array(text) }),
    action: ({ headers }) => headers,
  }),
};
const options = {
  baseUrl: 'http://localhost',
  fetch: (url: unknown, init: unknown) => fusio.fetch(new Request(url as string, init as RequestInit)),
};

const clients: readonly (readonly [string, () => any])[] = [
  ['the client', () => createClient({ ...options, routes: echo })],
  ['the SDK', () => load(generateSdk(fusio.openapi())).createClient(options)],
];

describe.each(clients)('%s', (_name, make) => {
  const client = make();

  function valuesOf(seed: number, names = Object.keys(all.properties)): Record<string, unknown> {
    const random = randomOf(seed);
    return Object.fromEntries(names.map((name) => [name, some[name as Name](random)]));
  }

  test.each(['query', 'form', 'multipart'] as const)(
    'sends every value of a %s as the server reads it',
    async (slot) => {
      for (let seed = 0; seed < 25; seed++) {
        const values = valuesOf(seed);

        expect(await bodyOf(client[slot]({ [slot === 'query' ? 'query' : 'body']: values }))).toEqual(values);
      }
    },
  );

  test('sends the files of a form, before its fields or after them', async () => {
    const one = new File(['ä'], 'a/ü.png', { type: 'image/png' });
    const text = new Blob(['b'], { type: 'text/plain' });
    const fields = valuesOf(1);

    expect(await bodyOf(client.files({ body: { one, several: [text, one], maybe: undefined, ...fields } }))).toEqual({
      fields,
      written: ['ü.png image/png', 'blob text/plain', 'ü.png image/png'],
      maybe: null,
    });
    expect(await bodyOf(client.files({ body: { ...fields, maybe: text, several: [], one } }))).toEqual({
      fields,
      written: ['ü.png image/png'],
      maybe: 'b',
    });
    expect(await bodyOf(client.files({ body: { ...fields, one: text } }))).toMatchObject({
      status: 415,
      errors: [{ pointer: '/body/one' }],
    });
  });

  test('sends every value of a header as the server reads it', async () => {
    for (let seed = 0; seed < 25; seed++) {
      const values = valuesOf(seed);
      // RFC 9110, 5.5: white space around a field is no part of it.
      for (const name of ['text', 'maybeLong'])
        values[name] = String(values[name] ?? '').trim() || (name === 'text' ? '' : null);
      const headers = Object.fromEntries(Object.entries(values).map(([name, value]) => [`x-${name}`, value]));

      expect(await bodyOf(client.headers({ headers }))).toEqual(headers);
    }
  });

  test('sends every value of a path as the server reads it', async () => {
    for (let seed = 0; seed < 25; seed++) {
      const params = valuesOf(seed, ['number', 'flag', 'maybeNumber', 'maybeEnum']);
      params.text = `-${some.text(randomOf(seed))}`;

      expect(await bodyOf(client.params({ params }))).toEqual(params);
    }
  });

  test('sends an empty list of a header, and entity tags with their quotes', async () => {
    expect(await client.tags({ headers: { 'If-None-Match': [] } })).toEqual({ 'If-None-Match': [] });
    expect(await client.tags({ headers: { 'If-None-Match': ['"a,b"', 'W/"c"'] } })).toEqual({
      'If-None-Match': ['"a,b"', 'W/"c"'],
    });
  });
});

/** The answer, of an error too: a comparison then shows what was refused. */
function bodyOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.catch((error) => error.body ?? error);
}
