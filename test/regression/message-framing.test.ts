import { respond } from '../../src/index.js';
import { closeAll } from '../support/fusio.js';
import { both, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

it('frames the message itself', async () => {
  const answer = await both({
    action: () => respond(200, { a: 1 }, { 'Content-Length': '1', 'transfer-encoding': 'chunked' }),
  });

  expect([answer.text, answer.headers.get('content-length'), answer.headers.get('transfer-encoding')]).toEqual([
    '{"a":1}',
    '7',
    null,
  ]);
});
