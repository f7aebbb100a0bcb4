import * as legacy from '@sinclair/typebox';
import Type from 'typebox';
import { createSchemas, type ReaderOptions } from '../../src/schema/schemas.js';

const Legacy = legacy.Type;

type Options = Partial<Omit<ReaderOptions, 'where'>>;

function read(schema: object, value: unknown, options: Options = {}): { value: unknown; fits: boolean } {
  const reader = createSchemas().reader(schema, {
    where: 'test',
    source: 'text',
    unknown: 'drop',
    defaults: true,
    ...options,
  });
  const result = reader.read(value);
  return { value: result, fits: reader.check(result) };
}

/** One schema in the three ways of writing it. */
interface Three {
  readonly typebox: object;
  readonly legacy: object;
  readonly json: object;
}

const kinds = ['typebox', 'legacy', 'json'] as const;

const integer: Three = { typebox: Type.Integer(), legacy: Legacy.Integer(), json: { type: 'integer' } };
const number: Three = { typebox: Type.Number(), legacy: Legacy.Number(), json: { type: 'number' } };
const boolean: Three = { typebox: Type.Boolean(), legacy: Legacy.Boolean(), json: { type: 'boolean' } };
const text: Three = { typebox: Type.String(), legacy: Legacy.String(), json: { type: 'string' } };
const integerOrNull: Three = {
  typebox: Type.Union([Type.Integer(), Type.Null()]),
  legacy: Legacy.Union([Legacy.Integer(), Legacy.Null()]),
  json: { type: ['integer', 'null'] },
};
const textOrNull: Three = {
  typebox: Type.Union([Type.String(), Type.Null()]),
  legacy: Legacy.Union([Legacy.String(), Legacy.Null()]),
  json: { type: ['string', 'null'] },
};
const textOrInteger: Three = {
  typebox: Type.Union([Type.Integer(), Type.String()]),
  legacy: Legacy.Union([Legacy.Integer(), Legacy.String()]),
  json: { type: ['integer', 'string'] },
};
const levels: Three = {
  typebox: Type.Enum([1, 2, 3]),
  legacy: Legacy.Union([Legacy.Literal(1), Legacy.Literal(2), Legacy.Literal(3)]),
  json: { enum: [1, 2, 3] },
};
const yes: Three = { typebox: Type.Literal(true), legacy: Legacy.Literal(true), json: { const: true } };
const integers: Three = {
  typebox: Type.Array(Type.Integer()),
  legacy: Legacy.Array(Legacy.Integer()),
  json: { type: 'array', items: { type: 'integer' } },
};
const pair: Three = {
  typebox: Type.Tuple([Type.Integer(), Type.Boolean()]),
  legacy: Legacy.Tuple([Legacy.Integer(), Legacy.Boolean()]),
  json: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'boolean' }], items: false, minItems: 2 },
};
const page: Three = {
  typebox: Type.Object({ page: Type.Integer({ default: 1 }), tag: Type.Optional(Type.Array(Type.String())) }),
  legacy: Legacy.Object({ page: Legacy.Integer({ default: 1 }), tag: Legacy.Optional(Legacy.Array(Legacy.String())) }),
  json: {
    type: 'object',
    properties: { page: { type: 'integer', default: 1 }, tag: { type: 'array', items: { type: 'string' } } },
    required: ['page'],
  },
};
const record: Three = {
  typebox: Type.Record(Type.String(), Type.Integer()),
  legacy: Legacy.Record(Legacy.String(), Legacy.Integer()),
  json: { type: 'object', additionalProperties: { type: 'integer' } },
};
const published: Three = {
  typebox: Type.Record(Type.String({ pattern: '^pub' }), Type.Integer()),
  legacy: Legacy.Record(Legacy.String({ pattern: '^pub' }), Legacy.Integer()),
  json: { type: 'object', patternProperties: { '^pub': { type: 'integer' } } },
};
const publishedInside: Three = {
  typebox: Type.Object({ all: Type.Array(Type.Union([published.typebox, Type.Null()])) }),
  legacy: Legacy.Object({ all: Legacy.Array(Legacy.Union([published.legacy as legacy.TSchema, Legacy.Null()])) }),
  json: {
    type: 'object',
    properties: { all: { type: 'array', items: { anyOf: [published.json, { type: 'null' }] } } },
    required: ['all'],
  },
};
const numbered: Three = {
  typebox: Type.Record(Type.Integer(), Type.Integer()),
  legacy: Legacy.Record(Legacy.Integer(), Legacy.Integer()),
  json: { type: 'object', patternProperties: { '^[0-9]+$': { type: 'integer' } } },
};
const both: Three = {
  typebox: Type.Intersect([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.Boolean() })]),
  legacy: Legacy.Intersect([Legacy.Object({ a: Legacy.Integer() }), Legacy.Object({ b: Legacy.Boolean() })]),
  json: {
    allOf: [
      { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
      { type: 'object', properties: { b: { type: 'boolean' } }, required: ['b'] },
    ],
  },
};
const tagged: Three = {
  typebox: Type.Union([
    Type.Object({ kind: Type.Literal('a'), n: Type.Integer() }),
    Type.Object({ kind: Type.Literal('b'), n: Type.String() }),
  ]),
  legacy: Legacy.Union([
    Legacy.Object({ kind: Legacy.Literal('a'), n: Legacy.Integer() }),
    Legacy.Object({ kind: Legacy.Literal('b'), n: Legacy.String() }),
  ]),
  json: {
    oneOf: [
      { type: 'object', properties: { kind: { const: 'a' }, n: { type: 'integer' } }, required: ['kind', 'n'] },
      { type: 'object', properties: { kind: { const: 'b' }, n: { type: 'string' } }, required: ['kind', 'n'] },
    ],
  },
};
const untagged: Three = {
  typebox: Type.Union([Type.Object({ a: Type.Integer() }), Type.Object({ a: Type.Integer(), b: Type.Integer() })]),
  legacy: Legacy.Union([
    Legacy.Object({ a: Legacy.Integer() }),
    Legacy.Object({ a: Legacy.Integer(), b: Legacy.Integer() }),
  ]),
  json: {
    anyOf: [
      { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
      { type: 'object', properties: { a: { type: 'integer' }, b: { type: 'integer' } }, required: ['a', 'b'] },
    ],
  },
};
const tree: Three = {
  typebox: Type.Cyclic(
    { Tree: Type.Object({ value: Type.Integer(), children: Type.Optional(Type.Array(Type.Ref('Tree'))) }) },
    'Tree',
  ),
  legacy: Legacy.Recursive((This) =>
    Legacy.Object({ value: Legacy.Integer(), children: Legacy.Optional(Legacy.Array(This)) }),
  ),
  json: {
    type: 'object',
    properties: { value: { type: 'integer' }, children: { type: 'array', items: { $ref: '#' } } },
    required: ['value'],
  },
};
const modular: Three = {
  typebox: Type.Module({
    A: Type.Object({ b: Type.Optional(Type.Ref('B')) }),
    B: Type.Object({ n: Type.Integer(), a: Type.Optional(Type.Ref('A')) }),
  }).A,
  legacy: Legacy.Module({
    A: Legacy.Object({ b: Legacy.Optional(Legacy.Ref('B')) }),
    B: Legacy.Object({ n: Legacy.Integer(), a: Legacy.Optional(Legacy.Ref('A')) }),
  }).Import('A'),
  json: {
    $ref: '#/$defs/A',
    $defs: {
      A: { type: 'object', properties: { b: { $ref: '#/$defs/B' } } },
      B: { type: 'object', properties: { n: { type: 'integer' }, a: { $ref: '#/$defs/A' } }, required: ['n'] },
    },
  },
};
const wrapped: Three = {
  typebox: Type.Object({ at: Type.Union([Type.Object({ day: Type.String() }), Type.Null()]) }),
  legacy: Legacy.Object({ at: Legacy.Union([Legacy.Object({ day: Legacy.String() }), Legacy.Null()]) }),
  json: {
    type: 'object',
    properties: {
      at: { anyOf: [{ type: 'object', properties: { day: { type: 'string' } }, required: ['day'] }, { type: 'null' }] },
    },
    required: ['at'],
  },
};

const text1: Options = { source: 'text' };
const json: Options = { source: 'json' };
const value: Options = { source: 'value' };

class Point {
  readonly x = 1;
  get hidden(): number {
    return 2;
  }
}

const table: readonly [
  title: string,
  schema: Three,
  given: unknown,
  want: unknown,
  fits: boolean,
  options?: Options,
][] = [
  ['an integer', integer, '12', 12, true],
  ['a negative integer', integer, '-12', -12, true],
  ['leading zeros', integer, '007', 7, true],
  ['"2.7" as no integer', integer, '2.7', '2.7', false],
  ['"5.0" as the integer 5', integer, '5.0', 5, true],
  ['an unsafe integer as no integer', integer, '9007199254740993', '9007199254740993', false],
  ['an unsafe integer as no number', number, '9007199254740993', '9007199254740993', false],
  ['"" as no number', number, '', '', false],
  ['" 1" as no number', number, ' 1', ' 1', false],
  ['"0x10" as no number', number, '0x10', '0x10', false],
  ['"Infinity" as no number', number, 'Infinity', 'Infinity', false],
  ['"1e999" as no number', number, '1e999', '1e999', false],
  ['"+1" as no number', number, '+1', '+1', false],
  ['"1e3" as a number', number, '1e3', 1000, true],
  ['"-0" as 0', number, '-0', 0, true],
  ['"true"', boolean, 'true', true, true],
  ['"0"', boolean, '0', false, true],
  ['"yes" as no boolean', boolean, 'yes', 'yes', false],
  ['digits as text where text is declared', text, '12', '12', true],
  ['digits as text where both are declared', textOrInteger, '12', '12', true],
  ['"null" where no text is declared', integerOrNull, 'null', null, true],
  ['"" as null where no text is declared', integerOrNull, '', null, true],
  ['a number that may be null', integerOrNull, '3', 3, true],
  ['"null" as text where text is declared', textOrNull, 'null', 'null', true],
  ['a number of a list of literals', levels, '2', 2, true],
  ['a number outside a list of literals', levels, '4', '4', false],
  ['a literal true', yes, 'true', true, true],
  ['one value for a list', integers, '1', [1], true],
  ['a list', integers, ['1', '2'], [1, 2], true],
  ['a list with something wrong in it', integers, ['1', 'x'], [1, 'x'], false],
  ['a tuple', pair, ['1', 'true'], [1, true], true],
  ['a tuple that is too long', pair, ['1', 'true', '3'], [1, true, '3'], false],
  ['an object, with defaults', page, { other: '1' }, { page: 1 }, true],
  ['a list of one in an object', page, { page: '2', tag: 'a' }, { page: 2, tag: ['a'] }, true],
  ['no defaults where they are off', page, {}, {}, false, { defaults: false }],
  ['an unknown property, kept', page, { page: '2', other: '1' }, { page: 2, other: '1' }, true, { unknown: 'keep' }],
  [
    'an unknown property, refused',
    page,
    { page: '2', other: '1' },
    { page: 2, other: '1' },
    false,
    { unknown: 'reject' },
  ],
  ['a record', record, { a: '1', b: '2' }, { a: 1, b: 2 }, true],
  ['a record with a name of two lines', record, { 'a\nb': '1' }, { 'a\nb': 1 }, true],
  ['a name of two lines with something wrong in it', record, { 'a\nb': 'x' }, { 'a\nb': 'x' }, false],
  ['a record of a pattern', published, { pub1: '1', secret: 'x' }, { pub1: 1 }, true],
  ['a record of numbers', numbered, { 1: '1', secret: 'x' }, { 1: 1 }, true],
  ['no name that a pattern declares', published, { secret: 'x' }, {}, true],
  [
    'a record of a pattern, its unknown names kept',
    published,
    { pub1: '1', secret: 'x' },
    { pub1: 1, secret: 'x' },
    true,
    { unknown: 'keep' },
  ],
  [
    'a record of a pattern, its unknown names refused',
    published,
    { pub1: '1', secret: 'x' },
    { pub1: 1, secret: 'x' },
    false,
    { unknown: 'reject' },
  ],
  ['a JSON record of a pattern', published, { pub1: 1, secret: 'x' }, { pub1: 1 }, true, json],
  [
    'JSON records of a pattern inside',
    publishedInside,
    { all: [null, { pub1: 1, secret: 'x' }] },
    { all: [null, { pub1: 1 }] },
    true,
    json,
  ],
  [
    'JSON records of a pattern inside, unknown names refused',
    publishedInside,
    { all: [{ pub1: 1 }, { secret: 'x' }] },
    { all: [{ pub1: 1 }, { secret: 'x' }] },
    false,
    { source: 'json', unknown: 'reject' },
  ],
  ['a record of a pattern in a value', published, { pub1: 1, secret: 'x' }, { pub1: 1 }, true, value],
  ['an instance as a record of a pattern', published, new Point(), {}, true, value],
  [
    'records of a pattern inside a value',
    publishedInside,
    { all: [null, { pub1: 1, secret: 'x' }] },
    { all: [null, { pub1: 1 }] },
    true,
    value,
  ],
  ['an intersection', both, { a: '1', b: 'false', c: '3' }, { a: 1, b: false }, true],
  ['a tagged union', tagged, { kind: 'a', n: '1', z: '' }, { kind: 'a', n: 1 }, true],
  ['the other branch of a tagged union', tagged, { kind: 'b', n: '1', z: '' }, { kind: 'b', n: '1' }, true],
  ['a tagged union with an unknown tag', tagged, { kind: 'c', n: '1' }, { kind: 'c', n: '1' }, false],
  ['a union without a tag', untagged, { a: '1', b: '2', c: '3' }, { a: 1, b: 2 }, true],
  ['a tree', tree, { value: '1', children: [{ value: '2', x: '' }] }, { value: 1, children: [{ value: 2 }] }, true],
  ['a module', modular, { b: { n: '1', a: { b: { n: '2', x: '' } } } }, { b: { n: 1, a: { b: { n: 2 } } } }, true],
  ['JSON text as text', integer, '12', '12', false, json],
  ['a JSON object', page, { page: 2, other: 1 }, { page: 2 }, true, json],
  ['a JSON number out of a string', page, { page: '2' }, { page: '2' }, false, json],
  ['a JSON union without a tag', untagged, { a: 1, b: 2, c: 3 }, { a: 1, b: 2 }, true, json],
  [
    'a JSON tree',
    tree,
    { value: 1, x: 1, children: [{ value: 2, x: 1 }] },
    { value: 1, children: [{ value: 2 }] },
    true,
    json,
  ],
  ['a JSON object that may be null', wrapped, { at: { day: 'x', y: 1 } }, { at: { day: 'x' } }, true, json],
  [
    'a date where text is declared',
    wrapped,
    { at: { day: new Date(0) } },
    { at: { day: '1970-01-01T00:00:00.000Z' } },
    true,
    value,
  ],
  ['undefined as absent', page, { page: 1, tag: undefined }, { page: 1 }, true, value],
  ['an object without a prototype', page, Object.assign(Object.create(null), { page: 1 }), { page: 1 }, true, value],
  ['NaN as no number', number, Number.NaN, Number.NaN, false, value],
  ['Infinity as no number', number, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, false, value],
  ['a bigint as no integer', integer, 1n, 1n, false, value],
  ['a function as absent', page, { page: 1, tag: () => 1 }, { page: 1 }, true, value],
  ['a function in a list as null', integers, [1, () => 1], [1, null], false, value],
  ['a Map as an empty object', record, new Map([['a', 1]]), {}, true, value],
  ['an instance by its own members', record, new Point(), { x: 1 }, true, value],
  ['a wrapped number', integer, Object(5), 5, true, value],
  ['toJSON', integer, { toJSON: () => 5 }, 5, true, value],
];

describe.each(kinds)('the normaliser, given a %s schema', (kind) => {
  it.each(table)('reads %s', (_title, schema, given, want, fits, options = text1) => {
    const result = read(schema[kind], given, options);

    expect(result).toEqual({ value: want, fits });
  });
});

describe('the normaliser', () => {
  it('gives back the very same value where nothing changes and nothing is dropped', () => {
    for (const source of ['value', 'json', 'text'] as const) {
      const given = { value: 1, children: [{ value: 2, children: [] }] };

      expect(read(tree.typebox, given, { source, unknown: 'keep' }).value).toBe(given);
    }
  });

  it('changes nothing in the value that it was given', () => {
    const given = { value: 1, other: 2, children: [{ value: 2, other: new Date() }] };
    const before = structuredClone(given);

    read(tree.typebox, given, { source: 'value' });

    expect(given).toEqual(before);
  });

  it('copies only along the way to a change', () => {
    const same = { value: 2 };
    const given = { value: 1, children: [same, { value: 3, at: new Date(0) }] };

    const { value } = read(tree.typebox, given, { source: 'value', unknown: 'keep' });

    expect((value as { children: unknown[] }).children).toEqual([same, { value: 3, at: '1970-01-01T00:00:00.000Z' }]);
    expect((value as { children: unknown[] }).children[0]).toBe(same);
  });

  it('copies a default for each value', () => {
    const schema = Type.Object({ list: Type.Array(Type.String(), { default: [] }) });
    const reader = createSchemas().reader(schema, { where: '', source: 'json', unknown: 'drop', defaults: true });

    const first = reader.read({}) as { list: string[] };
    first.list.push('x');

    expect(reader.read({})).toEqual({ list: [] });
  });

  it('fills defaults inside of a default', () => {
    const schema = Type.Object({ page: Type.Object({ size: Type.Integer({ default: 10 }) }, { default: {} }) });

    expect(read(schema, {}, { source: 'json' })).toEqual({ value: { page: { size: 10 } }, fits: true });
  });

  it('keeps undeclared properties where the schema speaks of them', () => {
    const properties = { a: { type: 'integer' } };
    for (const rule of [
      { additionalProperties: true },
      { additionalProperties: {} },
      { unevaluatedProperties: true },
    ]) {
      expect(read({ type: 'object', properties, ...rule }, { a: 1, b: 2 }, { source: 'json' })).toEqual({
        value: { a: 1, b: 2 },
        fits: true,
      });
    }
  });

  it('leaves undeclared properties for the check where the schema forbids them', () => {
    for (const rule of [{ additionalProperties: false }, { unevaluatedProperties: false }]) {
      const result = read({ properties: { a: {} }, ...rule }, { a: 1, b: 2 }, { source: 'json' });

      expect(result).toEqual({ value: { a: 1, b: 2 }, fits: false });
    }
  });

  it('keeps properties that a pattern, a requirement or a condition names', () => {
    const schema = {
      properties: { a: {} },
      patternProperties: { '^x': { type: 'integer' } },
      required: ['r'],
      dependentRequired: { d: ['e'] },
      if: { properties: { i: { const: 1 } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword is called so
      then: {},
    };

    const { value } = read(schema, { a: 1, x1: 1, r: 1, d: 1, e: 1, i: 2, other: 1 }, { source: 'json' });

    expect(value).toEqual({ a: 1, x1: 1, r: 1, d: 1, e: 1, i: 2 });
  });

  it.each(['json', 'value', 'text'] as const)(
    'drops from %s what no pattern of any schema that applies names',
    (source) => {
      const pattern = (name: string) => ({ patternProperties: { [name]: {} } });
      const given = { a1: '1', b1: '1', r: '1', secret: 'x' };

      for (const schema of [
        { type: 'object', ...pattern('^a'), allOf: [pattern('^b')], required: ['r'] },
        { $ref: '#/$defs/both', required: ['r'], $defs: { both: { ...pattern('^a'), ...{ anyOf: [pattern('^b')] } } } },
        { required: ['r'], anyOf: [pattern('^a'), pattern('^b')], type: 'object' },
      ]) {
        if (source !== 'text') expect(read(schema, given, { source }).value).toEqual({ a1: '1', b1: '1', r: '1' });
        expect(read(schema, given, { source, unknown: 'reject' }).fits).toBe(false);
      }
    },
  );

  it('drops what no pattern names at any depth of a recursive schema', () => {
    const schema = { type: 'object', patternProperties: { '^pub': { $ref: '#' } } };
    const given = { pub: { pub: { secret: {} }, secret: {} }, secret: {} };

    for (const source of ['json', 'value', 'text'] as const) {
      expect(read(schema, given, { source })).toEqual({ value: { pub: { pub: {} } }, fits: true });
      expect(read(schema, { pub: { pub: { secret: {} } } }, { source, unknown: 'reject' }).fits).toBe(false);
    }
  });

  it('keeps everything where a schema declares no property, though it requires one', () => {
    for (const schema of [
      { type: 'object', required: ['a'] },
      { type: 'object', properties: {}, patternProperties: {}, required: ['a'] },
    ]) {
      expect(read(schema, { a: 1, b: 2 }, { source: 'json' })).toEqual({ value: { a: 1, b: 2 }, fits: true });
      expect(read(schema, { a: 1, b: 2 }, { source: 'json', unknown: 'reject' }).fits).toBe(true);
    }
  });

  it('leaves names that match no pattern to additionalProperties', () => {
    const schema = { type: 'object', patternProperties: { '^x': { type: 'integer' } } };

    expect(read({ ...schema, additionalProperties: true }, { x1: '1', b: '2' })).toEqual({
      value: { x1: 1, b: '2' },
      fits: true,
    });
    expect(read({ ...schema, additionalProperties: false }, { x1: '1', b: '2' }).fits).toBe(false);
  });

  it('keeps what a pattern of a condition names, whether the condition holds or not', () => {
    const schema = {
      type: 'object',
      patternProperties: { '^x': {} },
      if: { patternProperties: { '^y': { const: 1 } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword is called so
      then: { required: ['x1'] },
    };

    for (const source of ['json', 'value'] as const) {
      expect(read(schema, { y1: 2, secret: 1 }, { source })).toEqual({ value: { y1: 2 }, fits: true });
      expect(read(schema, { x1: 1, y1: 1, secret: 1 }, { source })).toEqual({ value: { x1: 1, y1: 1 }, fits: true });
    }
    expect(read({ ...schema, properties: { x1: {} } }, { y1: 2, secret: 1 })).toEqual({
      value: { y1: 2 },
      fits: true,
    });
  });

  it('goes by the branch of a condition that holds', () => {
    const schema = {
      type: 'object',
      properties: { n: { type: 'integer' } },
      if: { properties: { n: { minimum: 10 } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword is called so
      then: { properties: { big: { type: 'boolean' } } },
      else: { properties: { small: { type: 'boolean' } } },
    };

    expect(read(schema, { n: '12', big: 'true', small: 'true' }).value).toEqual({ n: 12, big: true });
    expect(read(schema, { n: '2', big: 'true', small: 'true' }).value).toEqual({ n: 2, small: true });
  });

  it('goes by dependent schemas where their property is there', () => {
    const schema = { properties: { a: {} }, dependentSchemas: { a: { properties: { b: { type: 'integer' } } } } };

    expect(read(schema, { a: 'x', b: '1', c: '2' }).value).toEqual({ a: 'x', b: 1 });
    expect(read(schema, { b: '1' }).value).toEqual({});
  });

  it('tries the branches of a union among members that only a pattern declares', () => {
    const member = {
      anyOf: [
        { type: 'array', items: { type: 'integer' } },
        { type: 'object', properties: { n: { type: 'integer' } } },
      ],
    };
    const union = { anyOf: [{ type: 'integer', minimum: 10 }, { type: 'boolean' }] };
    const schema = { type: 'object', patternProperties: { '^a': union, '^m': member } };

    expect(read(schema, { a: '1', ab: '11', m: { n: '3' } }).value).toEqual({ a: true, ab: 11, m: { n: 3 } });
  });

  it('reads a schema with more places than one function each', () => {
    const group = (index: number) => ({ type: 'object', properties: { [`n${index}`]: { type: 'integer' } } });
    const names = Array.from({ length: 199 }, (_, index) => `g${index}`);
    const half = (from: number) => ({
      type: 'object',
      properties: Object.fromEntries(names.map((name, index) => [name, group(from + index)])),
    });
    const schema = { type: 'object', properties: { a: half(0), b: half(1000) } };
    const value = (from: number) =>
      Object.fromEntries(names.map((name, index) => [name, { [`n${from + index}`]: '5', other: 1 }]));
    const expected = (from: number) =>
      Object.fromEntries(names.map((name, index) => [name, { [`n${from + index}`]: 5 }]));

    expect(read(schema, { a: value(0), b: value(1000) }).value).toEqual({ a: expected(0), b: expected(1000) });
  });

  it('takes __proto__ for a property like any other', () => {
    const given = JSON.parse('{"__proto__":{"admin":true},"a":"1","b":"2"}');
    const schema = { properties: { a: { type: 'integer' } }, additionalProperties: true };

    const result = read(schema, given).value as object;

    expect(JSON.stringify(result)).toBe('{"__proto__":{"admin":true},"a":1,"b":"2"}');
    expect((result as { admin?: unknown }).admin).toBeUndefined();
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
    expect(JSON.stringify(read({ properties: { a: {} } }, given).value)).toBe('{"a":"1"}');
  });

  it('fills the default of a property that every object seems to have', () => {
    const schema = { type: 'object', properties: { constructor: { type: 'integer', default: 1 } } };

    expect(JSON.stringify(read(schema, {}, { source: 'json' }).value)).toBe('{"constructor":1}');
  });

  it.each([
    ['text', 'text'],
    ['JSON', 'json'],
    ['a value', 'value'],
  ] as const)('survives %s that is nested very deeply', (_title, source) => {
    let given: unknown = { value: 1 };
    for (let depth = 0; depth < 100_000; depth++) given = { value: 1, children: [given] };

    expect(read(tree.typebox, given, { source }).fits).toBe(false);
    expect(read(tree.typebox, given, { source, unknown: 'reject', defaults: false }).fits).toBe(false);
  });

  it('refuses a value that holds itself, and says so', () => {
    const given: Record<string, unknown> = { value: 1 };
    given.children = [given, given];
    const reader = createSchemas().reader(tree.typebox, {
      where: '',
      source: 'value',
      unknown: 'drop',
      defaults: true,
    });

    const value = reader.read(given);

    expect(reader.check(value)).toBe(false);
    expect(reader.issues(value, '/response')).toEqual([
      { pointer: '/response', message: 'is nested too deeply, or holds itself', code: 'NOT_JSON' },
    ]);
  });

  it('never looks into what it drops', () => {
    const row: Record<string, unknown> = { page: 1 };
    row.self = row;

    expect(read(page.typebox, row, { source: 'value' })).toEqual({ value: { page: 1 }, fits: true });
  });

  it('refuses a bigint where the schema takes anything', () => {
    expect(read(Type.Any(), { n: 1n }, { source: 'value' }).fits).toBe(false);
  });

  it('takes anything in its JSON form where the schema takes anything', () => {
    const given = { at: new Date(0), list: [undefined, Symbol('x')], set: new Set([1]) };

    expect(read(Type.Any(), given, { source: 'value' })).toEqual({
      value: { at: '1970-01-01T00:00:00.000Z', list: [null, null], set: {} },
      fits: true,
    });
  });

  it('is not made to try the branches of nested unions exponentially often', () => {
    const schema = {
      $defs: {
        node: {
          anyOf: [1, 2, 3, 4].map((n) => ({
            type: 'object',
            properties: { next: { $ref: '#/$defs/node' }, [`p${n}`]: { type: 'integer', default: n } },
            required: ['next', `p${n}`],
          })),
        },
      },
      $ref: '#/$defs/node',
    };
    let given: unknown = {};
    for (let depth = 0; depth < 12; depth++) given = { next: given };
    const begun = performance.now();

    read(schema, given, { source: 'json' });

    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe('a wide union of objects with defaults', () => {
  const branches = Array.from({ length: 50 }, (_, index) => ({
    type: 'object',
    required: [`own${index}`],
    properties: {
      [`own${index}`]: { type: 'integer' },
      [`more${index}`]: { type: 'integer', default: index },
      part: { type: 'object', properties: { size: { type: 'integer' } } },
    },
  }));

  it('does not read an object by a branch whose required property it lacks', () => {
    let looks = 0;
    const value = {
      get part() {
        looks++;
        return { size: 1 };
      },
    };

    expect(read({ anyOf: branches }, value, { source: 'json' }).fits).toBe(false);
    expect(looks).toBeLessThan(5);
    expect(read({ anyOf: branches }, { own49: 1 }, { source: 'json' })).toEqual({
      value: { own49: 1, more49: 49 },
      fits: true,
    });
  });

  it.each<[string, object]>([
    ['of its own', { required: ['a'], properties: { a: { default: 1 } } }],
    [
      'of a reference',
      { $defs: { a: { default: 1 } }, required: ['a'], properties: { a: { $ref: '#/anyOf/0/$defs/a' } } },
    ],
    ['of a part', { allOf: [{ required: ['a'] }, { properties: { a: { default: 1 } } }] }],
    ['of a choice', { required: ['a'], oneOf: [{ properties: { a: { default: 1 } } }] }],
    // biome-ignore lint/suspicious/noThenProperty: the keyword is called so
    ['of a condition', { required: ['a'], if: {}, then: { properties: { a: { default: 1 } } } }],
    ['of a dependent', { required: ['a'], dependentSchemas: { b: { properties: { a: { default: 1 } } } } }],
  ])('fills in a required property by a default %s', (_name, branch) => {
    const other = { type: 'object', required: ['c'], properties: { c: { type: 'integer' } } };

    expect(
      read({ anyOf: [{ type: 'object', ...branch }, other] }, { b: 1 }, { source: 'json', unknown: 'keep' }),
    ).toEqual({
      value: { b: 1, a: 1 },
      fits: true,
    });
  });

  it('fills in a property that one branch requires by a default beside the union', () => {
    const schema = {
      properties: { a: { default: 1 } },
      anyOf: [
        { type: 'object', required: ['a'], properties: { b: { type: 'integer', default: 2 } } },
        { type: 'object', required: ['c'], properties: { c: { type: 'integer' } } },
      ],
    };

    expect(read(schema, {}, { source: 'json' })).toEqual({ value: { a: 1, b: 2 }, fits: true });
  });
});
