import { fail, respond } from '../../src/index.js';
import { takeProblems } from '../support/answers.js';
import { closeAll } from '../support/fusio.js';
import { both, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

it('says what a cached operation says only of what is found, and that it is deprecated always', async () => {
  const operation = { cache: { maxAgeMs: 60_000 }, stability: 'deprecated', path: '/it' };

  const found = await both({ ...operation, action: () => 1 });
  const missing = await both({ ...operation, throws: { 404: 'No' }, action: () => respond(404, { no: 1 }) });
  const failed = await both({ ...operation, action: () => fail(404) });
  takeProblems();

  expect([found, missing, failed].map(({ headers }) => headers.get('deprecation'))).toEqual(['@0', '@0', '@0']);
  expect([found, missing, failed].map(({ headers }) => headers.get('cache-control'))).toEqual([
    'public, max-age=60',
    null,
    'no-store',
  ]);
});
