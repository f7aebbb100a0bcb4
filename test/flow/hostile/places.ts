import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { PassThrough, Readable, Transform } from 'node:stream';
import { FusioError, file, respond, Type } from '../../../src/index.js';

/** Runs something later: at which tick is the case's to say. */
export type At = (work: () => void) => void;

/** The moments at which user code breaks. */
export const ticks: Readonly<Record<string, At>> = {
  sync: (work) => work(),
  nextTick: (work) => void process.nextTick(work),
  microtask: (work) => queueMicrotask(work),
  immediate: (work) => void setImmediate(work),
  timer: (work) => void setTimeout(work, 1),
};

const afterMicrotasks: At = (work) => queueMicrotask(() => process.nextTick(work));
const early = new WeakSet<At>([ticks.sync as At, ticks.nextTick as At]);

/** The tick `sync`, which tells that it was asked for. */
export function noted(note: () => void): At {
  const at: At = (work) => {
    note();
    work();
  };
  early.add(at);
  return at;
}

/** One place at which fusio runs user code or holds what is the user's: options of an operation, whose action breaks there. */
export interface Place {
  readonly options?: object;
  /** `callFailing`: calls an operation that fails. */
  action(at: At, callFailing: () => Promise<unknown>): unknown;
}

const text = { response: 'text/plain' };
const events = { response: 'text/event-stream' };

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // Told to nobody.
  }
}

function boom(message = 'boom'): never {
  throw new Error(message);
}

const reset = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

function broken<S extends Readable>(stream: S, at: At, error: Error | null = new Error('boom')): S {
  // Its own `destroy`, where the place has replaced it.
  at(() => void Readable.prototype.destroy.call(stream, error ?? undefined));
  return stream;
}

function written(): PassThrough {
  const stream = new PassThrough();
  stream.write('first');
  return stream;
}

/** A stream of another library: no `Readable`, but a `pipe`, events and an iterator. */
class Foreign extends EventEmitter {
  private isBroken = false;
  pipe(): void {}
  fail(): void {
    this.isBroken = true;
    this.emit('error', new Error('boom'));
  }
  async *[Symbol.asyncIterator]() {
    yield 'first';
    if (this.isBroken) boom();
    await new Promise((_resolve, reject) => this.once('error', reject));
  }
}

function foreign(at: At, members: object = {}): unknown {
  const stream = Object.assign(new Foreign(), members);
  at(() => {
    try {
      stream.fail();
    } catch {
      // The emitter is the place's own: at this tick nobody could have listened.
      if (!early.has(at)) throw new Error('nobody listened to the foreign stream');
    }
  });
  return stream;
}

/** Plaintext comes out before the tag is checked. */
function decipher(at: At): Readable {
  const key = randomBytes(32);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const bytes = Buffer.concat([cipher.update('x'.repeat(100)), cipher.final()]);
  const plain = createDecipheriv('aes-256-gcm', key, iv).setAuthTag(Buffer.alloc(16));
  at(() => void plain.end(bytes));
  return plain;
}

function badRow(at: At): Readable {
  let count = 0;
  const rows = new Transform({
    transform(chunk, _encoding, done) {
      count++;
      if (count === 1) done(null, chunk);
      else at(() => done(new Error('bad row')));
    },
  });
  rows.write('first');
  rows.write('second');
  return rows;
}

function web(at: At, source: object = {}, chunk: unknown = Buffer.from('first')): ReadableStream {
  return new ReadableStream({
    start(controller) {
      if (chunk !== undefined) controller.enqueue(chunk as never);
      at(() => {
        try {
          controller.error(new Error('boom'));
        } catch {
          // Closed already.
        }
      });
    },
    ...source,
  });
}

const streams: Readonly<Record<string, (at: At) => unknown>> = {
  'that breaks after its first chunk': (at) => broken(written(), at),
  'that breaks before its first chunk': (at) => broken(new PassThrough(), at),
  'that is reset after its first chunk': (at) => broken(written(), at, reset()),
  'that is reset before its first chunk': (at) => broken(new PassThrough(), at, reset()),
  'that is closed too early': (at) => broken(written(), at, null),
  'of objects that breaks': (at) => broken(Readable.from(['a', { b: 1 }, 'c']), at),
  'of objects that gives an object': () => Readable.from(['a', { b: 1 }]),
  'that breaks while it reads': (at) => {
    let count = 0;
    return new Readable({
      read() {
        if (count++ === 0) this.push('first');
        else at(() => this.destroy(new Error('boom')));
      },
    });
  },
  'that breaks in the tick of its chunk': (at) =>
    new Readable({
      read() {
        at(() => {
          this.push('first');
          this.destroy(new Error('boom'));
        });
      },
    }),
  'whose read throws': () => new Readable({ read: () => boom() }),
  'whose second read throws': () => {
    let count = 0;
    return new Readable({
      read() {
        if (count++ === 0) this.push('first');
        else boom();
      },
    });
  },
  'whose construct fails': (at) => new Readable({ read() {}, construct: (done) => at(() => done(new Error('boom'))) }),
  'whose destroy fails': (at) =>
    broken(new Readable({ read() {}, destroy: (_error, done) => done(new Error('late')) }), at),
  'whose destroy throws inside': (at) => broken(new Readable({ read() {}, destroy: () => boom() }), at),
  'whose destroy throws': (at) => {
    const stream = broken(written(), at);
    return Object.assign(stream, { destroy: () => boom('destroy') });
  },
  'whose destroy throws and that never ends': () => Object.assign(written(), { destroy: () => boom('destroy') }),
  'of a cipher with a wrong tag': (at) => decipher(at),
  'of rows with a bad one': (at) => badRow(at),
  'of an iterator that throws': (at) =>
    Readable.from(
      (async function* () {
        yield 'first';
        await new Promise<void>((resolve) => at(resolve));
        boom();
      })(),
    ),
  'of another library': (at) => foreign(at),
  'of another library whose destroy throws': (at) => foreign(at, { destroy: () => boom('destroy') }),
  'of another library without an iterator': (at) => foreign(at, { [Symbol.asyncIterator]: () => boom() }),
  'of the web that breaks': (at) => web(at),
  'of the web that breaks before its first chunk': (at) => web(at, {}, undefined),
  'of the web that gives an object': (at) => web(at, {}, { a: 1 }),
  'of the web whose pull rejects': (at) =>
    new ReadableStream({ pull: () => new Promise((_resolve, reject) => at(() => reject(new Error('boom')))) }),
  'of the web whose start rejects': (at) =>
    new ReadableStream({ start: () => new Promise((_resolve, reject) => at(() => reject(new Error('boom')))) }),
  'of the web whose cancel throws': (at) => web(at, { cancel: () => boom() }),
  'of the web whose cancel rejects': (at) => web(at, { cancel: async () => boom() }),
  'of the web that is read already': (at) => {
    const stream = web(at);
    stream.getReader().closed.catch(() => {});
    return stream;
  },
  'in a Response': (at) => new Response(web(at)),
  'in a Blob': (at) => Object.assign(new Blob(['first']), { stream: () => web(at) }),
  'in a Blob that has none': () => Object.assign(new Blob(['first']), { stream: () => boom() }),
};

function subclass(members: object | PropertyDescriptorMap, isDescriptors = false): FusioError {
  const error = new (class Own extends FusioError {})('OWN', 'own', { status: 409 });
  if (isDescriptors) Object.defineProperties(error, members as PropertyDescriptorMap);
  else Object.assign(error, members);
  return error;
}

function getter(name: string): PropertyDescriptorMap {
  return { [name]: { get: () => boom(name), enumerable: true, configurable: true } };
}

/** Throws at the second reading: one look is not enough. */
function lateGetter(name: string, value: unknown): PropertyDescriptorMap {
  let count = 0;
  return { [name]: { get: () => (count++ === 0 ? value : boom(name)), enumerable: true, configurable: true } };
}

const branded = (members: object): object => ({ [Symbol.for('fusio.error')]: true, ...members });
const rejects = (at: At): Promise<never> => new Promise((_resolve, reject) => at(() => reject(new Error('boom'))));
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const hostile = new Proxy(
  {},
  {
    get: () => boom('get'),
    has: () => boom('has'),
    ownKeys: () => boom('ownKeys'),
    getPrototypeOf: () => boom('getPrototypeOf'),
    getOwnPropertyDescriptor: () => boom('getOwnPropertyDescriptor'),
  },
);

/** Values that are thrown, and that promises reject with. */
const thrown: Readonly<Record<string, (at: At) => unknown>> = {
  'an error': () => new Error('boom'),
  'a hostile object': () => hostile,
  'a revoked proxy': () => revoked(),
  'a promise that rejects': (at) => rejects(at),
  nothing: () => undefined,
  'a symbol': () => Symbol('x'),
  'a FusioError whose toProblem throws': () => subclass({ toProblem: () => boom() }),
  'a FusioError whose toProblem gives nothing': () => subclass({ toProblem: () => undefined }),
  'a FusioError whose toProblem gives a circle': () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    return subclass({ toProblem: () => circle });
  },
  'a FusioError whose toProblem gives a promise': (at) => subclass({ toProblem: () => rejects(at) }),
  'a FusioError whose toProblem gives a hostile object': () => subclass({ toProblem: () => hostile }),
  'a FusioError whose toProblem gives another status': () => subclass({ toProblem: () => ({ status: 'x' }) }),
  ...Object.fromEntries(
    ['code', 'status', 'title', 'message', 'expose', 'errors', 'headers', 'extra', 'cause', 'stack', 'name'].flatMap(
      (name) => [
        [`a FusioError whose ${name} throws`, () => subclass(getter(name), true)],
        [
          `a FusioError whose ${name} throws later`,
          // Node reads a stack twice itself, and would leave a stream half destroyed.
          () => subclass(name === 'stack' ? getter(name) : lateGetter(name, name === 'status' ? 409 : 'x'), true),
        ],
        [`a FusioError whose ${name} is a hostile object`, () => subclass({ [name]: { value: hostile } }, true)],
        [`a FusioError whose ${name} is a promise`, (at: At) => subclass({ [name]: { value: rejects(at) } }, true)],
      ],
    ),
  ),
  'a FusioError with a promise among its members': (at) =>
    new FusioError('OWN', 'own', { status: 409, extra: { a: rejects(at) } }),
  'a FusioError with a promise among its headers': (at) =>
    new FusioError('OWN', 'own', { status: 409, headers: { a: rejects(at) as never } }),
  'a FusioError with hostile headers': () => new FusioError('OWN', 'own', { status: 409, headers: hostile as never }),
  'a branded object without more': () => branded({}),
  'a branded object whose toProblem throws': () => branded({ toProblem: () => boom() }),
  'a branded object with a toProblem only': () => branded({ toProblem: () => ({ ok: true }) }),
  'a branded object of wrong types': () =>
    branded({ toProblem: () => null, status: '500', code: 7, headers: 3, message: {} }),
  'a branded object with a status of success': () => branded({ toProblem: () => ({}), status: 204, code: 'X' }),
  'a branded object with a status that there is not': () =>
    branded({ toProblem: () => ({}), status: 9_999, code: 'X' }),
  'a branded hostile object': () =>
    new Proxy(branded({ toProblem: () => boom() }), {
      get: (target, key) => (key === 'toProblem' ? Reflect.get(target, key) : boom()),
    }),
  'an http error with hostile members': () =>
    Object.assign(new Error('x'), { status: 404, headers: hostile, code: hostile }),
};

function detached(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  structuredClone(bytes, { transfer: [bytes.buffer] });
  return bytes;
}

type Then = (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void;
const withThen = (value: object, then: Then): object => Object.defineProperty(value, 'then', { value: then });
const iterable = (next: () => unknown, more: object = {}) => ({ [Symbol.asyncIterator]: () => ({ next, ...more }) });
async function* yields(...values: unknown[]): AsyncGenerator<unknown> {
  yield* values;
}

/** Results, by where they are allowed. */
const results: Readonly<Record<string, Place['action']>> = {
  'a detached buffer': () => detached(8),
  'a detached empty buffer': () => detached(0),
  'a buffer of shared memory': () => new Uint8Array(new SharedArrayBuffer(8)),
  'a hostile object': () => hostile,
  'a revoked proxy': () => revoked(),
  'a getter that throws': () => Object.defineProperty({}, 'a', { enumerable: true, get: () => boom() }),
  'a toJSON that throws': () => ({ toJSON: () => boom() }),
  'a promise as a member': (at) => ({ a: rejects(at) }),
  'promises in a list': (at) => [rejects(at), rejects(at)],
  'a promise deep inside': (at) => ({ a: { b: [{ c: rejects(at) }] } }),
  'a thenable whose then throws': () => withThen({}, () => boom()),
  'a thenable whose then cannot be read': () => Object.defineProperty({}, 'then', { get: () => boom() }),
  'a thenable that rejects': (at) => withThen({}, (_, reject) => at(() => reject(new Error('boom')))),
  'a thenable that calls back often': (at) =>
    withThen({}, (resolve, reject) =>
      at(() => {
        resolve(1);
        reject(new Error('boom'));
        resolve(2);
      }),
    ),
  'a promise whose then throws': () => withThen(Promise.resolve(1), () => boom()),
  'a promise whose constructor throws': () =>
    Object.defineProperty(Promise.resolve(1), 'constructor', { get: () => boom() }),
  'a promise that calls back twice': () =>
    withThen(Promise.resolve(1), (resolve) => {
      resolve(1);
      resolve(2);
    }),
  'respond with a promise': (at) => respond(200, rejects(at)),
  'respond with a promise as a header': (at) => respond(200, 'x', { a: rejects(at) as never }),
  'respond with a hostile header': () => respond(200, 'x', { a: hostile as never }),
  'respond with a hostile body': () => respond(200, hostile),
  'a forged reply': () => ({ '~reply': true, [Symbol.for('fusio.reply')]: true }),
  'a forged reply whose body throws': () =>
    Object.defineProperty({ '~reply': true, [Symbol.for('fusio.reply')]: true, status: 200 }, 'body', {
      get: () => boom(),
    }),
  'a forged file': () => ({ [Symbol.for('fusio.file')]: true }),
  'a forged file whose options throw': () =>
    Object.defineProperty({ [Symbol.for('fusio.file')]: true, path: __filename_ }, 'options', { get: () => boom() }),
  'a file whose type cannot be sent': () => file(__filename_, { mediaType: 'a\nb' }),
  'a proxy of a Response': () => new Proxy(new Response('x'), {}),
  'a Response that is read': async () => {
    const response = new Response('x');
    await response.text();
    return response;
  },
  'a Response that is being read': (at) => {
    const response = new Response(web(at));
    response.body?.getReader().closed.catch(() => {});
    return response;
  },
  'an iterator that cannot be had': () => ({ [Symbol.asyncIterator]: () => boom() }),
  'an iterator that is none': () => ({ [Symbol.asyncIterator]: () => undefined }),
  'an iterator whose next throws': () => iterable(() => boom()),
  'an iterator whose next rejects': (at) => iterable(() => rejects(at)),
  'an iterator whose next gives no promise': () => iterable(() => 1),
  'an iterator whose next gives nothing': () => iterable(() => Promise.resolve(undefined)),
  'an iterator whose next rejects with a hostile object': () => iterable(() => Promise.reject(hostile)),
  'an iterator whose next is a hostile thenable': () => iterable(() => withThen({}, (_, reject) => reject(hostile))),
  'an iterator whose return throws': () =>
    iterable(() => Promise.resolve({ done: false, value: { data: 1n } }), { return: () => boom() }),
  'an iterator whose return rejects': () =>
    iterable(() => Promise.resolve({ done: false, value: { data: 1n } }), { return: async () => boom() }),
  'an iterator whose return cannot be read': () => ({
    [Symbol.asyncIterator]: () =>
      Object.defineProperty({ next: () => Promise.resolve({ done: false, value: 1n }) }, 'return', {
        get: () => boom(),
      }),
  }),
  'an event that is a hostile object': () => yields(1, hostile),
  'an event whose data throws': () => yields(1, Object.defineProperty({}, 'data', { get: () => boom() })),
  'an event whose data is a promise': (at) =>
    (async function* () {
      yield { data: rejects(laterThan(at)) };
    })(),
  'an event that is a symbol': () => yields(1, { data: 1, event: Symbol('x') }),
  'an event that is a bigint': () => yields(1n),
  'an event that has a toJSON that throws': () => yields({ data: { toJSON: () => boom() } }),
  'events that break at once': (at) =>
    (async function* () {
      await new Promise<void>((resolve) => at(resolve));
      boom();
    })(),
  'events that break after the first': (at) =>
    (async function* () {
      yield 1;
      await new Promise<void>((resolve) => at(resolve));
      boom();
    })(),
  'events whose end throws': () =>
    (async function* () {
      try {
        yield 1;
        yield 2;
        await new Promise(() => {});
      } finally {
        boom();
      }
    })(),
  'a call that is not awaited': (_at, callFailing) => {
    void callFailing();
    return 1;
  },
};

const __filename_ = process.argv[1] ?? '';

/** Options of `createFusio` whose functions break. */
export const hooks: Readonly<Record<string, (at: At) => object>> = {
  'authenticate rejects': (at) => ({ authenticate: () => rejects(at) }),
  'authenticate throws': () => ({ authenticate: () => boom() }),
  'authenticate gives a thenable that rejects': (at) => ({
    authenticate: () => withThen({}, (_, reject) => at(() => reject(new Error('boom')))),
  }),
  'authenticate gives a thenable that calls back often': (at) => ({
    authenticate: () =>
      withThen({}, (resolve) =>
        at(() => {
          resolve(null);
          resolve(null);
        }),
      ),
  }),
  'authenticate gives a hostile object': () => ({ authenticate: () => hostile }),
  'authenticate gives a principal that throws': () => ({
    authenticate: () => Object.defineProperty({}, 'user', { get: () => boom() }),
  }),
  'authenticate gives a principal with promises': (at) => ({ authenticate: () => ({ user: rejects(at), scopes: [] }) }),
  'clientIp throws': () => ({ clientIp: () => boom() }),
  'clientIp rejects': (at) => ({ clientIp: () => rejects(at) as never }),
  'mapError throws': () => ({ mapError: () => boom() }),
  'mapError rejects': (at) => ({ mapError: () => rejects(at) as never }),
  'mapError gives a hostile object': () => ({ mapError: () => hostile as never }),
  'mapError gives a FusioError whose status throws': () => ({ mapError: () => subclass(getter('status'), true) }),
  'formatProblem throws': () => ({ formatProblem: () => boom() }),
  'formatProblem rejects': (at) => ({ formatProblem: () => rejects(at) }),
  'formatProblem gives a hostile object': () => ({ formatProblem: () => hostile }),
  'the logger throws': () => ({ logger: loggerOf(() => boom()) }),
  'the logger rejects': (at) => ({ logger: loggerOf(() => rejects(at)) }),
};

function loggerOf(write: () => unknown): object {
  return { debug: write, info: write, warn: write, error: write };
}

/** Every place: named, with every way in which it can be handed over. */
export function places(): Readonly<Record<string, Place>> {
  const all: Record<string, Place> = {};
  for (const [name, make] of Object.entries(streams)) {
    all[`a stream ${name}`] = { action: make };
    all[`async: a stream ${name}`] = { options: text, action: async (at) => make(laterThan(at)) };
    all[`204: a stream ${name}`] = { action: (at) => respond(204, make(at)) };
    all[`404: a stream ${name}`] = { action: (at) => respond(404, make(at)) };
    all[`schema: a stream ${name}`] = { options: { response: Type.Object({}) }, action: make };
  }
  for (const [name, make] of Object.entries(thrown)) {
    all[`throw: ${name}`] = {
      action(at) {
        throw make(at);
      },
    };
    all[`reject: ${name}`] = {
      action: (at) => new Promise((_resolve, reject) => at(() => reject(make(ticks.nextTick as At)))),
    };
    all[`a stream that breaks with ${name}`] = {
      action: (at) => {
        const stream = written();
        // Node itself throws where it cannot read an error: then the stream has not broken.
        at(() => {
          // One that was let go of takes no error any more.
          if (!stream.destroyed) attempt(() => stream.destroy(make(at) as Error));
          stream.destroy();
        });
        return stream;
      },
    };
    all[`events: ${name}`] = {
      options: events,
      async *action(at) {
        yield 1;
        throw make(laterThan(at));
      },
    };
  }
  for (const [name, make] of Object.entries(results)) {
    all[`result: ${name}`] = { action: make };
    all[`text: ${name}`] = { options: text, action: make };
    all[`schema: ${name}`] = {
      options: { response: Type.Object({ a: Type.Integer() }) },
      action: make,
    };
    all[`report: ${name}`] = {
      options: { response: Type.Object({ a: Type.Integer() }), checkResponse: 'report' },
      action: make,
    };
    all[`events: ${name}`] = { options: events, action: make };
    all[`around: ${name}`] = { options: { around: (next: () => unknown) => next() }, action: make };
  }
  all['around: next is not awaited'] = {
    options: { around: async (next: () => unknown) => void next() },
    action: (at) => rejects(at),
  };
  all['around: throws while next runs'] = {
    options: {
      around(next: () => unknown) {
        next();
        boom();
      },
    },
    action: (at) => rejects(at),
  };
  all['around: awaits something else first'] = {
    options: {
      async around(next: () => unknown) {
        const result = next();
        await new Promise((resolve) => setTimeout(resolve, 5));
        return result;
      },
    },
    action: (at) => rejects(at),
  };
  return all;
}

/** An error that an `async` action makes before its promise is handed over would be heard by nobody: no library can. */
function laterThan(at: At): At {
  return early.has(at) ? afterMicrotasks : at;
}
