import { linkSchema } from '../../src/schema/link.js';
import { recursionOf } from '../../src/schema/recursion.js';
import { createReferences } from '../../src/schema/references.js';
import { createSchemas } from '../../src/schema/schemas.js';

const comment = (kind: string) => ({
  type: 'object',
  properties: { text: { type: 'string' }, replies: { type: 'array', items: { $ref: '#' } }, kind: { const: kind } },
  required: ['text', 'kind'],
});
const comments = { anyOf: [comment('note'), comment('question')] };
const list = {
  type: 'object',
  properties: { next: { anyOf: [{ type: 'null' }, { $ref: '#' }] }, state: { enum: ['a', 'b'] } },
};

function recursion(schema: object) {
  return recursionOf(linkSchema({ ...schema }, createReferences(new Map()), new Map()));
}

function nested(levels: number, leaf: object): object {
  let value = leaf;
  for (let level = 0; level < levels; level++) value = { text: 'x', replies: [value], kind: 'note' };
  return value;
}

describe('a recursive schema', () => {
  it('is cut only where it may check a value twice', () => {
    expect(recursion(comments)).toBeDefined();
    expect(
      recursion({ allOf: [{ properties: { child: { $ref: '#' } } }, { properties: { child: { $ref: '#' } } }] }),
    ).toBeDefined();
    expect(recursion(list)).toBeUndefined();
    expect(
      recursion({
        anyOf: [
          { type: 'array', items: { $ref: '#' } },
          { type: 'string' },
          { type: 'object', additionalProperties: { $ref: '#' } },
        ],
      }),
    ).toBeUndefined();
    expect(recursion({ anyOf: [{ type: 'object' }, { type: 'object', required: ['a'] }] })).toBeUndefined();
  });

  it('ends with REQUEST_TOO_COMPLEX where a value takes more steps than it may', () => {
    const cut = recursion(comments);
    if (!cut) throw new Error('not cut');
    const steps = (count: number) => () => {
      for (let step = 0; step < count; step++) cut.step();
    };

    const small = () => cut.within({}, true, steps(20_000));
    const large = () => cut.within({ replies: Array.from({ length: 1_000 }, () => 1) }, true, steps(20_000));
    const endless = () => cut.within({ replies: [1] }, true, steps(Number.POSITIVE_INFINITY));
    const own = () => cut.within({}, false, steps(1_000_000));

    expect(large).not.toThrow();
    expect(own).not.toThrow();
    for (const run of [small, endless]) {
      expect(run).toThrow(expect.objectContaining({ code: 'REQUEST_TOO_COMPLEX', status: 400 }));
    }
  });

  it('names the mistake deep inside', () => {
    const reader = createSchemas().reader(comments, { where: 'test', source: 'json', unknown: 'drop', defaults: true });
    const wrong = nested(60, { text: 5, kind: 'question' });
    const untagged = createSchemas().reader(
      {
        anyOf: ['a', 'b'].map((name) => ({
          type: 'object',
          properties: { child: { $ref: '#' }, [name]: { type: 'integer' } },
        })),
      },
      { where: 'test', source: 'json', unknown: 'drop', defaults: true },
    );

    expect(reader.issues(reader.read(wrong), '/body')).toEqual([
      { pointer: `/body${'/replies/0'.repeat(60)}/text`, message: 'must be a string', code: 'TYPE' },
    ]);
    expect(reader.check(reader.read(nested(60, { text: 'x', kind: 'question' })))).toBe(true);
    expect(untagged.issues({ child: { child: 1 } }, '')).toEqual([
      { pointer: '/child/child', message: 'must be an object', code: 'TYPE' },
    ]);
  });

  it('checks a value that is nested as deeply as values may be', () => {
    const reader = createSchemas().reader(comments, { where: 'test', source: 'json', unknown: 'drop', defaults: true });
    const value = reader.read(nested(490, { text: 'x', kind: 'note' }));

    expect(reader.check(value)).toBe(true);
  });

  it('tells equal items apart from others in lists of lists', () => {
    const schema = {
      type: ['array', 'integer', 'object'],
      uniqueItems: true,
      items: { $ref: '#' },
      additionalProperties: { $ref: '#' },
    };
    const reader = createSchemas().reader(schema, { where: 'test', source: 'json', unknown: 'keep', defaults: false });

    expect(reader.check([[1, 2], [2, 1], [12], { a: 1, b: [2] }, { a: 1 }, {}, []])).toBe(true);
    expect(
      reader.check([
        [1, [2]],
        [1, [2]],
      ]),
    ).toBe(false);
    expect(
      reader.check([
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ]),
    ).toBe(false);
    expect(reader.issues([[0, -0]], '')).toEqual([
      { pointer: '/0', message: 'must not have an item twice', code: 'UNIQUE_ITEMS' },
    ]);
  });
});
