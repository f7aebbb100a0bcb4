import { unwatch, watch } from '../../../src/http/body/sweep.js';
import { FakeClock } from './support.js';

function makeWait(clock: FakeClock, afterMs: number) {
  let expire = () => {};
  const expired = new Promise<void>((resolve) => {
    expire = resolve;
  });
  return {
    wait: {
      isLinked: false,
      previous: undefined,
      next: undefined,
      clock,
      expiresAt: clock.now() + afterMs,
      expire: jest.fn(expire),
    },
    expired,
  };
}

describe('the sweep', () => {
  const clock = new FakeClock();

  it('ends what is due, each by its own clock', async () => {
    const other = new FakeClock();
    const due = makeWait(clock, 100);
    const later = makeWait(clock, 101);
    const elsewhere = makeWait(other, 100);
    for (const { wait } of [due, later, elsewhere]) watch(wait);

    clock.time += 100;
    await due.expired;

    expect(later.wait.expire).not.toHaveBeenCalled();
    expect(elsewhere.wait.expire).not.toHaveBeenCalled();
    clock.time += 1;
    await later.expired;
    unwatch(elsewhere.wait);
  });

  it('has one timer for all, and none when there is nothing to wait for', async () => {
    const start = jest.spyOn(globalThis, 'setInterval');
    const cleared = new Promise<void>((resolve) => {
      jest.spyOn(globalThis, 'clearInterval').mockImplementationOnce((timer) => {
        clearTimeout(timer as NodeJS.Timeout);
        resolve();
      });
    });
    const waits = [makeWait(clock, 100), makeWait(clock, 100)];

    for (const { wait } of waits) watch(wait);
    for (const { wait } of waits) unwatch(wait);
    await cleared;

    expect(start.mock.calls.length).toBeLessThanOrEqual(1);
    for (const { wait } of waits) expect(wait.expire).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });
});
