import { stderrLogger } from '../../src/log/logger.js';

function written(log: (logger: ReturnType<typeof stderrLogger>) => void): string {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    log(stderrLogger());
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

describe('the default logger', () => {
  it('escapes every sign that a terminal obeys or that turns the direction of a text', () => {
    const signs = Array.from({ length: 0x11_0000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code))
      .filter((sign) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(sign));

    const line = written((logger) => logger.warn({ text: signs.join(''), [signs.join('')]: 1 }, 'a\u009b31mb\u202ec'));

    expect(line).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\n$/u);
    expect(line).toContain('a\\u009b31mb\\u202ec');
    expect(JSON.parse(line)).toMatchObject({ text: signs.join(''), message: 'a\u009b31mb\u202ec' });
  });

  it('leaves letters of every script and emoji as they are', () => {
    expect(written((logger) => logger.warn('não, 안녕, 👋'))).toContain('não, 안녕, 👋');
  });

  it('writes no field whose name is that of a secret, and its texts without secrets', () => {
    const headers = { authorization: 'Token hunter2', cookie: 'a=hunter2', 'set-cookie': ['b=hunter2'], host: 'db' };

    const line = written((logger) =>
      logger.error(
        { headers, dbPassword: { old: 'hunter2' }, url: '/?access_token=hunter2', tokens: 5, token: null },
        'it',
      ),
    );

    expect(JSON.parse(line)).toMatchObject({
      headers: { authorization: '[redacted]', cookie: '[redacted]', 'set-cookie': '[redacted]', host: 'db' },
      dbPassword: '[redacted]',
      url: '/?access_token=[redacted]',
      tokens: 5,
      token: null,
    });
  });
});
