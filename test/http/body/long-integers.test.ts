import { parseJson } from '../../../src/http/body/json.js';
import { hasLongInteger } from '../../../src/http/body/long-integers.js';

const parse = (text: string) => parseJson(text, 64);

describe('integers of a JSON body that would lose digits', () => {
  it('are given as texts, wherever they stand', () => {
    expect(parse('9007199254740993')).toBe('9007199254740993');
    expect(parse(' -9007199254740993 ')).toBe('-9007199254740993');
    for (let blanks = 0; blanks < 40; blanks++) {
      const text = `${' '.repeat(blanks)}{"a":[18446744073709551615,1],"b":9007199254740993}`;
      expect(parse(text)).toEqual({ a: ['18446744073709551615', 1], b: '9007199254740993' });
    }
    expect(parse(`[${'9'.repeat(300)},2]`)).toEqual(['9'.repeat(300), 2]);
  });

  it.each([
    '9007199254740991',
    '9007199254740992',
    '100000000000000000000',
    '123456789012345680000',
    '-9007199254740991',
    '[0.12345678901234567890,1.5,12345.678901234567890123]',
    '[1e300,12345678901234567e5,12345678901234567.5]',
    '{"text":"9007199254740993 and 9007199254740993","9007199254740993":1}',
    '["\\"9007199254740993","\\\\",9007199254740991]',
    '[1,2,3]',
  ])('and all else is read as ever: %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it('are found at each place', () => {
    for (let before = 0; before < 40; before++) {
      for (const gap of ['', '1,', '"12345678",', '1234567890,', '0.1234567890123456789,']) {
        const text = `[${' '.repeat(before)}${gap}${'1'.repeat(16)}]`;

        expect(hasLongInteger(text)).toBe(true);
        expect(hasLongInteger(text.replace('1'.repeat(16), '1'.repeat(15)))).toBe(false);
      }
    }
  });

  it('are not looked for in texts without as many digits', () => {
    expect(hasLongInteger('a'.repeat(1_000))).toBe(false);
    expect(hasLongInteger(`[0.${'1'.repeat(100_000)}]`)).toBe(false);
    expect(hasLongInteger(`[0.${'1'.repeat(100_000)},${'1'.repeat(16)}]`)).toBe(true);
    expect(hasLongInteger(Array(1_000).fill('123456789012345').join())).toBe(false);
  });
});
