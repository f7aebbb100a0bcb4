import { Type } from 'typebox';
import { createFusio, type Problem } from '../../src/index.js';

interface Answer {
  readonly problem: Problem;
  readonly bytes: number;
}

async function answerTo(body: object, schema: object, payload: unknown): Promise<Answer> {
  const fusio = createFusio({ logger: false });
  fusio.operation({
    name: 'it',
    method: 'POST',
    path: '/it',
    public: true,
    unknown: 'reject',
    body: schema,
    ...body,
    action: () => null,
  });
  const response = await fusio.inject({ method: 'POST', path: '/it?a=x&b=x', body: payload });
  return { problem: response.json<Problem>(), bytes: Buffer.byteLength(response.body) };
}

const many = Array.from({ length: 40_000 }, (_, index) => `k${index}`);
const members = (value: unknown) => Object.fromEntries(many.map((name) => [name, value]));
const word =
  'The request does not match the schemas of the operation; the first 100 faults are listed, and there are more';

describe('an answer lists at most 100 mistakes and says that there are more', () => {
  it.each<[string, object, unknown]>([
    ['undeclared members', Type.Object({ a: Type.Optional(Type.String()) }), members(1)],
    ['members of a closed object', Type.Object({}, { additionalProperties: false }), members(1)],
    ['members of a schema', Type.Record(Type.String(), Type.String()), members(1)],
    ['unevaluated members', Type.Object({}, { unevaluatedProperties: false }), members(1)],
    ['names', Type.Object({}, { additionalProperties: true, propertyNames: { pattern: '^x' } }), members(1)],
    ['patterns', { type: 'object', patternProperties: { '^k': { type: 'string' } } }, members(1)],
    ['items', Type.Array(Type.String()), many.map(() => 1)],
    ['unevaluated items', { type: 'array', unevaluatedItems: false }, many],
    ['required members', { type: 'object', required: many.slice(0, 500) }, {}],
    ['items of unions', Type.Array(Type.Union([Type.Object({ a: Type.String() }), Type.Null()])), many.map(() => ({}))],
    ['conditions', { type: 'array', items: { if: { type: 'number' }, else: { type: 'number' } } }, many],
  ])('for %s', async (_title, schema, payload) => {
    const { problem, bytes } = await answerTo({ maxBodyBytes: 2_000_000 }, schema, payload);

    expect(problem).toMatchObject({ status: 400, code: 'REQUEST_INVALID', detail: word });
    expect(problem.errors).toHaveLength(100);
    expect(bytes).toBeLessThan(20_000);
  });

  it('over all slots', async () => {
    const query = Type.Object({ a: Type.Integer(), b: Type.Integer() });
    const { problem } = await answerTo({ query }, Type.Array(Type.String()), Array(99).fill(1));

    expect(problem.detail).toBe(word);
    expect(problem.errors).toHaveLength(100);
  });

  it('and not where there are as many', async () => {
    const { problem } = await answerTo({}, Type.Array(Type.String()), Array(100).fill(1));

    expect(problem.detail).toBe('The request does not match the schemas of the operation');
    expect(problem.errors).toHaveLength(100);
  });

  it('and does not repeat a name of any length', async () => {
    const { problem, bytes } = await answerTo({}, Type.Object({ a: Type.Null() }), { ['x'.repeat(100_000)]: 1 });

    expect(problem.errors?.[1]?.pointer).toHaveLength(1_001);
    expect(bytes).toBeLessThan(3_000);
  });
});
