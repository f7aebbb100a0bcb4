import { createFusio, FusioError, type Logger } from '../../src/index.js';

interface Entry {
  readonly message: string;
  readonly fields: {
    readonly code: string;
    readonly error: { readonly message: string; readonly stack: string; readonly type: string };
  };
}

/** Runs an action through HTTP and gives the entry of the log about its failure. */
async function loggedFor(action: () => unknown): Promise<Entry> {
  const entries: Entry[] = [];
  // The recorder gives fields and a message, always.
  const error = (...[fields, message]: unknown[]) => void entries.push({ fields, message } as Entry);
  const logger: Logger = { debug() {}, info() {}, warn() {}, error };
  const fusio = createFusio({ logger });
  fusio.operation({ name: 'boom', method: 'GET', path: '/boom', public: true, action });
  await fusio.inject({ path: '/boom' });
  expect(entries).toHaveLength(1);
  return entries[0]!;
}

const nothing: { x?: { y: number } } = {};

describe('the log of a failure', () => {
  it.each([
    ['at once', () => nothing.x!.y],
    ['later', async () => nothing.x!.y],
  ])('begins with the bug and the frame of the app, if an action breaks %s', async (_when, action) => {
    const { message, fields } = await loggedFor(action);

    expect(message).toBe(`operation "boom": Cannot read properties of undefined (reading 'y')`);
    expect(fields).toMatchObject({ code: 'INTERNAL_ERROR', error: { type: 'TypeError' } });
    expect(fields.error.stack.split('\n')[1]).toContain('cause-first-in-the-log.test');
    expect(fields.error).not.toHaveProperty('cause');
  });

  it.each<[string, unknown, string]>([
    ['a text', 'no luck', 'operation "boom": no luck'],
    ['nothing', undefined, 'operation "boom": undefined'],
    ['an error without a message', new RangeError(''), 'operation "boom": RangeError'],
    ['a mistake', new FusioError('ACTION_INVALID', 'file() needs a path'), 'operation "boom": file() needs a path'],
    [
      'a failure of a connection',
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
      'operation "boom": A service that this operation needs is not reachable: connect ECONNREFUSED 127.0.0.1:1',
    ],
    [
      'an error with a status',
      Object.assign(new Error('Out of paper'), { status: 503 }),
      'operation "boom": Out of paper',
    ],
    [
      'an error of its own',
      new FusioError('OUT_OF_PAPER', 'Tray 2 is empty', { status: 500 }),
      'operation "boom": Tray 2 is empty',
    ],
    ['a secret', new Error('password=hunter2'), 'operation "boom": password=[redacted]'],
  ])('names it in one line, if an action throws %s', async (_what, thrown, expected) => {
    const { message } = await loggedFor(() => {
      throw thrown;
    });

    expect(message).toBe(expected);
  });

  it('keeps the cause of an error of the app', async () => {
    const { message, fields } = await loggedFor(() => {
      throw new FusioError('OUT_OF_PAPER', 'Tray 2 is empty', { status: 500, cause: new Error('sensor 7') });
    });

    expect(message).toBe('operation "boom": Tray 2 is empty');
    expect(fields.error).toMatchObject({ message: 'Tray 2 is empty', cause: { message: 'sensor 7' } });
  });
});
