import { createFusio, Type } from '../../src/index.js';

interface StandardSchema {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
  };
}

const standard = (vendor: string): StandardSchema => ({
  '~standard': { version: 1, vendor, validate: (value) => ({ value }) },
});
// As arktype's: a function with members.
const callable = Object.assign((value: unknown) => value, standard('arktype'));

describe('a schema of another library', () => {
  it.each([
    ['zod', 'z.toJSONSchema(schema)', standard('zod')],
    ['valibot', 'toJsonSchema(schema) of @valibot/to-json-schema', standard('valibot')],
    ['arktype', 'schema.toJsonSchema()', callable],
    ['other', 'what the library converts it to', standard('other')],
  ])('is refused at registration: %s', (vendor, fix, schema) => {
    const message = `is one of ${vendor}, and JSON Schema is needed: give ${fix}`;
    const base = { name: 'it', method: 'POST', path: '/it', action: () => null } as const;
    const wrong: readonly object[] = [
      { params: schema },
      { query: schema },
      { headers: schema },
      { body: schema },
      { response: schema },
      { response: { 200: schema } },
      { throws: { 404: schema } },
      { body: { type: 'object', properties: { a: schema } } },
    ];

    for (const slots of wrong) {
      // JavaScript callers may pass what the types refuse.
      expect(() => createFusio({ logger: false }).operation({ ...base, ...(slots as object) })).toThrow(message);
    }
  });

  it('is refused by the types in every slot', () => {
    const fusio = createFusio({ logger: false });
    const schema = standard('zod');
    const base = { method: 'POST', path: '/it/:id' } as const;

    expect(() => {
      // @ts-expect-error a Standard Schema is no JSON Schema
      fusio.operation({ ...base, name: 'a', body: schema, action: () => null });
    }).toThrow('zod');
    expect(() => {
      // @ts-expect-error a Standard Schema is no JSON Schema
      fusio.operation({ ...base, name: 'b', query: schema, action: () => null });
    }).toThrow('zod');
    expect(() => {
      // @ts-expect-error a Standard Schema is no JSON Schema
      fusio.operation({ ...base, name: 'c', response: schema, action: () => null });
    }).toThrow('zod');
    expect(() => {
      // @ts-expect-error a Standard Schema is no JSON Schema
      fusio.schema('d', schema);
    }).toThrow('zod');
    expect(() => fusio.operation({ ...base, name: 'e', body: Type.Object({}), action: () => null })).not.toThrow();
  });
});
