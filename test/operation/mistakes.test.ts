import { createFusio, defineAction, Type } from '../../src/index.js';
import type { AnyOperationOptions } from '../../src/operation/options.js';

/** Registers an operation as a JavaScript caller does, whose mistakes no compiler finds. */
function register(options: Partial<Record<keyof AnyOperationOptions, unknown>>) {
  const fusio = createFusio({ logger: false });
  return fusio.operation({ name: 'it', method: 'GET', path: '/it', action: () => 1, ...options } as never);
}

describe('an action that is none', () => {
  const select = defineAction({ name: 'sql-select', configuration: Type.Object({}), handle: () => 1 });
  class Send {
    handle() {}
  }
  function Compiled() {}
  Compiled.prototype.handle = () => 1;

  it.each([
    ['a factory that was not called', select, 'is defineAction\'s "sql-select", which must be called'],
    ['a class', Send, 'is the class Send: give an instance, new Send(…)'],
    [
      'a class that a compiler wrote as a function',
      Compiled,
      'is the class Compiled: give an instance, new Compiled(…)',
    ],
    [
      'a promise',
      Promise.resolve(1),
      'must be a function, an object with handle() or a name, got a promise: await it first',
    ],
    ['an object', {}, 'must be a function, an object with handle() or a name, got an object without handle()'],
    ['null', null, 'must be a function, an object with handle() or a name, got null'],
  ])('is refused at registration: %s', (_kind, action, message) => {
    const refusal = { code: 'ACTION_INVALID', message: expect.stringContaining(message) };

    expect(() => register({ action })).toThrow(expect.objectContaining(refusal));
    expect(() => createFusio().action('send', action as never)).toThrow(expect.objectContaining(refusal));
  });

  it('is guessed by its name', () => {
    const fusio = createFusio({ logger: false });
    fusio.action('mail.send', () => 1);

    expect(() => fusio.operation({ name: 'it', method: 'GET', path: '/it', action: 'mail.snd' })).toThrow(
      'operation "it": there is no action "mail.snd" (did you mean "mail.send"?)',
    );
  });

  it('is none of those that run', async () => {
    const fusio = createFusio({ logger: false });
    const it = fusio.operation({ name: 'it', method: 'GET', path: '/it', action: select({}) });

    await expect(fusio.call(it)).resolves.toBe(1);
  });
});

it('refuses scopes beside public: true', () => {
  expect(() => register({ public: true, scopes: ['todo'] })).toThrow(
    'operation "it": public: true lets everybody call it, so that scopes ask nobody for anything; leave one of them out',
  );
  expect(() => register({ public: true, scopes: [] })).not.toThrow();
  expect(() => register({ public: false, scopes: ['todo'] })).not.toThrow();
});

describe('a misspelled word', () => {
  it.each([
    [{ unknown: 'rejct' }, 'unknown must be one of "drop", "reject", "keep" (did you mean "reject"?)'],
    [{ method: 'get' }, '(did you mean "GET"?)'],
    [
      { method: 'POST', consumes: { type: 'multipart/form-data', maxFile: 1 } },
      '"consumes.maxFile" (did you mean "maxFiles"?)',
    ],
    [
      { method: 'POST', consumes: ['text/csv', { type: 'multipart/form-data', maxFile: 1 }] },
      'unknown option "consumes.1.maxFile" (did you mean "maxFiles"?)',
    ],
    [
      { method: 'POST', consumes: 'multipart/formdata' },
      'consumes "multipart/formdata" (did you mean "multipart/form-data"?)',
    ],
    [{ method: 'POST', consumes: 'aplication/json' }, 'consumes "aplication/json" (did you mean "application/json"?)'],
    [{ method: 'POST', consumes: 'json' }, 'consumes "json" (did you mean "application/json"?)'],
    [
      { method: 'POST', consumes: 'application/x-www-form-url-encoded' },
      '(did you mean "application/x-www-form-urlencoded"?)',
    ],
    [{ response: 'imge/png' }, 'response "imge/png" (did you mean "image/png"?)'],
    [{ cache: { maxAge: 1 } }, 'unknown option "cache.maxAge" (did you mean "maxAgeMs"?)'],
    [{ examples: { one: { requst: {} } } }, 'unknown option "examples.one.requst" (did you mean "request"?)'],
  ])('is guessed in %j', (options, message) => {
    expect(() => register(options)).toThrow(message);
  });

  it.each(['application/jsonl', 'chemical/x-pdb', 'multipart/mixed', 'text/csv; charset=utf-8', 'image/svg+xml'])(
    'is none in %s',
    (consumes) => {
      expect(() => register({ method: 'POST', consumes })).not.toThrow();
    },
  );

  it('is guessed in options of createFusio and of its functions', async () => {
    const fusio = createFusio({ logger: false });
    const js: any = fusio;

    expect(() => createFusio({ docs: { titel: 'API' } } as never)).toThrow('"docs.titel" (did you mean "title"?)');
    expect(() => js.on('request:don', () => {})).toThrow(
      'on: there is no signal "request:don" (did you mean "request:done"?)',
    );
    expect(() => js.on('start', () => {})).toThrow('(did you mean "started"?)');
    expect(() => js.on('nothing', () => {})).toThrow('there is no signal "nothing"; there are started, stopped, ');
    expect(() => js.on('started')).toThrow('on: the listener of "started" must be a function');
    await expect(js.start({ role: ['web'] })).rejects.toThrow('start: unknown option "role" (did you mean "roles"?)');
    await expect(js.start({ roles: ['wbe'] })).rejects.toThrow('(did you mean "web"?)');
    await expect(js.ready({ stict: true })).rejects.toThrow('ready: unknown option "stict" (did you mean "strict"?)');
    await expect(js.stop({ timeout: 5 })).rejects.toThrow('stop: unknown option "timeout" (did you mean "timeoutMs"?)');
    await expect(js.inject({ path: '/', headrs: {} })).rejects.toThrow(
      'inject: unknown option "headrs" (did you mean "headers"?)',
    );
  });

  it('is guessed where an operation is called', async () => {
    const fusio = createFusio({ logger: false });
    const it = fusio.operation({ name: 'todo.get', method: 'GET', path: '/it', action: () => 1 });
    const call = (handle: unknown, options = {}) => fusio.call(handle as typeof it, undefined, options);

    await expect(call('todo.gte')).rejects.toThrow('is not an operation of this fusio (did you mean "todo.get"?)');
    await expect(call('todo.get')).rejects.toThrow('is not an operation of this fusio but its name: give the handle');
    await expect(call(undefined)).rejects.toThrow('undefined is not an operation of this fusio: give the handle');
    await expect(call(it, { sa: 'system' })).rejects.toThrow('got "sa" (did you mean "as"?)');
  });

  it('is guessed in defineAction and its configuration', () => {
    const configuration = Type.Object({ connection: Type.String() });
    const make = defineAction({ name: 'it', configuration, handle: () => 1 });

    expect(() => defineAction({ name: 'it', configration: configuration, handle: () => 1 } as never)).toThrow(
      'action "it": unknown option "configration" (did you mean "configuration"?)',
    );
    expect(() => make({ conection: 'db' } as never)).toThrow(
      'action "it" configuration: connection is required; unknown option "conection" (did you mean "connection"?)',
    );
  });

  it('is guessed among the connections', async () => {
    const db = { open: () => ({ query: () => 1 }) };
    const fusio = createFusio({ logger: false, connections: { db } });
    const read = (name: string) => {
      const options = { name: `read_${name}`, method: 'GET', path: `/${name}` } as const;
      return fusio.call(
        fusio.operation({ ...options, action: (_request, { connections }) => typeof (connections as any)[name] }),
      );
    };

    await expect(read('bd')).rejects.toMatchObject({
      code: 'CONNECTION_UNKNOWN',
      message: 'there is no connection "bd" (did you mean "db"?)',
    });
    await expect(read('db')).resolves.toBe('object');
    for (const other of ['toString', 'then', 'constructor', '__proto__', 'queue'])
      await expect(read(other)).resolves.toBe('undefined');
  });
});

it('refuses media types of a body that cannot be there', () => {
  expect(() => register({ consumes: 'text/csv' })).toThrow('operation "it": a GET has no body; use query');
});
