import { createServer } from 'node:http';
import { fakeClock } from '../../src/testing/index.js';
import { closeAll, listen } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

describe('a hook of the host', () => {
  it('for the address may break: the call goes on without', async () => {
    const seen: unknown[] = [];
    const note = (fields: object | string) => void seen.push(Object(fields).ip);
    const { fusio } = api(
      { action: (_request: unknown, { ip }: { ip?: string }) => ip ?? 'unknown' },
      {
        clientIp: () => {
          throw new Error('no');
        },
        logger: { debug: note, info: note, warn: note, error: note },
      },
    );
    const url = await listen(createServer(fusio.handler));

    expect(await (await fetch(`${url}/it`)).json()).toBe('unknown');
    expect(await (await fusio.fetch(new Request('http://x/it'))).json()).toBe('unknown');
    expect(seen.filter((ip) => ip !== undefined)).toEqual([]);
  });

  it('that never answers ends with the time of the operation', async () => {
    const clock = fakeClock();
    const { fusio } = api(
      { timeoutMs: 1_000, action: () => 1 },
      { clock, authenticate: () => new Promise(() => setImmediate(() => clock.advance(1_000))) },
    );

    expect((await fusio.inject({ path: '/it' })).status).toBe(504);
  });
});
