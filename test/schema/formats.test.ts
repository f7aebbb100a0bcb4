import { Format } from 'typebox/format';
import { boundedFormats } from '../../src/schema/formats.js';
import { createSchemas } from '../../src/schema/schemas.js';

function reader(schema: object, formats: Record<string, (text: string) => boolean> = {}) {
  return createSchemas({ formats }).reader(schema, { where: 'test', source: 'json', unknown: 'drop', defaults: true });
}

describe('formats', () => {
  it.each([...boundedFormats.keys()])('"%s" asks nobody about a text that is longer than any of the kind', (name) => {
    const test = Format.Get(name);
    const lengths: number[] = [];
    Format.Set(name, (text) => lengths.push(text.length) > 0);
    try {
      const text = reader({ type: 'string', format: name });
      for (const head of ['http://', ' HTTP:\\\\', 'ht\ntps:/', 'ws:', 'file:///', '//', '\\/', 'ftp://a@']) {
        for (const unit of ['é', '\u0300\u0316', '%C3%A9', 'a\t', '(', '@', 'xn--a.', ':']) {
          expect(text.check(head + unit.repeat(20_000))).toBe(false);
        }
      }
      expect(lengths).toEqual([]);
      expect(text.check('http://a')).toBe(true);
      expect(lengths).toEqual([8]);
    } finally {
      if (test) Format.Set(name, test);
    }
  });

  it.each([
    ['url', `https://example.org/${'é/'.repeat(20_000)}`],
    ['url', `https://example.org?${'é'.repeat(20_000)}`],
    ['url', `data:image/png;base64,${'AA'.repeat(20_000)}`],
    ['url', `mailto:${'a'.repeat(20_000)}@example.org`],
    ['iri', `https://例え.example/${'é'.repeat(20_000)}#a`],
    ['iri-reference', `a${'é'.repeat(20_000)}`],
    ['iri-reference', `/${'é'.repeat(20_000)}`],
    ['hostname', `${'a.'.repeat(100)}example.org`],
    ['idn-email', `${'é'.repeat(60)}@example.org`],
    ['regex', 'a?'.repeat(2_000)],
  ])('take a long %s', (format, text) => {
    expect(reader({ type: 'string', format }).check(text)).toBe(true);
  });

  it('and patterns are not asked about a text that is longer than maxLength', () => {
    let asked = 0;
    const formats = { mine: () => ++asked > 0 };
    const schema = { type: 'string', maxLength: 4, format: 'mine', pattern: '^(a|a)*$' };

    const found = reader(schema, formats).issues('aaaa!', '');

    expect(reader(schema, formats).check(`${'a'.repeat(40)}!`)).toBe(false);
    expect(reader(schema, formats).issues(`${'a'.repeat(40)}!`, '')).toEqual(found);
    expect(found).toEqual([{ pointer: '', message: 'must have at most 4 characters', code: 'MAX_LENGTH' }]);
    expect(reader({ ...schema, format: 'email' }).issues('aaaa!', '')).toEqual(found);
    expect(asked).toBe(0);
    expect(reader(schema, formats).check('aaaa')).toBe(true);
    expect(asked).toBe(1);
    expect(reader({ ...schema, format: 'email' }).issues('b', '')).toEqual([
      { pointer: '', message: 'must match ^(a|a)*$', code: 'PATTERN' },
      { pointer: '', message: 'must be of the format "email"', code: 'FORMAT' },
    ]);
  });
});
