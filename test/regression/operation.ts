import { createServer } from 'node:http';
import { createFusio, type FusioOptions } from '../../src/index.js';
import { listen } from '../support/fusio.js';

type Registered = Parameters<ReturnType<typeof createFusio>['operation']>[0];

/** Registers one public operation at `/it`. Takes options that the types refuse, as JavaScript callers may write them. */
export function api(operation: Record<string, unknown>, options: FusioOptions = {}) {
  const fusio = createFusio({ logger: false, ...options });
  const handle = fusio.operation({
    name: 'it',
    method: 'GET',
    path: '/it',
    public: true,
    ...operation,
  } as unknown as Registered);
  return { fusio, handle };
}

/** Fails each test of a file after which an exception or a rejection was left without a handler. */
export function failOnUncaught(): void {
  const uncaught: unknown[] = [];
  const keep = (error: unknown) => void uncaught.push(error);
  beforeAll(() => void process.on('uncaughtException', keep).on('unhandledRejection', keep));
  afterAll(() => void process.off('uncaughtException', keep).off('unhandledRejection', keep));
  afterEach(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(uncaught.splice(0)).toEqual([]);
  });
}

/** Gives the answer of one operation, after it was the same over `node:http` and over `fetch`. */
export async function both(operation: Record<string, unknown>, init: RequestInit = {}) {
  const { fusio } = api(operation);
  const url = await listen(createServer(fusio.handler));
  const answers = [await fetch(`${url}/it`, init), await fusio.fetch(new Request('http://x/it', init))];
  const seen = await Promise.all(
    answers.map(async (answer) => ({ status: answer.status, text: await answer.text(), headers: answer.headers })),
  );
  expect(seen[1]!.status).toBe(seen[0]!.status);
  // An invocation that is left would keep it waiting beyond the time of the test.
  await fusio.stop({ timeoutMs: 600_000 });
  return seen[0]!;
}
