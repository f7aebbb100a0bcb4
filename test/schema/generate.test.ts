import { inspect } from 'node:util';
import type { Schemas } from '../../src/schema/schemas.js';
import type { Step } from '../../src/schema/step.js';

/** A copy of the room whose `generate` is another one; `used` counts the steps for which code was made. */
function load(makesCode: boolean): { schemas: Schemas; used: () => number } {
  let schemas: Schemas | undefined;
  let made = 0;
  jest.isolateModules(() => {
    jest.doMock('../../src/schema/generate.js', () => {
      const real = jest.requireActual('../../src/schema/generate.js');
      const generate = (makeStep: () => Step): Step => {
        const step = makeStep();
        // `generate` returns the step itself where it makes no code.
        const code: Step = makesCode ? real.generate(() => step) : step;
        if (code !== step) made++;
        return code;
      };
      return { ...real, generate };
    });
    schemas = require('../../src/schema/schemas.js').createSchemas();
    jest.dontMock('../../src/schema/generate.js');
  });
  return { schemas: schemas!, used: () => made };
}

const tree = {
  $id: 'Tree',
  type: 'object',
  properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: 'Tree' } } },
};
const schema = {
  type: 'object',
  properties: {
    text: { type: 'string', default: 'none' },
    count: { type: 'integer', default: 0 },
    on: { type: 'boolean' },
    list: { type: 'array', items: { type: 'integer' }, default: [1] },
    inner: { type: 'object', properties: { a: { type: 'number' }, 'b"\n\u2028': {} }, default: { a: 2 } },
    rows: {
      type: 'array',
      items: { type: 'object', properties: { id: { type: 'integer' }, note: { type: ['string', 'null'] } } },
    },
    grid: { type: 'array', items: { type: 'array', items: { type: 'object', properties: { x: { type: 'number' } } } } },
    any: {},
    infinite: { default: Number.POSITIVE_INFINITY },
    zero: { type: 'number', default: -0 },
    large: { default: 10n },
    union: { anyOf: [{ type: 'object', properties: { u: { type: 'integer' } } }, { type: 'string' }] },
    tree,
  },
};

class Point {
  x = '1';
  get y() {
    return 2;
  }
}

const bare = Object.assign(Object.create(null), { a: '7', other: 1 });
const inherits = Object.assign(Object.create({ a: 'inherited' }), { own: 1 });
// biome-ignore lint/suspicious/noSparseArray: a hole is what is tried
const holes = [1, , undefined, 3];

const values: unknown[] = [
  {},
  { text: 'x', count: '5', on: 'true', list: ['1', 'x', 2], other: { deep: [1] } },
  { inner: { a: '1', 'b"\n\u2028': [undefined], c: 1 }, rows: [{ id: '1', note: null, more: 1 }, null, 5, [], 'x'] },
  { grid: [[{ x: '1', y: 2 }], [], 'x', [[{ x: 1 }]]], any: { kept: { as: 'it is' } } },
  {
    union: { u: '3', other: 1 },
    tree: { name: 'a', x: 1, children: [{ name: 'b', children: [{ name: 'c', y: 2 }] }] },
  },
  { text: undefined, count: null, on: undefined, list: null, inner: null, rows: undefined },
  { inner: bare, rows: [bare, new Point()], any: bare },
  { inner: inherits, rows: [inherits] },
  { inner: new Point(), any: new Point(), list: holes, rows: holes },
  { text: new String('boxed'), count: new Number(4), on: new Boolean(false), any: new Date(0) },
  { inner: { toJSON: () => ({ a: '9', z: 1 }) }, list: { toJSON: () => ['4'] }, any: { toJSON: () => 'text' } },
  { inner: new Map([['a', 1]]), rows: new Set([1]), any: () => 1, text: Symbol('x') },
  JSON.parse(
    '{"__proto__":{"a":1},"inner":{"__proto__":{"a":5},"a":1},"rows":[{"__proto__":1,"id":"2"}],"constructor":1}',
  ),
  'text',
  null,
  undefined,
  5,
  [],
  [{ text: 'x' }],
];

describe('generated code', () => {
  const slow = load(false);
  const fast = load(true);

  function readAll(schemas: Schemas, options: { source: 'text' | 'json' | 'value'; defaults: boolean }): string[] {
    const reader = schemas.reader(schema, { where: 'test', unknown: 'drop', ...options });
    return values.map((value) => {
      const found = reader.read(value);
      // Members come in the order of the schema.
      return inspect(found, { depth: 10, sorted: true });
    });
  }

  it.each([
    { source: 'text', defaults: true },
    { source: 'json', defaults: true },
    { source: 'json', defaults: false },
    { source: 'value', defaults: false },
    { source: 'value', defaults: true },
  ] as const)('reads as the steps do that it stands for: %j', (options) => {
    const before = fast.used();

    expect(readAll(fast.schemas, options)).toEqual(readAll(slow.schemas, options));
    expect([fast.used() > before, slow.used()]).toEqual([true, 0]);
  });
});
