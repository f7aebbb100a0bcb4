import { closeAll } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

it('gives an in-process caller the JSON form of what no schema describes', async () => {
  const { fusio, handle } = api({ action: () => ({ at: new Date(0), gone: undefined }) });

  expect(await fusio.call(handle as never)).toEqual({ at: '1970-01-01T00:00:00.000Z' });
});
