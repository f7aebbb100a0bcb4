import { Type } from 'typebox';
import { type Compiled, createCompiler } from '../../src/schema/compiled.js';
import type { SchemaNode } from '../../src/schema/keywords.js';
import { createReferences } from '../../src/schema/references.js';

const options = { source: 'value', drop: true, defaults: true } as const;

function compiler(): { compiled: (schema: object) => Compiled } {
  const { compiled } = createCompiler(createReferences(new Map()), new Map());
  return { compiled: (schema) => compiled(schema as SchemaNode) };
}

describe('compiled schemas', () => {
  it('are one for schemas of the same text', () => {
    const { compiled } = compiler();
    const id = () => Type.Object({ id: Type.Integer({ minimum: 1 }) });

    const first = compiled(id());
    const second = compiled(id());

    expect(second).toBe(first);
    expect(second.normaliser(options)).toBe(first.normaliser(options));
  });

  it('keep the order of the members apart', () => {
    const { compiled } = compiler();

    const first = compiled({ type: 'object', properties: { a: {}, b: {} } });
    const second = compiled({ type: 'object', properties: { b: {}, a: {} } });

    expect(second).not.toBe(first);
  });

  it.each([
    [
      'a default that JSON does not have',
      () => ({ default: new Date(0) }),
      () => ({ default: '1970-01-01T00:00:00.000Z' }),
    ],
    ['a default of minus zero', () => ({ default: -0 }), () => ({ default: 0 })],
    ['a refinement', () => Type.Refine(Type.String(), (text) => text === 'a'), () => Type.String()],
  ])('are not shared by schemas that differ in %s', (_name, make, other) => {
    const { compiled } = compiler();

    const all = [make(), make(), other()].map((schema) => compiled({ type: 'object', properties: { a: schema } }));

    expect(new Set(all).size).toBe(3);
  });

  it('make one normaliser for each way of reading', () => {
    const compiled = compiler().compiled(Type.Object({ id: Type.Integer() }));

    const value = compiled.normaliser(options);
    const text = compiled.normaliser({ ...options, source: 'text' });

    expect(text).not.toBe(value);
    expect(compiled.normaliser({ ...options, source: 'text' })).toBe(text);
  });
});
