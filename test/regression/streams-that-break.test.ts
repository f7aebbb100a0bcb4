import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { respond, Type } from '../../src/index.js';
import { fakeClock } from '../../src/testing/index.js';
import { closeAll, listen } from '../support/fusio.js';
import { api, both, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

const broken = () =>
  new Readable({
    read() {
      this.destroy(new Error('ENOENT /secret'));
    },
  });

describe('a stream', () => {
  it.each([
    ['of texts is sent', () => Readable.from(['a', 'b']), 200, 'ab'],
    ['of objects is refused', () => Readable.from([{ a: 1 }]), 500, undefined],
    ['that breaks at once is a problem', broken, 500, undefined],
    ['with 204 is let go', () => respond(204, broken()), 204, ''],
  ])('%s', async (_title, action, status, text) => {
    const answer = await both({ action });

    expect(answer.status).toBe(status);
    if (text !== undefined) expect(answer.text).toBe(text);
    expect(answer.text).not.toContain('/secret');
  });

  it('beside a response schema is refused and let go', async () => {
    const stream = broken();

    const answer = await both({ response: Type.Object({}), action: () => stream });

    expect([answer.status, stream.destroyed]).toEqual([500, true]);
  });

  it('is let go for HEAD, whatever it says to that', async () => {
    const action = () => new Readable({ read() {}, destroy: (_error, done) => done(new Error('late')) });

    expect((await both({ action }, { method: 'HEAD' })).status).toBe(200);
  });

  it('of events runs through fetch and inject as well', async () => {
    const { fusio } = api({
      response: 'text/event-stream',
      async *action() {
        yield 1;
      },
    });

    expect(await (await fusio.fetch(new Request('http://x/it'))).text()).toBe('data: 1\n\n');
    const injected = await fusio.inject({ path: '/it' });
    expect([injected.text(), injected.headers.get('cache-control')]).toEqual(['data: 1\n\n', 'no-store, no-transform']);
  });

  it('that never speaks ends with its time', async () => {
    const clock = fakeClock();
    const silent = new Readable({ read() {} });
    const { fusio } = api({ timeoutMs: 1_000, action: () => silent }, { clock });

    const answer = fusio.inject({ path: '/it' });
    setImmediate(() => clock.advance(1_000));

    expect([(await answer).status, silent.destroyed]).toEqual([504, true]);
  });

  it('that never speaks ends with its caller', async () => {
    let made: (stream: Readable) => void = () => {};
    const stream = new Promise<Readable>((resolve) => {
      made = resolve;
    });
    const { fusio } = api({
      action: () => {
        const silent = new Readable({ read() {} });
        made(silent);
        return silent;
      },
    });
    const url = await listen(createServer(fusio.handler));
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /it HTTP/1.1\r\nhost: x\r\n\r\n');

    const silent = await stream;
    const closed = new Promise((resolve) => silent.on('close', resolve));
    socket.destroy();

    await closed;
    await fusio.stop();
  });

  it('of an action that was too late is let go', async () => {
    const clock = fakeClock();
    const late = broken();
    let finish: () => void = () => {};
    const { fusio } = api(
      {
        timeoutMs: 1_000,
        action: () =>
          new Promise((resolve) => {
            finish = () => resolve(late);
            setImmediate(() => clock.advance(1_000));
          }),
      },
      { clock },
    );

    expect((await fusio.inject({ path: '/it' })).status).toBe(504);
    finish();
    await new Promise((resolve) => setImmediate(resolve));

    expect(late.destroyed).toBe(true);
  });
});
