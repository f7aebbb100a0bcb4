import { createServer } from 'node:http';
import { createFusio } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

describe('a start and a stop', () => {
  it('that race end stopped', async () => {
    let opened: () => void = () => {};
    const opening = new Promise<void>((resolve) => {
      opened = resolve;
    });
    const fusio = createFusio({
      logger: false,
      connections: {
        slow: {
          open: async () => {
            await opening;
            return 1;
          },
        },
      },
    });
    const signals: string[] = [];
    fusio.on('started', () => signals.push('started'));

    const started = fusio.start();
    const stopped = fusio.stop();
    opened();

    await expect(started).rejects.toMatchObject({ code: 'STOPPED' });
    await stopped;
    expect(signals).toEqual([]);
  });

  it('end an event stream whose generator does not listen', async () => {
    const { fusio } = api({
      response: 'text/event-stream',
      async *action() {
        yield 1;
        await new Promise(() => {});
      },
    });
    const url = await listen(createServer(fusio.handler));
    const reader = (await fetch(`${url}/it`)).body!.getReader();
    await reader.read();

    const stopped = fusio.stop({ timeoutMs: 60_000 });

    await expect(reader.read()).rejects.toThrow();
    await stopped;
  });

  it('let an adapter call operations of its own', async () => {
    const fusio = createFusio({ logger: false });
    fusio.use(async (given) => {
      const one = given.operation({ name: 'one', method: 'GET', path: '/one', action: () => 1 });
      expect(await given.call(one)).toBe(1);
    });

    await fusio.ready();
  });
});
