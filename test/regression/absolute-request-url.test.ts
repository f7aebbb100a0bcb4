import { createServer } from 'node:http';
import { closeAll, listen, raw } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

it('takes the absolute form of a URL', async () => {
  const url = await listen(createServer(api({ action: () => 1 }).fusio.handler));

  expect((await raw(url, 'GET http://x/it?a=1 HTTP/1.1\r\nhost: x\r\n\r\n')).status).toBe(200);
});
