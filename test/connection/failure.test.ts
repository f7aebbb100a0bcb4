import { createConnection as connectSocket, createServer } from 'node:net';
import axios from 'axios';
import { FusioError } from '../../src/base/errors.js';
import { connectionFailure, upstreamAnswer, upstreamTimeout } from '../../src/connection/failure.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

/** A port on which no server listens any more. */
async function freedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('connectionFailure', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'EPIPE',
    'PROTOCOL_CONNECTION_LOST',
    'ER_CON_COUNT_ERROR',
    'ER_SERVER_SHUTDOWN',
    'ERR_NETWORK',
    'ER_ACCESS_DENIED_ERROR',
    'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
    'ER_DBACCESS_DENIED_ERROR',
    'ER_BAD_DB_ERROR',
    '08006',
    '28P01',
    '28000',
    '3D000',
    '53300',
    '57P01',
    '57P03',
  ])('knows the code %s', (code) => {
    expect(connectionFailure(withCode(code))).toBe(true);
  });

  it.each([
    'Pool is closed.',
    "Can't add new command when connection is in closed state",
    'Queue limit reached.',
    'Connection was killed',
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Cannot use a pool after calling end on the pool',
  ])('knows the message %s, which has no code', (message) => {
    expect(connectionFailure(new Error(message))).toBe(true);
  });

  it('knows a connect that was refused, of a socket, of axios and of fetch', async () => {
    const port = await freedPort();

    const socket = await new Promise((resolve) => connectSocket(port, '127.0.0.1').once('error', resolve));
    const ofAxios = await axios.get(`http://127.0.0.1:${port}/`, { proxy: false }).catch((error: unknown) => error);
    const ofFetch = await fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error);

    expect(connectionFailure(socket)).toBe(true);
    expect(connectionFailure(ofAxios)).toBe(true);
    expect((ofFetch as Error).message).toBe('fetch failed');
    expect(connectionFailure(ofFetch)).toBe(true);
  });

  it('knows the errors of all addresses of a name, and not a mixed bag', () => {
    expect(connectionFailure(new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]))).toBe(true);
    expect(connectionFailure(new AggregateError([withCode('ECONNREFUSED'), new Error('mine')]))).toBe(false);
    expect(connectionFailure(new AggregateError([]))).toBe(false);
  });

  it('knows a failure that was wrapped', () => {
    expect(connectionFailure(new Error('no todos', { cause: withCode('ECONNREFUSED') }))).toBe(true);
  });

  it('knows our own error for it, and leaves every other one of ours alone', () => {
    expect(connectionFailure(new FusioError('CONNECTION_UNAVAILABLE'))).toBe(true);
    expect(connectionFailure(new FusioError('CONFLICT', 'no', { cause: withCode('ECONNREFUSED') }))).toBe(false);
  });

  it.each([
    ['a duplicate key', withCode('ER_DUP_ENTRY')],
    ['a missing file', Object.assign(withCode('ENOENT'), { syscall: 'open' })],
    ['a cancelled request', withCode('ERR_CANCELED')],
    ['a statement that is not allowed', withCode('ER_TABLEACCESS_DENIED_ERROR')],
    ['a table that is not there', withCode('42P01')],
    ['a unique violation', withCode('23505')],
    ['a plain error', new Error('ECONNREFUSED')],
    ['a text', 'ECONNREFUSED'],
    ['null', null],
    ['undefined', undefined],
    ['a function', () => {}],
  ])('takes %s for something else', (_, error) => {
    expect(connectionFailure(error)).toBe(false);
    expect(upstreamAnswer(error)).toBeUndefined();
    expect(upstreamTimeout(error)).toBe(false);
  });

  it('survives hostile objects', () => {
    const thrower = () => {
      throw new Error('hostile');
    };
    const circle: { cause?: unknown } = {};
    circle.cause = circle;
    const hostile = [
      new Proxy({}, { get: thrower, has: thrower, getPrototypeOf: thrower }),
      Object.defineProperty({}, 'code', { get: thrower }),
      Object.defineProperty({ isAxiosError: true }, 'response', { get: thrower }),
      { errors: Object.defineProperty([1], 0, { get: thrower }) },
      { errors: new Array(1e7) },
      circle,
    ];

    for (const error of hostile) {
      expect(connectionFailure(error)).toBe(false);
      expect(upstreamAnswer(error)).toBeUndefined();
      expect(upstreamTimeout(error)).toBe(false);
    }
  });
});

describe('upstreamAnswer', () => {
  it('tells an axios error with a response from one without', () => {
    const answered = Object.assign(new Error('x'), {
      isAxiosError: true,
      code: 'ERR_BAD_RESPONSE',
      response: { status: 500 },
    });
    const silent = Object.assign(new Error('x'), { isAxiosError: true, code: 'ECONNREFUSED' });

    expect(upstreamAnswer(answered)).toEqual({ status: 500 });
    expect(connectionFailure(answered)).toBe(false);
    expect(upstreamAnswer(silent)).toBeUndefined();
    expect(connectionFailure(silent)).toBe(true);
  });

  it('does not call an answer a missing connection because it was cut short', () => {
    const cut = Object.assign(new Error('x'), { isAxiosError: true, code: 'ECONNRESET', response: { status: 200 } });

    expect(upstreamAnswer(cut)).toEqual({ status: 200 });
    expect(connectionFailure(cut)).toBe(false);
  });

  it('knows an answer that is no HTTP', () => {
    expect(upstreamAnswer(Object.assign(new Error('x'), { isAxiosError: true, code: 'HPE_INVALID_CONSTANT' }))).toEqual(
      {},
    );
  });
});

describe('upstreamTimeout', () => {
  const ofAxios = (code: string, more: object = {}) => Object.assign(withCode(code), { isAxiosError: true, ...more });

  it.each([
    ['axios', ofAxios('ECONNABORTED')],
    ['axios that tells time-outs apart', ofAxios('ETIMEDOUT')],
    ['fetch', new TypeError('fetch failed', { cause: withCode('UND_ERR_HEADERS_TIMEOUT') })],
    ['mysql2', withCode('PROTOCOL_SEQUENCE_TIMEOUT')],
    ['pg', new Error('Query read timeout')],
    ['the statement_timeout of PostgreSQL', withCode('57014')],
  ])('knows the one of %s', (_, error) => {
    expect(upstreamTimeout(error)).toBe(true);
    expect(upstreamAnswer(error)).toBeUndefined();
  });

  it('leaves a connect that timed out to the failures of connections', () => {
    const late = ofAxios('ETIMEDOUT', { cause: Object.assign(withCode('ETIMEDOUT'), { syscall: 'connect' }) });

    for (const error of [withCode('ETIMEDOUT'), late]) {
      expect(upstreamTimeout(error)).toBe(false);
      expect(connectionFailure(error)).toBe(true);
    }
  });
});
