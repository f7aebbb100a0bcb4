import { createServer } from 'node:http';
import { closeAll, listen } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

it.each(['sync', 'async'])('ends the connection, not the process, where a host broke writing (%s)', async (kind) => {
  const { fusio } = api({ action: kind === 'sync' ? () => 1 : async () => 1 });
  const server = createServer((request, response) => {
    const refuse = (): never => {
      throw new Error('patched');
    };
    Object.assign(response, { writeHead: refuse, setHeader: refuse });
    fusio.handler(request, response);
  });
  const url = await listen(server);

  await expect(fetch(`${url}/it`)).rejects.toThrow();
  // Nothing is under way any more.
  await fusio.stop({ timeoutMs: 60_000 });
});
