import { createDeadlines } from '../../src/pipeline/deadlines.js';
import { FakeClock } from '../http/body/support.js';

function makeDeadline(expiresAt: number, isEndless = false) {
  let expire = (_reason: string) => {};
  const expired = new Promise<string>((resolve) => {
    expire = resolve;
  });
  return { expiresAt, isEndless, expire: jest.fn(expire), expired };
}

describe('the deadlines of a fusio', () => {
  it('end what is due by the clock of that fusio', async () => {
    const clock = new FakeClock();
    const deadlines = createDeadlines(clock);
    const elsewhere = createDeadlines(new FakeClock());
    const due = makeDeadline(clock.time + 100);
    const later = makeDeadline(clock.time + 101);
    const unlimited = makeDeadline(0);
    const other = makeDeadline(clock.time + 100);
    for (const one of [due, later, unlimited]) deadlines.add(one);
    elsewhere.add(other);

    clock.time += 100;
    await expect(due.expired).resolves.toBe('time');

    for (const one of [later, unlimited, other]) expect(one.expire).not.toHaveBeenCalled();
    clock.time += 1;
    await expect(later.expired).resolves.toBe('time');
    expect(due.expire).toHaveBeenCalledTimes(1);
    deadlines.delete(unlimited);
    elsewhere.delete(other);
  });

  it('follow one that is moved while it is watched', async () => {
    const clock = new FakeClock();
    const deadlines = createDeadlines(clock);
    const moved = makeDeadline(clock.time + 1);
    const fixed = makeDeadline(clock.time + 1);
    for (const one of [moved, fixed]) deadlines.add(one);

    moved.expiresAt += 1000;
    clock.time += 1;
    await fixed.expired;

    expect(moved.expire).not.toHaveBeenCalled();
    deadlines.delete(moved);
  });

  it('have one timer for all, and none when nothing is watched', async () => {
    const start = jest.spyOn(globalThis, 'setInterval');
    const cleared = new Promise<void>((resolve) => {
      jest.spyOn(globalThis, 'clearInterval').mockImplementationOnce((timer) => {
        clearTimeout(timer as NodeJS.Timeout);
        resolve();
      });
    });
    const deadlines = createDeadlines(new FakeClock());
    const watched = [makeDeadline(2_000_000), makeDeadline(2_000_000)];

    for (const one of watched) deadlines.add(one);
    for (const one of watched) deadlines.delete(one);
    await cleared;

    expect(start).toHaveBeenCalledTimes(1);
    for (const one of watched) expect(one.expire).not.toHaveBeenCalled();
    jest.restoreAllMocks();
  });

  it('end streams of events when fusio stops, those that come later, too, and the rest when the time to drain is over', async () => {
    const deadlines = createDeadlines(new FakeClock());
    const stream = makeDeadline(0, true);
    const slow = makeDeadline(0);
    for (const one of [stream, slow]) deadlines.add(one);

    deadlines.endStreams();

    expect(stream.expire).toHaveBeenCalledWith('shutdown');
    expect(slow.expire).not.toHaveBeenCalled();
    const late = makeDeadline(0, true);
    deadlines.add(late);
    await expect(late.expired).resolves.toBe('shutdown');
    deadlines.endAll();
    expect(slow.expire).toHaveBeenCalledWith('shutdown');
  });
});
