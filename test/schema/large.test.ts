import Type from 'typebox';
import { createNormaliser } from '../../src/schema/normalise.js';
import { createSchemas, type ReaderOptions } from '../../src/schema/schemas.js';

const slots: readonly (readonly [slot: string, options: Omit<ReaderOptions, 'where'>])[] = [
  ['body', { source: 'json', unknown: 'drop', defaults: true }],
  ['strict body', { source: 'json', unknown: 'reject', defaults: true }],
  ['query', { source: 'text', unknown: 'drop', defaults: true }],
  ['response', { source: 'value', unknown: 'drop', defaults: false }],
];

const range = (length: number): readonly string[] => Array.from({ length }, (_, index) => `v${index}`);
const objectOf = (names: readonly string[], schema: object) =>
  ({ type: 'object', properties: Object.fromEntries(names.map((name) => [name, schema])) }) as const;

const kinds: Readonly<Record<string, (names: readonly string[]) => object>> = {
  enum: (names) => ({ enum: names }),
  'Type.Union': (names) => Type.Union(names.map((name) => Type.Literal(name))),
  oneOf: (names) => ({ oneOf: names.map((name) => ({ const: name })) }),
  'enum of objects and texts': (names) => ({ enum: [{ a: 1 }, ...names] }),
};

describe.each([1_700, 5_000])('a schema of %i parts', (length) => {
  const names = range(length);
  const last = `v${length - 1}`;

  it.each(Object.keys(kinds).flatMap((kind) => slots.map(([slot, options]) => ({ kind, slot, options }))))(
    'checks a member by $kind in a $slot',
    ({ kind, options }) => {
      const schema = { type: 'object', properties: { a: kinds[kind]?.(names) }, required: ['a'] };
      const reader = createSchemas().reader(schema, { ...options, where: 'test' });

      expect(reader.read({ a: last })).toEqual({ a: last });
      expect(reader.check({ a: last })).toBe(true);
      expect(reader.check(reader.read({ a: 'none' }))).toBe(false);
      expect(reader.issues({ a: 'none' }, '')).toEqual([expect.objectContaining({ pointer: '/a' })]);
    },
  );

  it.each(slots)('checks optional and required properties in a %s', (_slot, options) => {
    const optional = objectOf(names, { type: 'integer' });
    for (const schema of [optional, { ...optional, required: names, additionalProperties: false }]) {
      const reader = createSchemas().reader(schema, { ...options, where: 'test' });
      const given = Object.fromEntries(names.map((name) => [name, options.source === 'text' ? '2' : 2]));

      const value = reader.read(given);

      expect(value).toEqual(Object.fromEntries(names.map((name) => [name, 2])));
      expect(reader.check(value)).toBe(true);
      const wrong = reader.read({ ...given, [last]: 'x' });
      expect(reader.check(wrong)).toBe(false);
      expect(reader.issues(wrong, '')).toEqual([expect.objectContaining({ pointer: `/${last}`, code: 'TYPE' })]);
    }
  });

  it('checks items, names that depend on others, and a named schema', () => {
    const schemas = createSchemas();
    schemas.name('Code', { enum: names });
    const options = { source: 'json', unknown: 'keep', defaults: false, where: 'test' } as const;
    const tuple = schemas.reader({ prefixItems: names.map((name) => ({ const: name })) }, options);
    const dependent = schemas.reader({ dependentRequired: { a: names } }, options);
    const named = schemas.reader({ type: 'array', items: { $ref: 'Code' } }, options);

    expect([tuple.check(names), tuple.check(names.map(() => 'v0'))]).toEqual([true, false]);
    expect([dependent.check({}), dependent.check({ a: 1 })]).toEqual([true, false]);
    expect([named.check([last]), named.check(['none'])]).toEqual([true, false]);
  });
});

it('adds up the lists that are inside one another', () => {
  let schema: object = { type: 'string' };
  for (let level = 0; level < 8; level++) {
    schema = { anyOf: [...range(400).map((name) => ({ const: `${level}${name}` })), schema] };
  }
  const options = { source: 'json', unknown: 'drop', defaults: true, where: 'test' } as const;

  const reader = createSchemas().reader({ type: 'object', properties: { a: schema } }, options);

  expect([reader.check({ a: 'text' }), reader.check({ a: 1 })]).toEqual([true, false]);
});

it('converts text for a large union of numbers', () => {
  const schema = { type: 'object', properties: { a: Type.Union(range(1_700).map((_, index) => Type.Literal(index))) } };
  const reader = createSchemas().reader(schema, { source: 'text', unknown: 'drop', defaults: true, where: 'test' });

  const value = reader.read({ a: '1699' });

  expect([value, reader.check(value), reader.check(reader.read({ a: '1700' }))]).toEqual([{ a: 1699 }, true, false]);
});

it('reads the places that refer to one schema by the same step', () => {
  const properties = Object.fromEntries(range(300).map((name) => [name, { $ref: '#/$defs/node', description: name }]));
  let looks = 0;
  const node = {
    type: 'object',
    get properties() {
      looks++;
      return properties;
    },
  };
  const root = { $ref: '#/$defs/node' };

  const normalise = createNormaliser(
    { root, definitions: { node } },
    { source: 'json', drop: true, defaults: true },
    undefined,
  );

  expect(normalise({ v1: { v299: {}, x: 1 } })).toEqual({ v1: { v299: {} } });
  expect(looks).toBeLessThan(20);
});

it('looks at a value once to find it in an enum of objects', () => {
  const literals = range(1_000).map((name, index) => ({ name, place: [index, { index: `${index}` }] }));
  const options = { source: 'json', unknown: 'keep', defaults: false, where: 'test' } as const;
  const reader = createSchemas().reader({ enum: [...literals, 1, '2', null] }, options);
  let looks = 0;
  const counted = {
    place: [999, { index: '999' }],
    get name() {
      looks++;
      return 'v999';
    },
  };

  expect([reader.check(counted), looks]).toEqual([true, 1]);
  for (const value of [1, '2', null, ...literals]) expect(reader.check(value)).toBe(true);
  const others = [2, 2.0, '1', 'null', {}, [], [1], { 0: 1 }, { ...literals[0], more: 1 }, { name: 'v0' }, undefined];
  const nearly = [
    [0, { index: 0 }],
    [0, { index: '1' }],
    ['0', { index: '0' }],
    [{ index: '0' }, 0],
    { 0: 0, 1: { index: '0' } },
  ];
  for (const value of [...others, ...nearly.map((place) => ({ name: 'v0', place }))]) {
    expect(reader.check(value)).toBe(false);
    expect(reader.issues(value, '/body')).toEqual([
      { pointer: '/body', message: expect.stringMatching(/^must be one of .* \(1003 values\)$/), code: 'ENUM' },
    ]);
  }
});

it('names the literals of large enums in a union, and the branch that a large enum tells apart', () => {
  const options = { source: 'json', unknown: 'keep', defaults: false, where: 'test' } as const;
  const union = createSchemas().reader({ anyOf: [{ enum: range(60) }, { type: 'integer' }] }, options);
  const branch = (names: readonly string[], member: object) => ({
    type: 'object',
    properties: { kind: { enum: names }, member },
    required: ['kind'],
  });
  const names = range(200);
  const tagged = createSchemas().reader(
    { anyOf: [branch(names.slice(0, 100), { type: 'string' }), branch(names.slice(100), { type: 'integer' })] },
    options,
  );

  expect(union.issues(true, '')).toEqual([
    { pointer: '', message: expect.stringMatching(/^must be "v0", .* or an integer$/), code: 'ENUM' },
  ]);
  expect([tagged.check({ kind: 'v150', member: 1 }), tagged.check({ kind: 'v50', member: 1 })]).toEqual([true, false]);
  expect(tagged.issues({ kind: 'v150', member: 'x' }, '')).toEqual([
    { pointer: '/member', message: 'must be an integer', code: 'TYPE' },
  ]);
});
