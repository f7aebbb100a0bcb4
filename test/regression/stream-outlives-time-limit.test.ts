import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { createFusio } from '../../src/index.js';
import { fakeClock } from '../../src/testing/index.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

const open = { method: 'GET', public: true } as const;

it('does not abort a stream because the time of the action that made it is up', async () => {
  const clock = fakeClock();
  const fusio = createFusio({ logger: false, clock });
  let signal: AbortSignal | undefined;
  let push: (text: string | null) => void = () => {};
  fusio.operation({
    ...open,
    name: 'stream',
    path: '/stream',
    timeoutMs: 300,
    response: 'text/plain',
    action: async (_request, context) => {
      signal = context.signal;
      const stream = new Readable({ read() {} });
      push = (text) => void stream.push(text);
      push('first ');
      return stream;
    },
  });
  fusio.operation({ ...open, name: 'wait', path: '/wait', timeoutMs: 300, action: () => new Promise(() => {}) });
  const url = await listen(createServer(fusio.handler));

  const answer = await fetch(`${url}/stream`);
  const witness = fetch(`${url}/wait`);
  // Answered by a server that has begun with the one before.
  await fetch(`${url}/none`);
  clock.advance(10_000);
  // The call beside it was ended: the time was looked at.
  expect((await witness).status).toBe(504);
  push('last');
  push(null);

  expect(await answer.text()).toBe('first last');
  expect(signal?.aborted).toBe(false);
});
