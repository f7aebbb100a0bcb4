import { createFusio, type FusioOptions } from '../../src/index.js';

type Cors = NonNullable<FusioOptions['cors']>;

function api(cors: Cors) {
  const fusio = createFusio({ logger: false, cors });
  fusio.operation({ name: 'read', method: 'GET', path: '/it', public: true, action: () => 1 });
  fusio.operation({ name: 'write', method: 'PUT', path: '/it', public: true, action: () => 1 });
  return fusio;
}

/** The fields of an answer that have to do with CORS. */
async function fieldsOf(cors: Cors, method: string, headers: Record<string, string>, path = '/it') {
  const answer = await api(cors).fetch(new Request(`http://x${path}`, { method, headers }));
  const fields = [...answer.headers].filter(([name]) => name.startsWith('access-control') || name === 'vary');
  return { status: answer.status, ...Object.fromEntries(fields) };
}

const exposed = 'x-request-id, retry-after, deprecation, sunset';
const named = { origins: ['https://app.example', /^https:\/\/\w+\.example\.org$/] };

describe('the answer to a request of another origin', () => {
  it.each([true, { origins: '*' }] satisfies Cors[])('lets any origin read with %j', async (cors) => {
    expect(await fieldsOf(cors, 'GET', { origin: 'https://any.example' })).toEqual({
      status: 200,
      'access-control-allow-origin': '*',
      'access-control-expose-headers': exposed,
    });
  });

  it.each(['https://app.example', 'https://a.example.org'])('lets the named origin %s read', async (origin) => {
    expect(await fieldsOf(named, 'GET', { origin })).toEqual({
      status: 200,
      vary: 'origin',
      'access-control-allow-origin': origin,
      'access-control-expose-headers': exposed,
    });
  });

  it.each(['https://other.example', 'https://a.example.org.evil.example', 'null'])(
    'lets %s not read, and tells caches that origins differ',
    async (origin) => {
      expect(await fieldsOf(named, 'GET', { origin })).toEqual({ status: 200, vary: 'origin' });
    },
  );

  it('fits pages, too, where a cache keeps it for a request that names no origin', async () => {
    expect(await fieldsOf(named, 'GET', {})).toEqual({ status: 200, vary: 'origin' });
    expect(await fieldsOf({ ...named, credentials: true }, 'GET', {})).toEqual({ status: 200, vary: 'origin' });
    for (const [path, status] of [
      ['/it', 200],
      ['/nothing', 404],
    ] as const) {
      expect(await fieldsOf(true, 'GET', {}, path)).toEqual({
        status,
        'access-control-allow-origin': '*',
        'access-control-expose-headers': exposed,
      });
    }
  });

  it('allows credentials, and exposes further headers once each, where the options say so', async () => {
    const cors = { ...named, credentials: true, exposeHeaders: ['X-Total', 'sunset'] };

    expect(await fieldsOf(cors, 'GET', { origin: 'https://app.example' })).toMatchObject({
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': `${exposed}, X-Total`,
    });
    expect(await fieldsOf(cors, 'GET', { origin: 'https://other.example' })).toEqual({ status: 200, vary: 'origin' });
  });

  it('is the same for a path that is not there', async () => {
    expect(await fieldsOf(true, 'GET', { origin: 'https://any.example' }, '/nothing')).toEqual({
      status: 404,
      'access-control-allow-origin': '*',
      'access-control-expose-headers': exposed,
    });
  });
});

describe('a preflight', () => {
  const ask = (headers: Record<string, string> = {}) => ({
    origin: 'https://app.example',
    'access-control-request-method': 'PUT',
    ...headers,
  });

  it('is told the methods of the path and how long that holds', async () => {
    const fields = await fieldsOf(named, 'OPTIONS', ask());

    expect(fields).toMatchObject({
      status: 204,
      vary: 'origin',
      'access-control-allow-origin': 'https://app.example',
      'access-control-max-age': '600',
    });
    const methods = (fields as Record<string, unknown>)['access-control-allow-methods'] as string;
    expect(methods.split(', ')).toEqual(expect.arrayContaining(['GET', 'PUT']));
    expect(fields).not.toHaveProperty('access-control-allow-headers');
  });

  it('rounds the time down to seconds', async () => {
    expect(await fieldsOf({ ...named, maxAgeMs: 1999 }, 'OPTIONS', ask())).toMatchObject({
      'access-control-max-age': '1',
    });
  });

  it.each(['x-a', 'X-A, content-type, x_b', `x${'a'.repeat(999)}`])('may send the headers %s', async (wanted) => {
    expect(await fieldsOf(true, 'OPTIONS', ask({ 'access-control-request-headers': wanted }))).toMatchObject({
      'access-control-allow-headers': wanted,
    });
  });

  it.each([`x${'a'.repeat(1000)}`, 'x;y', '$x', 'x$'])(
    'is not told that it may send the headers %s',
    async (wanted) => {
      const fields = await fieldsOf(true, 'OPTIONS', ask({ 'access-control-request-headers': wanted }));

      expect(fields).toMatchObject({ status: 204, 'access-control-max-age': '600' });
      expect(fields).not.toHaveProperty('access-control-allow-headers');
    },
  );

  it('of an origin that is not let in is told nothing', async () => {
    expect(await fieldsOf(named, 'OPTIONS', ask({ origin: 'https://other.example' }))).toEqual({
      status: 204,
      vary: 'origin',
    });
  });

  it('is only what says so: another OPTIONS is told the methods without a time', async () => {
    const fields = await fieldsOf(true, 'OPTIONS', { origin: 'https://app.example' });

    expect(fields).toMatchObject({ status: 204, 'access-control-allow-origin': '*' });
    expect(fields).not.toHaveProperty('access-control-max-age');
  });
});

describe('the option cors', () => {
  const origins = 'cors.origins must be "*" or an array of texts and of patterns without the flags g and y';
  it.each([
    [{ origins: 'https://app.example' }, origins],
    [{ origins: ['a', 7] }, origins],
    [{ origins: [/a/g] }, origins],
    [{ origins: [/a/y] }, origins],
    [{ origins: '*', exposeHeaders: ['x y'] }, 'cors.exposeHeaders must be names of headers'],
    [{ origins: '*', exposeHeaders: ['x', 'y z'] }, 'cors.exposeHeaders must be names of headers'],
    [{ origins: '*', exposeHeaders: [''] }, 'cors.exposeHeaders must be names of headers'],
    [{ origins: '*', credentials: true }, 'cors.credentials needs cors.origins to be named, not "*"'],
  ])('refuses %j', (cors, message) => {
    expect(() => api(cors as Cors)).toThrow(message);
  });

  it.each([
    { origins: ['a'], maxAgeMs: -1 },
    { origins: ['a'], maxAgeMs: 1.5 },
    { origins: ['a'], credentials: 1 },
    { origins: ['a'], exposeHeaders: 'x' },
    { origins: ['a'], exposeHeaders: [7] },
    { origins: ['a'], more: 1 },
    {},
    'yes',
  ])('refuses %j by its type', (cors) => {
    expect(() => api(cors as never)).toThrow(/cors/);
  });

  it('takes every character of a header name and patterns with other flags', async () => {
    const cors = { origins: [/^HTTPS:\/\/APP\.EXAMPLE$/i], exposeHeaders: ["aZ0_!#$%&'*+.^`|~-"], maxAgeMs: 0 };

    expect(await fieldsOf(cors, 'GET', { origin: 'https://app.example' })).toMatchObject({
      'access-control-expose-headers': `${exposed}, aZ0_!#$%&'*+.^\`|~-`,
    });
  });

  it('is off without being given: no field, and OPTIONS with a request method is no preflight', async () => {
    for (const cors of [false, undefined as never]) {
      const fields = await fieldsOf(cors, 'OPTIONS', {
        origin: 'https://app.example',
        'access-control-request-method': 'GET',
      });
      expect(fields).toEqual({ status: 204 });
    }
  });
});
