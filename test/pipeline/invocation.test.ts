import { PassThrough, Readable } from 'node:stream';
import { system } from '../../src/access/caller.js';
import { createFusio, respond } from '../../src/index.js';
import { Invocation } from '../../src/pipeline/invocation.js';
import type { Runnable } from '../../src/pipeline/runnable.js';
import { makePipeline } from '../support/pipeline.js';

const open = { method: 'GET', public: true } as const;

function makeInvocation() {
  const { pipeline, records, errors, done } = makePipeline();
  const runnable = { name: 'one', timeoutMs: 0, handle: undefined } as Runnable;
  const origin = {
    source: 'call',
    form: 'values',
    ip: undefined,
    http: undefined,
    run: undefined,
    isUnsent: false,
  } as const;
  const transport = {
    before: () => true as const,
    authenticate: () => system,
    read: () => ({ params: {}, query: {}, headers: {}, body: undefined }),
    answer: () => ({ status: 200 }),
    onGone: () => () => {},
  };
  return {
    invocation: new Invocation(pipeline, runnable, origin, transport, () => {}, 0, 'one'),
    records,
    errors,
    done,
  };
}

describe('an invocation', () => {
  it('is recorded first and then lets go, the last thing first, each once', () => {
    const { invocation, done } = makeInvocation();
    const order: string[] = [];
    invocation.onEnd(() => order.push(`first, after ${done.length} signal`));
    invocation.onEnd(() => order.push(`second, after ${done.length} signal`));

    invocation.end(200);
    invocation.end(500);

    expect(order).toEqual(['second, after 1 signal', 'first, after 1 signal']);
    expect(done.map(({ status }) => status)).toEqual([200]);
  });

  it('lets go at once of what comes after its end', () => {
    const { invocation } = makeInvocation();
    const late = jest.fn();
    invocation.end(200);

    invocation.onEnd(late);

    expect(late).toHaveBeenCalledTimes(1);
  });

  it('lets go of the rest where one callback throws, and logs it', () => {
    const { invocation, errors } = makeInvocation();
    const other = jest.fn();
    invocation.onEnd(other);
    invocation.onEnd(() => {
      throw new Error('cannot let go');
    });

    invocation.end(200);

    expect(other).toHaveBeenCalledTimes(1);
    expect(errors).toEqual([
      [{ error: expect.objectContaining({ message: 'cannot let go' }) }, 'an invocation could not end cleanly'],
    ]);
  });
});

describe('a result that comes after the time was up', () => {
  it.each<[string, (body: PassThrough) => unknown]>([
    ['a stream', (body) => body],
    ['a reply with a stream', (body) => respond(200, body)],
    ['a Response with a stream', (body) => new Response(Readable.toWeb(body) as ReadableStream)],
  ])('is let go of: %s', async (_title, make) => {
    const fusio = createFusio({ logger: false });
    const body = new PassThrough();
    const closed = new Promise((resolve) => body.once('close', resolve));
    let finish = (_result: unknown) => {};
    fusio.operation({
      name: 'late',
      path: '/late',
      ...open,
      timeoutMs: 1,
      response: 'text/plain',
      action: () => new Promise((resolve) => (finish = resolve)) as never,
    });

    const { status } = await fusio.inject({ path: '/late' });
    finish(make(body));

    expect(status).toBe(504);
    await closed;
    expect(body.destroyed).toBe(true);
  });
});

it('takes the first word of a thenable that calls back twice', async () => {
  const fusio = createFusio({ logger: false });
  const done: number[] = [];
  fusio.on('request:done', ({ status }) => done.push(status));
  const action = () => ({
    // biome-ignore lint/suspicious/noThenProperty: a thenable of an old library
    then(resolve: (value: unknown) => void, reject: (error: unknown) => void) {
      resolve(1);
      reject(new Error('too late'));
      resolve(2);
    },
  });
  fusio.operation({ name: 'odd', path: '/odd', ...open, action });

  const response = await fusio.inject({ path: '/odd' });

  expect([response.status, response.json()]).toEqual([200, 1]);
  expect(done).toEqual([200]);
});

describe('a call in process', () => {
  function fusioWith(action: (request: any, context: any) => unknown) {
    const fusio = createFusio({ logger: false });
    const handle = fusio.operation({ name: 'one', path: '/one', ...open, throws: { 409: 'Taken' }, action });
    return { fusio, handle };
  }

  it('is refused where its input is no object', async () => {
    const { fusio, handle } = fusioWith(() => 1);

    await expect(fusio.call(handle, 'text' as never)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: 'The input of a call is an object of params, query, headers and body, got string',
    });
  });

  it.each([
    ['a', '"a"'],
    ['parms', '"parms" (did you mean "params"?)'],
  ])('is refused where its input has "%s"', async (name, got) => {
    const { fusio, handle } = fusioWith(() => 1);
    const input: object = { [name]: 1 };

    await expect(fusio.call(handle, input)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: `The input of a call is an object of params, query, headers and body, got ${got}`,
    });
  });

  it('takes an input whose further members are undefined', async () => {
    const { fusio, handle } = fusioWith(() => 1);
    const input: object = { a: undefined };

    expect(await fusio.call(handle, input)).toBe(1);
  });

  it('is cancelled before it begins where its signal has aborted', async () => {
    const action = jest.fn();
    const { fusio, handle } = fusioWith(action);

    const call = fusio.call(handle, {}, { signal: AbortSignal.abort(new Error('enough')) });

    await expect(call).rejects.toMatchObject({ code: 'CALL_CANCELLED', cause: { message: 'enough' } });
    expect(action).not.toHaveBeenCalled();
  });

  it('may be nested 32 deep', async () => {
    let wanted = 32;
    const { fusio, handle } = fusioWith(async (_request, { call }) => (wanted-- > 0 ? call(handle) : 'deep'));

    await expect(fusio.call(handle)).resolves.toBe('deep');
    wanted = 33;
    await expect(fusio.call(handle)).rejects.toMatchObject({ code: 'CALL_TOO_DEEP' });
  });

  it.each([399, 400, 409])('takes a reply of %i as HTTP does', async (status) => {
    const { fusio, handle } = fusioWith(() => respond(status, { seat: 7 }));

    const settled = await fusio.call(handle).catch((error: unknown) => error);

    if (status < 400) expect(settled).toEqual({ seat: 7 });
    else expect(settled).toMatchObject({ status, expose: true, extra: { seat: 7 } });
  });
});

it('records the address, the user and the app of a caller', async () => {
  const records: any[] = [];
  const logger = { debug() {}, info: (fields: object) => records.push(fields), warn() {}, error() {} } as never;
  const fusio = createFusio({
    logger,
    authenticate: ({ headers }) => (headers.authorization ? { user: { id: '7' }, app: { id: 'crm' } } : null),
  });
  fusio.operation({ name: 'one', path: '/one', ...open, action: () => 1 });

  await fusio.inject({ path: '/one', headers: { authorization: 'x' } });
  await fusio.inject({ path: '/one' });

  const [known, unknown] = records;
  expect(known).toMatchObject({ user: '7', app: 'crm' });
  for (const key of ['user', 'app', 'ip', 'code']) expect(unknown).not.toHaveProperty(key);
});
