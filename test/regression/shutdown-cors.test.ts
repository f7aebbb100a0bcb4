import { createServer } from 'node:http';
import { createFusio } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

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
    const url = await listen(createServer((await stopped()).handler));

    const response = await fetch(`${url}/ping`, { headers });

    expect(response.status).toBe(503);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('connection')).toBe('close');
  });
});
