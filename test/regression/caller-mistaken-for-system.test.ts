import { createFusio, type OpenApiDocument } from '../../src/index.js';
import { closeAll } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

describe('who calls', () => {
  it('is not the system because `as` came undefined or mistyped', async () => {
    const { fusio, handle } = api({ public: false, action: () => 'secret' });
    const call = fusio.call as (handle: unknown, input: unknown, options: unknown) => Promise<unknown>;

    await expect(call(handle, {}, { as: undefined })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    await expect(call(handle, {}, { sa: {} })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    await expect(fusio.inject({ path: '/it', as: undefined } as never)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
    });
  });

  it('with the scope * sees no more in the documents than its scopes cover', async () => {
    const fusio = createFusio({
      logger: false,
      docs: { path: false },
      authenticate: ({ headers }) => (headers.authorization ? { user: { id: '1' }, scopes: ['*'] } : null),
    });
    fusio.operation({ name: 'secret', method: 'GET', path: '/secret', scopes: ['admin'], action: () => 1 });

    await fusio.inject({ path: '/openapi.json' });
    const seen = await fusio.inject({ path: '/openapi.json', headers: { authorization: 'x' } });

    expect(Object.keys(seen.json<OpenApiDocument>().paths)).toEqual([]);
  });
});
