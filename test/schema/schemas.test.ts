import * as legacy from '@sinclair/typebox';
import Type from 'typebox';
import type { FusioError } from '../../src/base/errors.js';
import { createSchemas, type ReaderOptions } from '../../src/schema/schemas.js';

const Legacy = legacy.Type;
const options: ReaderOptions = { where: 'test', source: 'json', unknown: 'drop', defaults: true };

function errorOf(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    const { code, message } = error as FusioError;
    return { code, message };
  }
  throw new Error('nothing was thrown');
}

function lintError(schema: unknown): string {
  const { code, message } = errorOf(() => createSchemas().lint(schema, 'operation "a" body'));
  expect(code).toBe('SCHEMA_INVALID');
  return message.replace('operation "a" body: ', '');
}

describe('schemas', () => {
  it('finds a named schema by its name and as a component of OpenAPI', () => {
    const schemas = createSchemas();
    schemas.name('Todo', Type.Object({ id: Type.Integer() }));
    const schema = {
      type: 'object',
      properties: { a: { $ref: 'Todo' }, b: { $ref: '#/components/schemas/Todo' } },
    };

    const reader = schemas.reader(schema, options);

    expect(reader.read({ a: { id: 1, x: 1 }, b: { id: 2, x: 1 } })).toEqual({ a: { id: 1 }, b: { id: 2 } });
    expect(reader.check({ a: { id: 1 }, b: { id: 2 } })).toBe(true);
    expect(reader.check({ a: { id: 1 }, b: { id: 'x' } })).toBe(false);
  });

  it('reads references inside of a named schema against that schema', () => {
    const schemas = createSchemas();
    schemas.name('List', {
      $defs: { Entry: { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] } },
      anyOf: [{ $ref: '#/$defs/Entry' }, { type: 'null' }],
    });

    const reader = schemas.reader({ type: 'object', properties: { list: { $ref: 'List' } } }, options);

    expect(reader.check({ list: { next: { next: null } } })).toBe(true);
    expect(reader.check({ list: { next: { next: 1 } } })).toBe(false);
  });

  it('lets a named schema refer to one that is named later, and to itself', () => {
    const schemas = createSchemas();
    schemas.name('A', { type: 'object', properties: { b: { $ref: 'B' }, a: { $ref: 'A' } } });
    schemas.name('B', { type: 'integer' });

    const reader = schemas.reader({ $ref: 'A' }, options);

    expect(reader.check({ b: 1, a: { b: 2 } })).toBe(true);
    expect(reader.check({ b: 1, a: { b: 'x' } })).toBe(false);
  });

  it('says which name inside of a named schema leads nowhere', () => {
    const schemas = createSchemas();
    schemas.name('Todo', { type: 'object', properties: { user: { $ref: 'Usr' } } });
    schemas.name('User', { type: 'object' });

    expect(errorOf(() => schemas.lint({ $ref: 'Todo' }, 'operation "a" body')).message).toBe(
      'operation "a" body: the schema at "/properties/user" has the $ref "Usr", which leads nowhere (did you mean "User"?); name a schema with fusio.schema() before it is used',
    );
  });

  it('tells the name of a schema by identity', () => {
    const schemas = createSchemas();
    const todo = Type.Object({});
    schemas.name('Todo', todo);

    expect(schemas.nameOf(todo)).toBe('Todo');
    expect(schemas.nameOf(Type.Object({}))).toBeUndefined();
    expect([...schemas.named.keys()]).toEqual(['Todo']);
  });

  it('takes the same schema under the same name twice, and no other', () => {
    const schemas = createSchemas();
    const todo = Type.Object({});
    schemas.name('Todo', todo);
    schemas.name('Todo', todo);

    expect(errorOf(() => schemas.name('Todo', Type.Object({})))).toEqual({
      code: 'NAME_TAKEN',
      message: 'schema "Todo" is registered already, with another schema; names are unique',
    });
  });

  it('refuses a name that is no component name', () => {
    expect(errorOf(() => createSchemas().name('To do', {}))).toEqual({
      code: 'NAME_INVALID',
      message: 'schema: the name must be letters, digits, "_", "-" and ".", got "To do"',
    });
  });

  it('lets two instances define one format differently, and leaves typebox alone', () => {
    const schema = Type.Object({ code: Type.String({ format: 'code' }) });
    const short = createSchemas({ formats: { code: (text) => text.length < 3 } }).reader(schema, options);
    const long = createSchemas({ formats: { code: (text) => text.length > 3 } }).reader(schema, options);

    expect([short.check({ code: 'ab' }), long.check({ code: 'ab' })]).toEqual([true, false]);
    expect([short.check({ code: 'abcd' }), long.check({ code: 'abcd' })]).toEqual([false, true]);
    expect(short.issues({ code: 'abcd' }, '/body')).toEqual([
      { pointer: '/body/code', message: 'must be of the format "code"', code: 'FORMAT' },
    ]);
    expect(() => createSchemas().reader(schema, options)).toThrow('unknown format "code"');
  });

  it('lets a format of the application replace a built-in one', () => {
    const schemas = createSchemas({ formats: { email: (text) => text.endsWith('@example.org') } });
    const reader = schemas.reader(Type.String({ format: 'email' }), options);

    expect([reader.check('a@example.org'), reader.check('a@example.com')]).toEqual([true, false]);
  });

  it('keeps the refinements of typebox', () => {
    const even = Type.Refine(
      Type.Integer(),
      (value) => value % 2 === 0,
      () => 'must be even',
    );
    const reader = createSchemas().reader(
      Type.Object({ n: even, $id: Type.Optional(Type.Ref('#/properties/n')) }),
      options,
    );

    expect(reader.check({ n: 2 })).toBe(true);
    expect(reader.issues({ n: 1 }, '')).toEqual([{ pointer: '/n', message: 'must be even', code: 'REFINE' }]);
    expect(reader.check({ n: 2, $id: 3 })).toBe(false);
  });

  it.each([
    [
      'an $id',
      { $id: 'urn:x', $defs: { n: { $id: 'n.json', type: 'integer' } }, properties: { a: { $ref: 'urn:x#/$defs/n' } } },
    ],
    ['an anchor', { $defs: { n: { $anchor: 'n', type: 'integer' } }, properties: { a: { $ref: '#n' } } }],
    ['definitions', { definitions: { n: { type: 'integer' } }, properties: { a: { $ref: '#/definitions/n' } } }],
    [
      'a dynamic anchor',
      { $defs: { n: { $dynamicAnchor: 'n', type: 'integer' } }, properties: { a: { $dynamicRef: '#n' } } },
    ],
    [
      'an escaped pointer',
      { $defs: { 'a/b~c%': { type: 'integer' } }, properties: { a: { $ref: '#/$defs/a~1b~0c%25' } } },
    ],
    ['a property', { properties: { n: { type: 'integer' }, a: { $ref: '#/properties/n' } } }],
  ])('finds a schema by %s', (_title, schema) => {
    const reader = createSchemas().reader(schema, options);

    expect([reader.check({ a: 1 }), reader.check({ a: 'x' })]).toEqual([true, false]);
  });

  it('keeps a property named __proto__ when it links references', () => {
    const schema = JSON.parse('{"$defs":{"n":{"type":"integer"}},"properties":{"__proto__":{"$ref":"#/$defs/n"}}}');
    const reader = createSchemas().reader(schema, options);

    expect(reader.check(JSON.parse('{"__proto__":1}'))).toBe(true);
    expect(reader.check(JSON.parse('{"__proto__":"x"}'))).toBe(false);
  });
});

describe('the lint', () => {
  it.each([
    ['no schema at all', undefined, 'the schema must be an object with JSON Schema, got undefined'],
    ['a text', 'string', 'the schema must be an object with JSON Schema, got "string"'],
    ['a list', [], 'the schema must be an object with JSON Schema, got an empty list'],
    ['a boolean', true, 'the schema must be an object with JSON Schema, got true'],
    [
      'an unknown type',
      { type: 'object', properties: { a: { type: 'strng' } } },
      'the schema at "/properties/a" has the unknown type "strng" (did you mean "string"?)',
    ],
    [
      'an unknown format',
      Type.Object({ 'a/b': Type.String({ format: 'date-tme' }) }),
      'the schema at "/properties/a~1b" has the unknown format "date-tme" (did you mean "date-time"?); define it with the option "formats"',
    ],
    [
      'an unknown keyword',
      Type.Array(Type.String({ minLenght: 1 })),
      'the schema at "/items" has the unknown keyword "minLenght" (did you mean "minLength"?); keywords of your own begin with "x-"',
    ],
    [
      'nullable',
      { type: 'string', nullable: true },
      `the schema has "nullable", which JSON Schema does not know: write type: ['string', 'null']`,
    ],
    [
      'a count that is none',
      { minLength: '1' },
      'the schema needs a whole number of 0 or more in "minLength", got "1"',
    ],
    ['a boolean required', { required: true }, 'the schema needs a list of property names in "required", got true'],
    ['an empty anyOf', { anyOf: [] }, 'the schema needs a list of schemas in "anyOf", got an empty list'],
    [
      'a legacy Date',
      Legacy.Object({ a: Legacy.Date() }),
      `the schema at "/properties/a" has the type "Date", which does not exist in JSON: use Type.String({ format: 'date-time' })`,
    ],
    [
      'a legacy Transform',
      Legacy.Transform(Legacy.String()).Decode(Number).Encode(String),
      'the schema is a Transform, which does not exist in JSON: convert in the action',
    ],
    [
      'a codec',
      Type.Codec(Type.String()).Decode(Number).Encode(String),
      'the schema has a codec, which does not exist in JSON: convert in the action',
    ],
    ['a bigint literal', { const: 1n }, 'the schema has a bigint in "const", which does not exist in JSON'],
    ['a regular expression as pattern', { pattern: /a/ }, 'the schema needs a text in "pattern": write "a"'],
    [
      'a reference that leads nowhere',
      { properties: { a: { $ref: '#/$defs/x' } } },
      'the schema at "/properties/a" has the $ref "#/$defs/x", which leads nowhere; name a schema with fusio.schema() before it is used',
    ],
  ])('refuses %s', (_title, schema, message) => {
    expect(lintError(schema)).toBe(message);
  });

  it('refuses a pattern that is no regular expression', () => {
    expect(lintError({ pattern: '[' })).toMatch(/^the schema has a pattern that is no regular expression: /);
    expect(lintError({ patternProperties: { '(': {} } })).toMatch(/^the schema at "\/patternProperties" has a pattern/);
  });

  it.each([
    'Uint8Array',
    'RegExp',
    'Undefined',
    'Void',
    'BigInt',
    'Symbol',
    'Promise',
    'Function',
    'Constructor',
    'Iterator',
    'AsyncIterator',
  ] as const)('refuses the legacy type %s', (name) => {
    const args: Record<string, unknown[]> = {
      RegExp: [/a/],
      Function: [[], Legacy.Null()],
      Constructor: [[], Legacy.Null()],
    };
    const make = Legacy[name] as (...args: unknown[]) => object;

    expect(lintError(Legacy.Object({ a: make(...(args[name] ?? [Legacy.Null()])) as never }))).toContain(
      'does not exist in JSON',
    );
  });

  it.each([
    ['its own root', { $ref: '#' }],
    [
      'a branch of itself',
      { $defs: { a: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/a' }] } }, properties: { x: { $ref: '#/$defs/a' } } },
    ],
    [
      'another one and back',
      {
        $defs: { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } },
        items: { $ref: '#/$defs/a' },
      },
    ],
  ])('refuses a schema that refers without end to %s', (_title, schema) => {
    expect(lintError(schema)).toMatch(/refers to itself without end$/);
  });

  it('refuses a schema that holds itself', () => {
    const schema: Record<string, unknown> = {};
    schema.not = schema;

    expect(lintError(schema)).toMatch(/is nested too deeply, or holds itself: use \$ref for recursion$/);
  });

  it('refuses a schema with more than 10,000 parts', () => {
    const schema = { anyOf: Array.from({ length: 10_001 }, () => ({})) };

    expect(lintError(schema)).toMatch(/is too large: a schema may have 10000 parts$/);
  });

  it('accepts annotations of OpenAPI, keywords of the application and all that TypeBox makes', () => {
    const schemas = createSchemas();
    const all = [
      { type: 'integer', format: 'int64', example: 1, externalDocs: {}, xml: {}, deprecated: true, 'x-mine': 1 },
      { oneOf: [{ type: 'object' }], discriminator: { propertyName: 'a' } },
      Type.Union([
        Type.Literal('a'),
        Type.TemplateLiteral([Type.Literal('b'), Type.String()]),
        Type.Never(),
        Type.Any(),
        Type.Unknown(),
      ]),
      Legacy.Union([
        Legacy.Literal('a'),
        Legacy.TemplateLiteral([Legacy.Literal('b'), Legacy.String()]),
        Legacy.Never(),
        Legacy.Any(),
      ]),
      Legacy.Composite([Legacy.Object({ a: Legacy.Null() }), Legacy.Object({ b: Legacy.Unsafe({ type: 'string' }) })]),
      Legacy.Enum({ A: 1, B: 'x' }),
      Type.Object({ a: Type.Readonly(Type.Optional(Type.Array(Type.Number(), { uniqueItems: true }))) }),
    ];

    for (const schema of all) expect(() => schemas.lint(schema, 'test')).not.toThrow();
  });
});
