import { Type } from '../../src/index.js';
import { closeAll } from '../support/fusio.js';
import { api, both, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

const integers = { type: 'object', patternProperties: { '^x': { type: 'integer' } } };
const post = (body: object) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

it('sends no property that a record of a pattern does not declare', async () => {
  const response = Type.Record(Type.String({ pattern: '^pub' }), Type.Integer());
  const action = () => ({ pub1: 1, passwordHash: 'LEAK' });

  expect(await both({ response, action })).toMatchObject({ status: 200, text: '{"pub1":1}' });
  const { fusio, handle } = api({ response, action });
  expect(await fusio.call(handle)).toEqual({ pub1: 1 });
});

it('lets no property through to the action that no pattern declares', async () => {
  const operation = { method: 'POST', body: integers, action: ({ body }: { body: unknown }) => body };
  const init = post({ x1: 1, evil: 1 });

  const refused = await both({ ...operation, unknown: 'reject' }, init);

  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.text).errors).toEqual([
    { pointer: '/body/evil', message: 'is unknown', code: 'UNKNOWN_PROPERTY' },
  ]);
  expect((await both({ ...operation, unknown: 'drop' }, init)).text).toBe('{"x1":1}');
  expect((await both({ ...operation, unknown: 'keep' }, init)).text).toBe('{"x1":1,"evil":1}');
});
