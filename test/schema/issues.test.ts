import * as legacy from '@sinclair/typebox';
import Type from 'typebox';
import { Settings } from 'typebox/system';
import { createSchemas, type ReaderOptions } from '../../src/schema/schemas.js';

const Legacy = legacy.Type;

function issues(schema: object, value: unknown, options: Partial<ReaderOptions> = {}): string[] {
  const reader = createSchemas().reader(schema, {
    where: 'test',
    source: 'json',
    unknown: 'drop',
    defaults: true,
    ...options,
  });
  const read = reader.read(value);
  const found = reader.issues(read, '/body').map(({ pointer, message, code }) => `${pointer} ${message} (${code})`);
  expect(found.length === 0).toBe(reader.check(read));
  return found;
}

const cat = Type.Object({ kind: Type.Literal('cat'), lives: Type.Integer(), name: Type.String() });
const dog = Type.Object({ kind: Type.Literal('dog'), tricks: Type.Array(Type.String()), name: Type.String() });

describe('issues', () => {
  it('name every missing property at its own place', () => {
    expect(issues(Type.Object({ a: Type.String(), 'b/c': Type.String() }), {})).toEqual([
      '/body/a is required (REQUIRED)',
      '/body/b~1c is required (REQUIRED)',
    ]);
  });

  it.each<[object, unknown, string]>([
    [{ type: 'integer' }, 'x', 'must be an integer (TYPE)'],
    [{ type: ['string', 'null'] }, 1, 'must be a string or null (TYPE)'],
    [{ const: 'a' }, 'b', 'must be "a" (CONST)'],
    [{ enum: ['a', 2] }, 'b', 'must be one of "a", 2 (ENUM)'],
    [{ minLength: 1 }, '', 'must have at least 1 character (MIN_LENGTH)'],
    [{ maxLength: 2 }, 'abc', 'must have at most 2 characters (MAX_LENGTH)'],
    [{ pattern: '^a$' }, 'b', 'must match ^a$ (PATTERN)'],
    [{ format: 'email' }, 'b', 'must be of the format "email" (FORMAT)'],
    [{ minimum: 1 }, 0, 'must be at least 1 (MINIMUM)'],
    [{ exclusiveMaximum: 1 }, 1, 'must be less than 1 (EXCLUSIVE_MAXIMUM)'],
    [{ multipleOf: 5 }, 1, 'must be a multiple of 5 (MULTIPLE_OF)'],
    [{ uniqueItems: true }, [1, 1], 'must not have an item twice (UNIQUE_ITEMS)'],
    [{ minItems: 2 }, [], 'must have at least 2 items (MIN_ITEMS)'],
    [{ minProperties: 2 }, {}, 'must have at least 2 properties (MIN_PROPERTIES)'],
    [{ contains: { const: 1 } }, [], 'has too few items of the form that is asked for (CONTAINS)'],
    [{ not: {} }, 1, 'has a form that is not allowed (NOT)'],
  ])('say of %j in words what is wrong', (schema, value, text) => {
    expect(issues(schema, value)).toEqual([`/body ${text}`]);
  });

  it('name each unknown property, whichever keyword forbids it', () => {
    const closed = Type.Object(
      { a: Type.Object({}, { additionalProperties: false }) },
      { additionalProperties: false },
    );
    const open = Type.Object({ a: Type.Object({ x: Type.Optional(Type.Null()) }) });
    const both = Type.Intersect([Type.Object({ a: Type.Any() })], { unevaluatedProperties: false });
    const want = ['/body/a/c is unknown (UNKNOWN_PROPERTY)', '/body/b is unknown (UNKNOWN_PROPERTY)'];

    expect(issues(closed, { a: { c: 1 }, b: 1 }).sort()).toEqual(want);
    expect(issues(open, { a: { c: 1 }, b: 1 }, { unknown: 'reject' }).sort()).toEqual(want);
    expect(issues(both, { a: 1, b: 1 })).toEqual(['/body/b is unknown (UNKNOWN_PROPERTY)']);
  });

  it('name unknown properties beside what else is wrong', () => {
    expect(issues(Type.Object({ a: Type.Integer() }), { a: 'x', b: 1 }, { unknown: 'reject' })).toEqual([
      '/body/a must be an integer (TYPE)',
      '/body/b is unknown (UNKNOWN_PROPERTY)',
    ]);
  });

  it('list the literals of a union in one sentence, in both TypeBox packages', () => {
    const typebox = Type.Object({ state: Type.Union([Type.Literal('open'), Type.Literal('closed')]) });
    const old = Legacy.Object({ state: Legacy.Union([Legacy.Literal('open'), Legacy.Literal('closed')]) });
    const want = ['/body/state must be one of "open", "closed" (ENUM)'];

    expect([issues(typebox, { state: 'x' }), issues(old, { state: 1 })]).toEqual([want, want]);
  });

  it('list the types of a union in one sentence', () => {
    expect(issues(Type.Union([Type.String(), Type.Null(), Type.Literal(1)]), true)).toEqual([
      '/body must be 1, a string or null (ENUM)',
    ]);
  });

  it('tell of a tagged union only the branch of the tag', () => {
    expect(issues(Type.Array(Type.Union([cat, dog])), [{ kind: 'dog', tricks: [1] }])).toEqual([
      '/body/0/name is required (REQUIRED)',
      '/body/0/tricks/0 must be a string (TYPE)',
    ]);
  });

  it('tell of a tagged union which tags there are', () => {
    const want = ['/body/kind must be one of "cat", "dog" (ENUM)'];

    expect(issues(Type.Union([cat, dog]), { kind: 'cow', name: 'x' })).toEqual(want);
    expect(issues({ oneOf: [cat, dog] }, { kind: 'cow', name: 'x' })).toEqual(want);
  });

  it('tell that the tag is missing', () => {
    expect(issues(Type.Union([cat, dog]), { name: 'x' })).toContain('/body/kind is required (REQUIRED)');
  });

  it('leave aside the branches for another kind of value', () => {
    expect(issues(Type.Union([Type.Null(), Type.Object({ a: Type.Integer() })]), { a: 'x' })).toEqual([
      '/body/a must be an integer (TYPE)',
    ]);
  });

  it('tell how many forms there are where none is near', () => {
    const schema = Type.Union([
      Type.Object({ a: Type.Integer() }),
      Type.Object({ b: Type.Integer() }),
      Type.Object({ c: Type.Integer() }),
    ]);

    expect(issues(schema, { a: 'x', b: 'x', c: 'x' })).toEqual(['/body must match one of 3 forms (ANY_OF)']);
  });

  it('tell that more than one form fits', () => {
    expect(issues({ oneOf: [{ type: 'number' }, { type: 'integer' }] }, 1)).toEqual([
      '/body must match only one of the forms, and matches 2 (ONE_OF)',
    ]);
  });

  it('tell what is wrong in the branch of a condition', () => {
    const $defs = { big: { required: ['reason'], properties: { reason: { type: 'string' } } } };
    const schema = {
      type: 'object',
      properties: { n: { type: 'integer' } },
      if: { properties: { n: { minimum: 10 } } },
      // biome-ignore lint/suspicious/noThenProperty: the keyword is called so
      then: { $ref: '#/$defs/big' },
      else: { properties: { small: { type: 'boolean' } } },
    };

    expect(issues({ $defs, ...schema }, { n: 12 })).toEqual(['/body/reason is required (REQUIRED)']);
    expect(issues({ $defs, items: schema }, [{ n: 12, reason: 1 }])).toEqual([
      '/body/0/reason must be a string (TYPE)',
    ]);
    expect(issues({ $defs, ...schema }, { n: 2, small: 1 })).toEqual(['/body/small must be true or false (TYPE)']);
  });

  it('name what is required beside a property', () => {
    expect(issues({ dependentRequired: { a: ['b', 'c'] } }, { a: 1, b: 1 })).toEqual([
      '/body/c is required beside "a" (DEPENDENT_REQUIRED)',
    ]);
  });

  it('name a property whose name does not fit', () => {
    expect(issues({ propertyNames: { pattern: '^a' } }, { b: 1 })).toEqual([
      '/body/b has a name that does not fit (PROPERTY_NAMES)',
    ]);
  });

  it('name the items that are too many', () => {
    expect(issues({ prefixItems: [{}], items: false }, [1, 2])).toEqual(['/body/1 is not allowed (NOT_ALLOWED)']);
    expect(issues({ prefixItems: [{}], unevaluatedItems: false }, [1, 2])).toEqual([
      '/body/1 is an item too many (UNEVALUATED_ITEMS)',
    ]);
  });

  it('are at most one more than are shown, and leave the setting of typebox as it is', () => {
    const before = Settings.Get().maxErrors;

    const found = issues(Type.Array(Type.Integer()), Array(500).fill('x'));

    expect(found).toHaveLength(101);
    expect(Settings.Get().maxErrors).toBe(before);
  });

  it('never hold the value', () => {
    const schema = Type.Object({
      a: Type.String({ maxLength: 3, pattern: '^x', format: 'email' }),
      b: Type.Union([Type.Literal('x'), Type.Integer()]),
      c: Type.Array(Type.Integer(), { uniqueItems: true }),
    });

    expect(JSON.stringify(issues(schema, { a: 'sesame', b: 'sesame', c: ['sesame', 'sesame'] }))).not.toContain(
      'sesame',
    );
  });
});
