import { type AnyFusio, type ApiDescription, createFusio, Type } from '../../src/index.js';
import type { OpenApiDocument } from '../../src/openapi/openapi.js';
import type { AnyOperationOptions } from '../../src/operation/options.js';
import { closeAll, closeLater } from '../support/fusio.js';
import { describedByItsApp, documentOf, operation } from './rich-api.js';

afterEach(closeAll);

const at = (document: OpenApiDocument, path: string, method: string): any => document.paths[path]?.[method];

describe('the option openapi of createFusio', () => {
  const document = documentOf(describedByItsApp);

  it('gives the document its info, servers, tags and page', () => {
    expect(document.info).toEqual(describedByItsApp.description.info);
    expect(document.servers).toEqual(describedByItsApp.description.servers);
    expect(document.externalDocs).toEqual({ url: 'https://example.com/manual' });
    // `unused` is a tag of nothing here.
    expect(document.tags).toEqual([
      { name: 'order', description: 'Orders.', externalDocs: { url: 'https://example.com/orders' } },
      { name: 'hook' },
    ]);
  });

  it('gives its security schemes, and OAuth flows the scopes of the operations', () => {
    const { session, key, login } = document.components!.securitySchemes as any;

    expect(session).toEqual({ type: 'apiKey', in: 'cookie', name: 'sid', description: 'The session.' });
    expect(key).toEqual({ type: 'apiKey', in: 'header', name: 'x-api-key' });
    expect(login.flows.clientCredentials.scopes).toEqual({ order: 'Reads and writes orders.' });
    expect(login.flows.authorizationCode.scopes).toEqual({ order: 'Mine.' });
  });

  it('asks for any one of the schemes, and for those that an operation names', () => {
    expect(at(document, '/order', 'post').security).toEqual([
      { session: ['order'] },
      { key: ['order'] },
      { login: ['order'] },
    ]);
    expect(at(document, '/order', 'get').security).toEqual([{}, { session: [] }, { key: [] }, { login: [] }]);
    expect(at(document, '/hook', 'post').security).toEqual([{ session: [], key: [] }]);
  });

  it('is that of the served document, too', async () => {
    const fusio: AnyFusio = createFusio({
      logger: false,
      docs: { path: false, title: 'Served' },
      baseUrl: 'https://example.com',
      openapi: describedByItsApp.description,
    });
    closeLater(() => fusio.stop());

    const served = (await fusio.inject({ path: '/openapi.json' })).json<OpenApiDocument>();

    expect(served.info).toMatchObject({ title: 'Served', version: '2.0.0', license: { name: 'MIT' } });
    expect(served.servers).toEqual(describedByItsApp.description.servers);
    expect(fusio.openapi({ servers: ['/x'], title: 'Mine' })).toMatchObject({
      servers: [{ url: '/x' }],
      info: { title: 'Mine' },
    });
  });

  it.each<[unknown, string]>([
    [{ inf: {} }, 'unknown option "openapi.inf" (did you mean "info"?)'],
    [{ info: { licence: { name: 'MIT' } } }, 'unknown option "openapi.info.licence" (did you mean "license"?)'],
    [{ info: { contact: { mail: 'a@b.c' } } }, 'unknown option "openapi.info.contact.mail" (did you mean "email"?)'],
    [{ info: { license: { name: 'MIT', identifier: 'MIT', url: 'https://a.b' } } }, 'an identifier or a url, not both'],
    [{ servers: ['https://a.b'] }, 'openapi.servers.0 must be an object'],
    [{ servers: [{ url: 'https://a.b/?c' }] }, 'openapi.servers.0 must be a URL without query and fragment'],
    [{ servers: [{ url: 'https://{r}.b' }] }, 'openapi.servers.0 has {r} in its URL and no such variable'],
    [{ servers: [{ url: '/a', variables: { r: { default: 'x' } } }] }, 'has the variable "r" and no {r} in its URL'],
    [
      { servers: [{ url: '/{r}', variables: { r: { default: 'x', enum: ['y'] } } }] },
      'has the variable "r" whose default "x" is not in its enum',
    ],
    [{ tags: [{ name: 'a' }, { name: 'a' }] }, 'openapi.tags has "a" twice'],
    [{ tags: [{ name: 'a', externalDoc: {} }] }, '"openapi.tags.0.externalDoc" (did you mean "externalDocs"?)'],
    [{ securitySchemes: { a: { type: 'apikey' } } }, '(did you mean "apiKey"?)'],
    [{ securitySchemes: { a: { type: 'apiKey', in: 'cookie' } } }, 'a of the type "apiKey" needs "name"'],
    [{ securitySchemes: { a: { type: 'http', scheme: 'basic', name: 'x' } } }, 'a of the type "http" has no "name"'],
    [{ securitySchemes: { 'a b': { type: 'mutualTLS' } } }, 'must have a name of letters'],
    [{ securitySchemes: { a: { type: 'oauth2', flows: {} } } }, 'a needs one of implicit, password'],
    [
      { securitySchemes: { a: { type: 'oauth2', flows: { clientCredential: {} } } } },
      '"openapi.securitySchemes.a.flows.clientCredential" (did you mean "clientCredentials"?)',
    ],
    [
      { securitySchemes: { a: { type: 'oauth2', flows: { authorizationCode: { tokenUrl: '/t' } } } } },
      'a needs flows.authorizationCode.authorizationUrl',
    ],
    [{ externalDocs: { url: 'a page' } }, 'openapi.externalDocs.url'],
  ])('refuses %j', (openapi, message) => {
    const make = () => createFusio({ openapi: openapi as ApiDescription });

    expect(make).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    expect(make).toThrow(message);
  });
});

describe('the option openapi of an operation', () => {
  const document = documentOf(describedByItsApp);
  const { responses } = at(document, '/order', 'post');

  it('adds header fields and links to the answer of a status', () => {
    expect(responses[201]).toMatchObject({
      description: 'The order was taken.',
      headers: {
        'X-Request-Id': { $ref: '#/components/headers/RequestId' },
        Location: { description: 'URL of the order.', schema: { type: 'string' } },
        'X-Queue': { description: 'Place in the queue.', schema: { type: 'integer' }, required: true },
      },
      links: { get: { operationId: 'order.list' } },
    });
    expect(responses[429].headers['Retry-After']).toEqual({ description: 'Seconds.', schema: { type: 'string' } });
  });

  it('adds media types to what is declared, and stands for what is not', () => {
    expect(responses[201].content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/Order' } },
      'text/csv': { schema: { type: 'string' }, example: 'id\n1' },
    });
    expect(at(document, '/order', 'get').responses[200].content).toEqual({
      'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Order' } } },
      'text/csv': { schema: { type: 'string' } },
      'image/png': { schema: { type: 'string', format: 'binary' } },
    });
  });

  it('keeps the problem of a status that is thrown', () => {
    expect(Object.keys(responses[429].content)).toEqual(['application/problem+json', 'text/plain']);
  });

  it('adds callbacks and a page', () => {
    expect(at(document, '/order', 'post')).toMatchObject({
      externalDocs: { url: 'https://example.com/order' },
      callbacks: { taken: { '{$request.query.url}': { post: { responses: { 200: { description: 'Thanks.' } } } } } },
    });
  });

  it.each<[Partial<AnyOperationOptions>, string]>([
    [{ openapi: { respones: {} } as never }, 'unknown option "openapi.respones" (did you mean "responses"?)'],
    [
      { openapi: { responses: { 200: { header: {} } } } as never },
      'unknown option "openapi.responses.200.header" (did you mean "headers"?)',
    ],
    [
      { openapi: { responses: { 200: { headers: { A: { shema: {} } } } } } as never },
      'unknown option "openapi.responses.200.headers.A.shema" (did you mean "schema"?)',
    ],
    [
      { openapi: { responses: { 201: {} } } },
      'operation "it": openapi.responses.201: the operation declares 200, 204; add 201 to response or throws',
    ],
    [{ openapi: { responses: { 204: {} } }, response: Type.String() }, 'the operation declares 200; add 204'],
    [{ openapi: { responses: { 204: { content: { 'text/csv': {} } } } } }, 'openapi.responses.204: 204 has no content'],
    [{ openapi: { responses: { 200: { content: { csv: {} } } } } }, '"csv" is no media type like "text/csv"'],
    [{ openapi: { responses: { 200: { headers: { 'a b': 'x' } } } } }, '"a b" cannot be the name of a header field'],
    [
      { openapi: { security: [{ sesion: [] }] } },
      'openapi.security names "sesion", which is not among the securitySchemes of createFusio (did you mean "session"?)',
    ],
    [{ openapi: { callbacks: { a: 'x' } } as never }, 'openapi.callbacks.a must be an object'],
  ])('is refused with the fix: %j', (options, message) => {
    const { securitySchemes } = describedByItsApp.description;
    const make = () =>
      documentOf({ operations: [operation({ name: 'it', ...options })], description: { securitySchemes } });

    expect(make).toThrow(expect.objectContaining({ code: 'OPERATION_INVALID' }));
    expect(make).toThrow(message);
  });
});

it('gives other statuses no description by an undefined option', () => {
  const openapi = { info: undefined, tags: undefined, securitySchemes: undefined } as never;

  expect(createFusio({ openapi }).openapi()).toEqual(createFusio().openapi());
});
