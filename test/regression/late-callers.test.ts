import { fakeClock } from '../../src/testing/index.js';
import { closeAll } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

describe('who comes too late', () => {
  it('does not run the action: the caller was identified after the answer', async () => {
    const clock = fakeClock();
    const action = jest.fn(() => 1);
    let identify: () => void = () => {};
    const authenticate = () =>
      new Promise<null>((resolve) => {
        identify = () => resolve(null);
        // The limit counts from the first thing that is waited for.
        setImmediate(() => clock.advance(1_000));
      });
    const { fusio } = api({ timeoutMs: 1_000, action }, { clock, authenticate });

    expect((await fusio.inject({ path: '/it' })).status).toBe(504);
    identify();
    await new Promise((resolve) => setImmediate(resolve));

    expect(action).not.toHaveBeenCalled();
  });

  it('is a thenable that calls back a second time', async () => {
    const { fusio } = api({
      action: () => ({
        // biome-ignore lint/suspicious/noThenProperty: that is what is tried
        then(done: (value: unknown) => void, failed: (error: unknown) => void) {
          done({ a: 1 });
          failed(new Error('too late'));
          done({ a: 2 });
        },
      }),
    });

    expect((await fusio.inject({ path: '/it' })).json()).toEqual({ a: 1 });
  });
});
