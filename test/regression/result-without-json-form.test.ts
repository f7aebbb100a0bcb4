import { createFusio, type Problem } from '../../src/index.js';
import { closeAll } from '../support/fusio.js';

afterEach(closeAll);

const open = { method: 'GET', public: true } as const;

it('tells the developer which operation made a result that JSON does not have', async () => {
  const messages: unknown[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (_fields: object | string, text?: string) => messages.push(text),
  };
  const fusio = createFusio({ logger: logger as never });
  fusio.operation({ ...open, name: 'big', path: '/big', action: () => ({ n: 1n }) });

  const answer = await fusio.inject({ path: '/big' });

  expect([answer.status, answer.json<Problem>().code]).toEqual([500, 'RESULT_INVALID']);
  expect(messages).toEqual([expect.stringContaining('operation "big"')]);
});
