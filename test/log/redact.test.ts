import { describeError, redact } from '../../src/log/redact.js';
import { isSecretName } from '../../src/log/secrets.js';

const names = [
  ...[
    'password',
    'db_password',
    'DB_PASSWORD',
    'PGPASSWORD',
    'passwd',
    'MYSQL_PWD',
    'dbPass',
    'db_pass',
    'pass',
    'passphrase',
  ],
  ...[
    'access_token',
    'accessToken',
    'ACCESS-TOKEN',
    'accesstoken',
    'refresh_token',
    'id_token',
    'token',
    'X-Auth-Token',
  ],
  ...[
    'client_secret',
    'clientSecret',
    'secret',
    'SECRET_KEY_BASE',
    'api_key',
    'apiKey',
    'X-Api-Key',
    'apikey',
    'secretAccessKey',
  ],
  ...[
    'private-key',
    'authorization',
    'Proxy-Authorization',
    'Cookie',
    'set-cookie',
    'SetCookie',
    'cookies',
    'credentials',
  ],
  ...[
    'X-Amz-Signature',
    'X-Amz-Credential',
    'sessionId',
    'PHPSESSID',
    'connect.sid',
    'client_assertion',
    'code_verifier',
    'otp',
  ],
  ...['password1', 'passwordHash', 'tokens', 'jwt', 'headers.authorization', 'user.password'],
];

const forms: readonly (readonly [name: string, before: string, after: string])[] = [
  ['an assignment', '%s=', ''],
  ['an assignment with blanks', '%s = ', ''],
  ['a query', 'GET https://host:3000/it?a=1&%s=', '&z=1 failed'],
  ['a form of names in brackets', 'user[%s]=', '&z=1'],
  ['an encoded query', 'next=https%3A%2F%2Fhost%2F%3Fa%3D1%26%s%3D', '%26'],
  ['a connection string', 'Server=db;%s=', ''],
  ['JSON', '{"a":1,"%s":"', '","z":1}'],
  ['JSON with blanks', '{ "a": 1, "%s": "', '", "z": 1 }'],
  ['JSON in JSON', '{"text":"{\\"%s\\":\\"', '\\",\\"z\\":1}"}'],
  ['JSON in JSON in JSON', '"{\\"text\\":\\"{\\\\\\"%s\\\\\\":\\\\\\"', '\\\\\\",\\\\\\"z\\\\\\":1}\\"}"'],
  ['encoded JSON', '?filter=%7B%22%s%22%3A%22', '%22%7D'],
  ['a list in JSON', '{"%s":["', '","hunter2 again"],"z":1}'],
  ['an object in JSON', '{"%s":{"value":"', '","other":"hunter2 again"},"z":1}'],
  ['what Node prints', "{ a: 1, '%s': '", "', z: 1 }"],
  ['what Node prints for a long text', "{\n  %s:\n    '", "',\n  z: 1 }"],
  ['what Node prints for a list', "{ %s: [ 'a=b', '", "' ], z: 1 }"],
  ['a template', '%s: `', '`, z: 1'],
  ['a Ruby hash', '{:%s=>"', '", :z=>1}'],
  ['YAML', '%s:\n  ', '\nz: 1'],
  ['a list of YAML', '%s:\r\n  - ', '\r\nz: 1'],
  ['a block of YAML', '%s: |-\n  ', '\nz: 1'],
  ['a header on two lines', 'GET / HTTP/1.1\r\n%s:\r\n ', '\r\nz: 1\r\n'],
  ['a header', 'GET / HTTP/1.1\r\n%s: ', '\r\nz: 1\r\n'],
];

describe('a secret by its name', () => {
  it.each(forms)('is taken out of %s, whatever its spelling', (_form, before, after) => {
    for (const name of names) {
      const text = `${before.replace('%s', name)}hunter2${after}`;
      const clean = redact(text);

      expect(clean).toContain('[redacted]');
      expect(clean).not.toContain('hunter2');
      expect(redact(clean)).toBe(clean);
    }
  });

  it.each([
    ['{"a":1,"password":"hun\\"ter2","z":1}', '{"a":1,"password":"[redacted]","z":1}'],
    ['{"password":"hunter2\\\\","z":1}', '{"password":"[redacted]","z":1}'],
    ['"{\\"password\\":\\"hun\\\\\\"ter2\\\\\\\\\\",\\"z\\":1}"', '"{\\"password\\":\\"[redacted]\\",\\"z\\":1}"'],
    ['{"tokens":["a]","b"],"z":["c"]}', '{"tokens":[redacted],"z":["c"]}'],
    ['https://host/?a=1&access_token=hunter2&z=1 failed', 'https://host/?a=1&access_token=[redacted]&z=1 failed'],
    [
      'https://host/?key=hunter2&code=hunter2&sig=hunter2',
      'https://host/?key=[redacted]&code=[redacted]&sig=[redacted]',
    ],
    ['Invalid API key: hunter2, try again', 'Invalid API key: [redacted], try again'],
    ['Authorization: Token hunter2\n    at read (/app.js:1:2)', 'Authorization: [redacted]\n    at read (/app.js:1:2)'],
    ['authorization: Digest username="a", response="hunter2"', 'authorization: [redacted]'],
    ['Cookie: a=hunter2; b=hunter2', 'Cookie: [redacted]'],
    ["{ authorization: 'Token hunter2', host: 'db' }", "{ authorization: '[redacted]', host: 'db' }"],
    ['password="hunter2 without an end', 'password="[redacted]'],
    ['secret: [ "hunter2", "without an end', 'secret: [redacted]'],
  ])('leaves what is beside it: %s', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  it.each([
    "Access denied for user 'app'@'db' (using password: YES)",
    'token: undefined',
    '{"password":null}',
    'Unexpected token \':\', "a:1" is not valid JSON',
    'tokenizer=standard, token_type: x, cookieDomain=a, bypass: 1, key: 5, code=ECONNREFUSED, error code: 5, primary key: id',
    'connect ECONNREFUSED http://token:3000/it',
    'JsonWebTokenError: jwt malformed at Object.token (file:///app/token.js:12:5)',
    'Key (email)=(a@b.org) already exists',
    'password=&z=1',
    'Error: invalid token:\n    at Object.token (/app/token.js:12:5)',
    'PASSWORD=\nHOST=db',
    'secret:\n  name: app\n  namespace: x',
  ])('is not seen in: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('is known by its name alone, too', () => {
    expect(names.filter((name) => !isSecretName(name))).toEqual([]);
    expect(
      ['key', 'code', 'tokenizer', 'bypass', 'author', 'secretary', 'cookieDomain', 'operation', 'user'].filter(
        isSecretName,
      ),
    ).toEqual([]);
  });
});

describe('a secret by its form', () => {
  it.each([
    ['Bearer hunter2-abc', 'Bearer [redacted]'],
    ['bearer 1|hunter2', 'bearer [redacted]'],
    ['sent Basic aHVudGVyMg==, got 401', 'sent Basic [redacted], got 401'],
    ['DPoP hunter2', 'DPoP [redacted]'],
    ['Bearer auth-hunter2', 'Bearer [redacted]'],
    [
      'Bearer authentication, Basic auth and Bearer realm="api"',
      'Bearer authentication, Basic auth and Bearer realm="api"',
    ],
    ['jwt malformed: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2ln', 'jwt malformed: [redacted]'],
    ['"fus_live_hunter2"', '"fus_live_[redacted]"'],
    ['key whsec_aHVudGVyMg==', 'key whsec_[redacted]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----', '[redacted] RSA PRIVATE KEY-----'],
    ['-----BEGIN PRIVATE KEY-----\nhunter2', '[redacted]'],
    ['mysql://root:hunter2@db:3306/app refused', 'mysql://[redacted]@db:3306/app refused'],
    ['mysql://root:hun@ter/2@db:3306/app', 'mysql://[redacted]@db:3306/app'],
    ['redis://:hunter2@cache', 'redis://[redacted]@cache'],
    ['https://hunter2@github.com/a', 'https://[redacted]@github.com/a'],
    ['https://host/?next=https://a:hunter2@other/', 'https://host/?next=https://[redacted]@other/'],
    ['https://host:3000/a@b?mail=c@d', 'https://host:3000/a@b?mail=c@d'],
    ["'http://host:3000' is not a@b", "'http://host:3000' is not a@b"],
  ])('%s', (text, clean) => {
    expect(redact(text)).toBe(clean);
    expect(redact(clean)).toBe(clean);
  });
});

it('cuts a text at 4,000 characters before it looks for secrets', () => {
  expect(redact(`${'a'.repeat(5000)} password=hunter2`)).toBe(`${'a'.repeat(4000)}…`);
});

it('takes secrets out of every text of an error', () => {
  const cause = Object.assign(new Error('client_secret=hunter2'), { code: 'token=hunter2', name: 'password=hunter2' });

  expect(JSON.stringify(describeError(new Error('refresh_token: hunter2', { cause })))).not.toContain('hunter2');
});
