import { randomUUID } from 'node:crypto';
import type { Database } from '../../src/store/database.js';
import {
  dropKey,
  findKey,
  insertKey,
  type KeyClaim,
  keepAnswer,
  sweepKeys,
  takeKey,
} from '../../src/store/idempotency.js';
import { places, storeOf } from '../support/store.js';

const claim: KeyClaim = {
  id: 'key-1',
  operation: 'createOrder',
  fingerprint: 'of the body',
  token: 'first',
  leaseMs: 30_000,
  keepMs: 60_000,
};

describe.each(places)('the keys in $name', ({ place }) => {
  let database: Database | undefined;

  beforeEach(async () => {
    const store = await place();
    database = store === undefined ? undefined : await storeOf({ store }).use();
  });

  it('has one row for a key, that of the request which came first', async () => {
    await database?.run((executor) => insertKey(executor, claim));
    await database?.run((executor) => insertKey(executor, { ...claim, token: 'second', fingerprint: 'another' }));

    const state = await database?.run((executor) => findKey(executor, 'key-1'));

    if (!database) return;
    expect(state).toMatchObject({
      token: 'first',
      fingerprint: 'of the body',
      status: null,
      answer: null,
      isOver: false,
    });
    expect(state?.leaseMs).toBeGreaterThan(20_000);
    expect(state?.leaseMs).toBeLessThanOrEqual(30_000);
  });

  it('takes an answer from the run that has the key, and from no other', async () => {
    if (!database) return;
    await database.run((executor) => insertKey(executor, claim));
    const answer = { status: 201, answer: JSON.stringify({ title: 'Zürich 🚲' }) };

    expect(await database.run((executor) => keepAnswer(executor, { ...claim, token: 'other' }, answer))).toBe(false);
    expect(await database.run((executor) => keepAnswer(executor, claim, answer))).toBe(true);

    expect(await database.run((executor) => findKey(executor, 'key-1'))).toMatchObject(answer);
  });

  it('gives a key to one of many that take it over', async () => {
    if (!database) return;
    const { run } = database;
    await run((executor) => insertKey(executor, { ...claim, leaseMs: -1 }));
    const tokens = Array.from({ length: 8 }, () => randomUUID().slice(0, 22));

    const took = await Promise.all(
      tokens.map((token) => run((executor) => takeKey(executor, { ...claim, token }, 'first'))),
    );

    expect(took.filter(Boolean)).toHaveLength(1);
    expect(await run((executor) => findKey(executor, 'key-1'))).toMatchObject({ token: tokens[took.indexOf(true)] });
    expect((await run((executor) => findKey(executor, 'key-1')))?.leaseMs).toBeGreaterThan(20_000);
  });

  it('forgets a key of a run without an answer', async () => {
    if (!database) return;
    const { run } = database;
    await run((executor) => insertKey(executor, claim));

    await run((executor) => dropKey(executor, { ...claim, token: 'other' }));
    expect(await run((executor) => findKey(executor, 'key-1'))).toBeDefined();
    await run((executor) => dropKey(executor, claim));

    expect(await run((executor) => findKey(executor, 'key-1'))).toBeUndefined();
  });

  it('sweeps keys that are over, in portions', async () => {
    if (!database) return;
    const { run } = database;
    for (let index = 0; index < 5; index++) {
      await run((executor) => insertKey(executor, { ...claim, id: `over-${index}`, keepMs: -1 }));
    }
    await run((executor) => insertKey(executor, claim));

    expect(await run((executor) => findKey(executor, 'over-0'))).toMatchObject({ isOver: true });
    expect(await run((executor) => sweepKeys(executor, 3))).toBe(3);
    expect(await run((executor) => sweepKeys(executor, 3))).toBe(2);
    expect(await run((executor) => sweepKeys(executor, 3))).toBe(0);
    expect(await run((executor) => findKey(executor, 'key-1'))).toBeDefined();
  });
});
