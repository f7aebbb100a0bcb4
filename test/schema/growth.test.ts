import { createSchemas, type Reader, type ReaderOptions } from '../../src/schema/schemas.js';

const mostSteps = 4_000_000;

/** Counts each look at an object of the value: how long a computer takes says less, and not the same each time. */
class Counter {
  steps = 0;
  readonly #proxies = new WeakMap<object, object>();

  wrap(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = this.#proxies.get(value);
    if (known) return known;
    const proxy = new Proxy(value, {
      get: (target, key) => this.wrap(this.#count(Reflect.get(target, key))),
      has: (target, key) => this.#count(Reflect.has(target, key)),
      ownKeys: (target) => this.#count(Reflect.ownKeys(target)),
      getPrototypeOf: (target) => this.#count(Reflect.getPrototypeOf(target)),
      getOwnPropertyDescriptor: (target, key) => {
        const descriptor = this.#count(Reflect.getOwnPropertyDescriptor(target, key));
        return descriptor && { ...descriptor, value: this.wrap(descriptor.value) };
      },
    });
    this.#proxies.set(value, proxy);
    return proxy;
  }

  #count<Value>(value: Value): Value {
    if (++this.steps > mostSteps) throw new Error(`more than ${mostSteps} steps`);
    return value;
  }
}

interface Steps {
  readonly read: number;
  readonly check: number;
  readonly issues: number;
}

function stepsOf(reader: Reader, value: unknown): Steps {
  const count = <Result>(given: unknown, run: (wrapped: unknown) => Result): [number, Result] => {
    const counter = new Counter();
    const result = run(counter.wrap(given));
    return [counter.steps, result];
  };
  const [read] = count(value, (wrapped) => reader.read(wrapped));
  const normal = reader.read(value);
  const [check, fits] = count(normal, (wrapped) => reader.check(wrapped));
  const [issues, found] = count(normal, (wrapped) => reader.issues(wrapped, ''));
  expect(found.length > 0).toBe(!fits);
  return { read, check, issues };
}

const modes: readonly Partial<ReaderOptions>[] = [
  { source: 'json', unknown: 'drop', defaults: true },
  { source: 'json', unknown: 'reject', defaults: false },
  { source: 'value', unknown: 'drop', defaults: true },
  { source: 'text', unknown: 'keep', defaults: true },
];

/** Compares the steps for values with those for ones four times their size. */
function expectLinear(schema: object, values: readonly ((size: number) => unknown)[]): void {
  for (const mode of modes) {
    const options: ReaderOptions = { where: 'test', source: 'json', unknown: 'drop', defaults: true, ...mode };
    const reader = createSchemas().reader(schema, options);
    for (const make of values) {
      const small = stepsOf(reader, make(16));
      const large = stepsOf(reader, make(64));
      for (const phase of ['read', 'check', 'issues'] as const) {
        if (large[phase] <= 8 * small[phase] + 1_000) continue;
        const growth = `${phase} of ${JSON.stringify(mode)} took ${small[phase]}, then ${large[phase]} steps`;
        throw new Error(`${growth} for ${JSON.stringify(make(2))} by ${JSON.stringify(schema)}`);
      }
    }
  }
}

function chain(size: number, leaf: unknown, wrap: (inner: unknown, level: number) => unknown): unknown {
  let value = leaf;
  for (let level = size; level > 0; level--) value = wrap(value, level);
  return value;
}

const node = (member: object, more: object = {}) => ({
  type: 'object',
  properties: { child: member, ...more },
  required: ['child'],
});
const root = { $ref: '#' };
const leaf = { anyOf: [{ type: 'integer' }, root] };

describe('the steps for a recursive schema grow as the value does', () => {
  it.each<[string, object]>([
    ['anyOf of two objects', { anyOf: [node(leaf), node(leaf, { other: {} })] }],
    ['oneOf of two objects', { oneOf: [node(leaf, { x: { const: 1 } }), node(leaf, { x: { const: 2 } })] }],
    [
      'a tag after the children',
      {
        anyOf: ['a', 'b', 'c'].map((tag) => ({
          type: 'object',
          properties: { child: leaf, tag: { const: tag } },
          required: ['child', 'tag'],
        })),
      },
    ],
    ['allOf', { allOf: [node(leaf), node(leaf)] }],
    ['not', { ...node(leaf), not: node(leaf, { x: { const: 3 } }) }],
    // biome-ignore lint/suspicious/noThenProperty: the keyword is called so
    ['if', { if: node(leaf, { x: { const: 1 } }), then: node(leaf), else: node(leaf) }],
    ['dependentSchemas', { ...node(leaf), dependentSchemas: { child: node(leaf), x: node(leaf) } }],
    ['dependencies', { ...node(leaf), dependencies: { child: node(leaf) } }],
    ['patternProperties', { ...node(leaf), patternProperties: { '^c': leaf, d$: leaf } }],
    ['contains', { type: 'array', items: leaf, contains: leaf }],
    [
      'prefixItems',
      {
        anyOf: [
          { type: 'array', prefixItems: [leaf, leaf] },
          { type: 'array', items: leaf, maxItems: 1 },
        ],
      },
    ],
    ['unevaluatedProperties', { anyOf: [node(leaf), node(leaf)], unevaluatedProperties: leaf }],
    ['unevaluatedItems', { allOf: [{ prefixItems: [leaf] }, { contains: leaf }], unevaluatedItems: leaf }],
    ['uniqueItems', { type: 'array', uniqueItems: true, items: leaf }],
    ['a reference with siblings', { $defs: { n: node(leaf) }, $ref: '#/$defs/n', ...node(leaf) }],
    [
      'two cycles, one in the other',
      {
        $defs: { n: node({ anyOf: [{ type: 'integer' }, { $ref: '#/$defs/n' }] }) },
        allOf: [node(leaf), { $ref: '#/$defs/n' }],
      },
    ],
    [
      'one schema in a member of the other',
      { anyOf: [node(leaf), node({ anyOf: [{ type: 'integer' }, node(leaf)] })] },
    ],
    [
      'defaults',
      {
        anyOf: [1, 2, 3].map((n) => ({
          ...node(leaf, { [`p${n}`]: { type: 'integer', default: n } }),
          required: ['child', `p${n}`],
        })),
      },
    ],
    ['a list without a union', node(leaf)],
  ])('with %s', (_name, schema) => {
    expectLinear(
      schema,
      [1, 'wrong', null].flatMap((end) => [
        (size: number) => chain(size, end, (child) => ({ child })),
        (size: number) => chain(size, end, (child, level) => ({ x: level % 4, child, tag: 'abcd'[level % 4] })),
        (size: number) => chain(size, end, (child) => [child]),
        (size: number) => chain(size, end, (child) => [child, 1]),
        (size: number) => ({ child: Array.from({ length: size }, () => end) }),
      ]),
    );
  });

  it('with random keywords', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomFrom(seed);
      const schema = randomSchema(random);
      const levels = Array.from({ length: 4 }, () => randomLevel(random));
      const end = random.pick([1, 'wrong', null, {}]);

      expectLinear(schema, [(size) => chain(size, end, (child, level) => levels[level % 4]?.(child))]);
    }
  });
});

interface Random {
  below(limit: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** The same numbers for the same seed (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed * 0x9e3779b9;
  function below(limit: number): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
  return {
    below,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('nothing to pick');
      return item;
    },
  };
}

const names = ['a', 'b', 'c'];

/** Three definitions, each an applicator of others. Those that apply to the value itself refer to later ones only. */
function randomSchema(random: Random): object {
  const count = 3;
  const member = (depth: number): object =>
    random.below(3) > 0 ? { $ref: `#/$defs/n${random.below(count)}` } : inPlace(count, depth);
  function inPlace(after: number, depth: number): object {
    if (depth <= 0) return random.pick([{ type: 'integer' }, {}, { type: 'string' }, { type: ['integer', 'null'] }]);
    const sub = () => {
      const later = after + 1 + random.below(count);
      return later < count && random.below(2) === 0 ? { $ref: `#/$defs/n${later}` } : inPlace(after, depth - 1);
    };
    const members = () =>
      Object.fromEntries(names.filter(() => random.below(2) === 0).map((name) => [name, member(depth - 1)]));
    const object = () => ({ properties: members() });
    return random.pick<() => object>([
      () => ({ anyOf: [sub(), object()] }),
      () => ({ oneOf: [sub(), { ...object(), required: ['a'] }] }),
      () => ({
        anyOf: [{ type: 'object', ...object() }, { type: 'object', ...object(), required: ['b'] }, { type: 'integer' }],
      }),
      () => ({ allOf: [sub(), object()] }),
      // biome-ignore lint/suspicious/noThenProperty: the keyword is called so
      () => ({ if: object(), then: sub(), else: object() }),
      () => ({ not: { ...object(), required: ['c'] }, ...object() }),
      () => ({ ...object(), dependentSchemas: { a: sub(), b: object() } }),
      () => ({ ...object(), patternProperties: { '[ab]': member(depth - 1) } }),
      () => ({ ...object(), additionalProperties: member(depth - 1) }),
      () => ({ ...object(), unevaluatedProperties: member(depth - 1), anyOf: [object(), sub()] }),
      () => ({ items: member(depth - 1), contains: member(depth - 1), minContains: 0 }),
      () => ({
        prefixItems: [member(depth - 1)],
        unevaluatedItems: member(depth - 1),
        anyOf: [{ items: member(depth - 1) }, sub()],
      }),
      () => ({ items: member(depth - 1), uniqueItems: true, ...object() }),
      () => ({ type: 'object', properties: { ...members(), tag: { enum: [1, 2], default: 1 } }, required: ['tag'] }),
    ])();
  }
  const $defs = Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, inPlace(index, 2)]));
  return { $defs, $ref: '#/$defs/n0' };
}

function randomLevel(random: Random): (child: unknown) => unknown {
  const [one, other] = [random.pick(names), random.pick(names)];
  return random.pick<(child: unknown) => unknown>([
    (child) => ({ [one]: child }),
    (child) => ({ [one]: 1, [other]: child }),
    (child) => ({ tag: 2, [one]: child }),
    (child) => [child],
    (child) => [child, 1],
  ]);
}
