import { Registry } from 'prom-client';
import { http } from '../../src/connections/http.js';
import { sqlite } from '../../src/connections/sqlite.js';
import { createFusio } from '../../src/index.js';

// JavaScript and types without `exactOptionalPropertyTypes` pass options that are there and undefined: the default applies.
describe('an option that is undefined', () => {
  it('is a default of cors', async () => {
    const fusio = createFusio({
      logger: false,
      cors: { origins: '*', credentials: undefined, maxAgeMs: undefined, exposeHeaders: undefined } as never,
    });
    fusio.operation({ name: 'one', method: 'GET', path: '/one', public: true, action: () => 1 });

    const preflight = await fusio.fetch(
      new Request('http://x/one', {
        method: 'OPTIONS',
        headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' },
      }),
    );

    expect(preflight.headers.get('access-control-max-age')).toBe('600');
    expect(preflight.headers.get('access-control-expose-headers')).toContain('x-request-id');
  });

  it('is a default of telemetry.prometheus', () => {
    const prometheus = { registry: new Registry(), path: undefined, scopes: undefined, public: undefined } as never;
    const fusio = createFusio({ logger: false, telemetry: { openTelemetry: false, prometheus } });

    expect(fusio.operations().map(({ name, path, scopes }) => [name, path, scopes])).toEqual([
      ['fusio.metrics', '/metrics', ['metrics']],
    ]);
  });

  it('is a default of sqlite()', () => {
    expect(() => sqlite({ file: ':memory:', readOnly: undefined, timeoutMs: undefined } as never)).not.toThrow();
  });

  it('is a default of http(), and not one of axios', async () => {
    const options = { maxRedirects: undefined, proxy: undefined, allowAbsoluteUrls: undefined, timeout: undefined };
    const client = await http({ baseURL: 'https://api.example', ...options } as never).open();

    expect(client.defaults).toMatchObject({ maxRedirects: 0, proxy: false, allowAbsoluteUrls: false, timeout: 10_000 });
  });
});
