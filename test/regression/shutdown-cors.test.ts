import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFusio } from '../../src/index.js';

// A browser shows "network error" in place of a 503 without these headers; over `fetch` they were missing.
describe('the 503 after stop(), where cors is on', () => {
  async function stopped() {
    const fusio = createFusio({ cors: true, logger: false });
    fusio.operation({ name: 'ping', method: 'GET', path: '/ping', public: true, action: () => 'pong' });
    await fusio.stop();
    return fusio;
  }
  const headers = { origin: 'https://app.example' };

  it('has the CORS headers over fetch', async () => {
    const { fetch } = await stopped();

    const response = await fetch(new Request('http://api.example/ping', { headers }));

    expect(response.status).toBe(503);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('retry-after')).toBe('5');
  });

  it('has them over node:http', async () => {
    const server = createServer((await stopped()).handler).listen(0, '127.0.0.1');
    await once(server, 'listening');

    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ping`, { headers });
    server.close();

    expect(response.status).toBe(503);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('connection')).toBe('close');
  });
});
