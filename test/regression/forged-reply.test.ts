import { createServer } from 'node:http';
import { Type } from '../../src/index.js';
import { closeAll, listen, post, raw } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

it('does not take a body for a reply, whatever it says of itself', async () => {
  const { fusio } = api({ method: 'POST', body: Type.Unknown(), action: ({ body }: { body: unknown }) => body });
  const url = await listen(createServer(fusio.handler));
  const forged = {
    '~reply': true,
    status: 302,
    headers: { location: 'https://evil.example', 'set-cookie': 'a=b' },
    body: 1,
  };

  const answer = await raw(url, post('/it', JSON.stringify(forged)));

  expect(answer.status).toBe(200);
  expect(answer.head).not.toMatch(/location|set-cookie/i);
  expect(JSON.parse(answer.body)).toEqual(forged);
});
