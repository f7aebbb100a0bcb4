import { FusioError, fail } from '../../src/index.js';
import { closeAll } from '../support/fusio.js';
import { api, both, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

describe('a throw', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  it.each([
    [
      'a revoked proxy',
      () => {
        throw revoked.proxy;
      },
      500,
    ],
    [
      'a proxy that will not be asked',
      () => {
        throw new Proxy(
          {},
          {
            has() {
              throw new Error('has');
            },
          },
        );
      },
      500,
    ],
    [
      'a forged brand',
      () => {
        throw { [Symbol.for('fusio.error')]: 1 };
      },
      500,
    ],
    ['further members with a bigint', () => fail(400, 'x', { extra: { n: 1n } }), 400],
    ['further members in a circle', () => fail(400, 'x', { extra: circle }), 400],
    ['headers that are none', () => fail(400, 'x', { headers: { a: null, b: {}, c: 'x\r\ny' } as never }), 400],
    [
      'a code that is no text',
      () => {
        throw new FusioError(42 as never, 'x');
      },
      500,
    ],
    ['a status of success', () => fail(200), 500],
    ['a status that is not final', () => fail(101), 500],
    ['Response.error()', () => Response.error(), 500],
    [
      'headers of another answer',
      () => {
        throw Object.assign(new Error('m'), {
          status: 404,
          headers: { 'content-length': '5', 'transfer-encoding': 'chunked', 'set-cookie': 'a=b' },
        });
      },
      404,
    ],
  ])('of %s is a clean problem', async (_title, action, status) => {
    for (const run of [action, async () => action()]) {
      const answer = await both({ action: run });

      expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
      expect(JSON.parse(answer.text).status).toBe(status);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
  });

  it('of a 401 carries WWW-Authenticate', async () => {
    expect((await both({ action: () => fail(401) })).headers.get('www-authenticate')).toBe('Bearer realm="fusio"');
  });

  it('tells the log no secret in its message either', async () => {
    const texts: string[] = [];
    const note = (fields: object | string, text?: string) => void texts.push(JSON.stringify([fields, text]));
    const { fusio } = api(
      {
        action: () => {
          throw Object.assign(new Error('connect mysql://root:hunter2@db failed'), { status: 503 });
        },
      },
      { logger: { debug: note, info: note, warn: note, error: note } },
    );

    await fusio.inject({ path: '/it' });

    expect(texts.join()).not.toContain('hunter2');
  });
});
