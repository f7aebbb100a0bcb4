import { createFusio, errors, FusioError, type Logger } from '../../src/index.js';

const mistakes = Object.entries(errors)
  .slice(Object.keys(errors).indexOf('OPTIONS_INVALID'))
  .map(([code]) => code);

describe('a mistake of the developer that is found during a call', () => {
  it.each(mistakes)('of the code %s is the plain 500, and whole in the log', async (code) => {
    const logged: unknown[] = [];
    const error = (...entry: unknown[]) => void logged.push(entry);
    const logger: Logger = { debug() {}, info() {}, warn() {}, error };
    const fusio = createFusio({ logger });
    const it = fusio.operation({
      name: 'it',
      method: 'GET',
      path: '/it',
      public: true,
      action() {
        throw new FusioError(code, 'what the developer has to mend');
      },
    });

    const answer = (await fusio.inject({ path: '/it' })).json<object>();

    expect(answer).toMatchObject({ status: 500, code: 'INTERNAL_ERROR', detail: 'An unexpected error occurred' });
    expect(JSON.stringify(logged)).toContain('what the developer has to mend');
    // In process the caller is the developer.
    await expect(fusio.call(it)).rejects.toMatchObject({ code });
  });

  it('is the plain 500 for a principal that is none', async () => {
    const fusio = createFusio({ logger: false, authenticate: () => ({ id: '7' }) as never });
    fusio.operation({ name: 'it', method: 'GET', path: '/it', action: () => 1 });

    expect((await fusio.inject({ path: '/it' })).json()).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' });
  });

  it('leaves the code to an app that uses it with a status of its own', async () => {
    const fusio = createFusio({ logger: false });
    fusio.operation({
      name: 'it',
      method: 'GET',
      path: '/it',
      public: true,
      action() {
        throw new FusioError('NAME_TAKEN', 'This name is taken', { status: 409 });
      },
    });

    expect((await fusio.inject({ path: '/it' })).json()).toMatchObject({ status: 409, code: 'NAME_TAKEN' });
  });
});
