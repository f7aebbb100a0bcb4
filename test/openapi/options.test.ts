import { type AnyFusio, createFusio, type FusioOptions } from '../../src/index.js';
import { closeAll, closeLater } from '../support/fusio.js';

afterEach(closeAll);

function fusioWith(options: FusioOptions = {}): AnyFusio {
  const fusio: AnyFusio = createFusio({ logger: false, ...options });
  closeLater(() => fusio.stop());
  return fusio;
}

describe('fusio.openapi()', () => {
  it.each<[object, string]>([
    [{ titel: 'x' }, 'openapi: unknown option "titel" (did you mean "title"?)'],
    [{ version: 3 }, 'openapi: version must be a string'],
    [{ servers: 'https://a.b' }, 'openapi: servers must be an array'],
    [{ servers: ['not a url {'] }, 'got "not a url {"'],
    [{ servers: ['https://a.b/?c'] }, 'servers must be URLs without query and fragment'],
    [{ servers: ['https://:'] }, 'got "https://:"'],
  ])('refuses %j', (options, message) => {
    const write = () => fusioWith().openapi(options);

    expect(write).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    expect(write).toThrow(message);
  });

  it.each(['https://a.b:8080/api', '/api', '/', '', './v%201', 'http://[::1]:3000'])('takes the server "%s"', (url) => {
    expect(fusioWith().openapi({ servers: [url] }).servers).toEqual([{ url: url || '/' }]);
  });
});

describe('the option docs', () => {
  it('gives the served document its title and version', async () => {
    const fusio = fusioWith({ docs: { path: false, title: 'Todos', version: '2.1.0' } });

    const answer = await fusio.inject({ method: 'GET', path: '/openapi.json' });

    expect(answer.json()).toMatchObject({ info: { title: 'Todos', version: '2.1.0' } });
  });

  it('says how to write a path that ends in a slash', () => {
    expect(() => fusioWith({ docs: { path: '/docs/' } })).toThrow(
      'createFusio: docs.path must not end in "/": write "/docs"',
    );
  });
});

describe('the option baseUrl', () => {
  it.each<[string, string]>([
    ['https://a.b/api?x=1', 'baseUrl must have no query and no fragment'],
    ['https://a.b/api#x', 'baseUrl must have no query and no fragment'],
    ['https://me:secret@a.b/api', 'baseUrl must have no user and no password: the documents show it'],
    ['ftp://a.b', 'baseUrl must begin with http:// or https://'],
  ])('refuses %s', (baseUrl, message) => {
    expect(() => fusioWith({ baseUrl })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', message: `createFusio: ${message}` }),
    );
  });

  it('loses the slash at its end', () => {
    expect(fusioWith({ baseUrl: 'https://a.b/api/' }).openapi().servers).toEqual([{ url: 'https://a.b/api' }]);
  });
});
