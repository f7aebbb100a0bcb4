import { fakeClock } from '../../src/testing/index.js';
import { closeAll } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

describe('the signal', () => {
  it('has aborted when it is looked at too late', async () => {
    const clock = fakeClock();
    let look: () => AbortSignal = () => new AbortController().signal;
    const { fusio } = api(
      {
        timeoutMs: 1_000,
        action: (_request: unknown, context: { signal: AbortSignal }) => {
          look = () => context.signal;
          setImmediate(() => clock.advance(1_000));
          return new Promise(() => {});
        },
      },
      { clock },
    );

    await fusio.inject({ path: '/it' });

    expect(look().aborted).toBe(true);
    expect(look().reason).toMatchObject({ code: 'ACTION_TIMEOUT' });
  });
});
