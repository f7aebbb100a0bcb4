import { type FusioError, isFusioError } from '../../../src/base/errors.js';
import { parsePairs, parseQuery } from '../../../src/http/request/query.js';
import { shortestMs } from '../body/support.js';

function refusal(text: string): FusioError {
  try {
    parseQuery(text);
  } catch (error) {
    if (isFusioError(error)) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

describe('parseQuery', () => {
  it.each([
    ['a=1', { a: '1' }],
    ['a=1&b=2', { a: '1', b: '2' }],
    ['a', { a: '' }],
    ['a&b=1', { a: '', b: '1' }],
    ['a=', { a: '' }],
    ['=1', { '': '1' }],
    ['a=b=c', { a: 'b=c' }],
    ['a=1&&b=2&', { a: '1', b: '2' }],
    ['&', {}],
    ['a=1&a=2&a=3', { a: ['1', '2', '3'] }],
    ['a=&a=', { a: ['', ''] }],
    ['a+b=c+d', { 'a b': 'c d' }],
    ['a=%2B', { a: '+' }],
    ['a=%c3%A9', { a: 'é' }],
    ['a=%F0%9F%98%80', { a: '😀' }],
    ['%61=%3D%26', { a: '=&' }],
    ['a[b]=1', { 'a[b]': '1' }],
    ['a[]=1&a[]=2', { 'a[]': ['1', '2'] }],
    ['a=%2500', { a: '%00' }],
    ['a=1;b=2', { a: '1;b=2' }],
    ['toString=1&hasOwnProperty=2', { toString: '1', hasOwnProperty: '2' }],
  ])('reads %s', (text, expected) => {
    expect({ ...parseQuery(text) }).toEqual(expected);
  });

  it('gives an object that has nothing of itself', () => {
    for (const query of [parseQuery(''), parseQuery('a=1')]) {
      expect('toString' in query).toBe(false);
      expect('__proto__' in query).toBe(false);
      expect(query instanceof Object).toBe(false);
    }
  });

  it.each(['a=%', 'a=%2', 'a=%zz', '%=1', 'a=%c3', 'a=%c3%28', 'a=%ff', 'a=%ed%a0%80', 'a=%c0%80'])(
    'refuses the percent-encoding of %s',
    (text) => {
      const error = refusal(text);

      expect([error.status, error.code]).toEqual([400, 'QUERY_INVALID']);
      expect(error.message).toBe('The query has a percent-encoding that is not UTF-8');
    },
  );

  it.each(['a=%00', 'a%00=1', 'a=%0a', 'a=%1F', 'a=%7f', 'a=\0', 'a=b c', 'a=é', 'a=\x7f'])(
    'refuses the character in %j',
    (text) => {
      const error = refusal(text);

      expect([error.status, error.code]).toEqual([400, 'QUERY_INVALID']);
      expect(error.message).toContain('must be percent-encoded');
    },
  );

  it.each(['__proto__=1', 'a=1&constructor=2', '%5f_proto__=1', '__proto__', 'c%6fnstructor'])(
    'refuses the key in %s',
    (text) => {
      const error = refusal(text);

      expect([error.status, error.code]).toEqual([400, 'KEY_FORBIDDEN']);
      expect(error.errors?.[0]?.pointer).toMatch(/^\/query\/(__proto__|constructor)$/);
    },
  );

  it('takes 100 parameters and refuses 101', () => {
    const pairs = Array.from({ length: 100 }, (_, index) => `a${index}=1`);

    expect(Object.keys(parseQuery(pairs.join('&')))).toHaveLength(100);
    expect(refusal([...pairs, 'b=1'].join('&')).message).toBe('The query has more than 100 parameters');
  });

  it('agrees with URLSearchParams where both read the text', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const pieces = ['a', 'b', '=', '&', '+', '%20', '%C3%A9', '%26', '%', '[', ']', '1', '%F0%9F%98%80'];
    let compared = 0;
    for (let round = 0; round < 5000; round++) {
      const text = Array.from({ length: random(12) }, () => pieces[random(pieces.length)]).join('');
      const expected: Record<string, string[]> = {};
      for (const [key, value] of new URLSearchParams(text)) expected[key] = [...(expected[key] ?? []), value];
      try {
        const found = Object.entries(parseQuery(text)).map(([key, value]) => [key, [value].flat()]);
        expect(Object.fromEntries(found)).toEqual(expected);
        compared++;
      } catch (error) {
        if (!isFusioError(error)) throw error;
      }
    }
    expect(compared).toBeGreaterThan(2000);
  });

  it('takes time in proportion to the text, whatever it is made of', async () => {
    const rules = { slot: 'query', invalid: 'QUERY_INVALID', tooMany: 'QUERY_INVALID', maxPairs: 1e9 } as const;
    const msOf = (pairs: number) => {
      const text = 'a&'.repeat(pairs);
      return shortestMs(() => parsePairs(text, rules));
    };

    const small = await msOf(50_000);
    const large = await msOf(400_000);

    // Quadratic, it would be 64 times as long.
    expect(large / small).toBeLessThan(24);
  });
});
