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

it.each([
  [{ scopes: ['todo'] }, 'leave scopes out, or authenticate'],
  [{ public: false }, 'leave public: false out, or authenticate'],
])('refuses authenticate: false beside %j', (options, fix) => {
  const message = `operation "it": authenticate: false lets everybody call it, as nobody; ${fix}`;

  expect(() => register({ authenticate: false, ...options })).toThrow(message);
  expect(() => register({ authenticate: false, public: true, scopes: [] })).not.toThrow();
  expect(() => register({ authenticate: undefined, ...options })).not.toThrow();
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

describe('a schema that no request fits', () => {
  const post = { method: 'POST' };

  it.each([
    [{ query: Type.String() }, 'query: a schema of an object is needed, Type.Object({ … }), got one of type "string"'],
    [{ query: Type.Array(Type.String()) }, 'query: a schema of an object is needed'],
    [{ query: { items: Type.String() } }, 'query: a schema of an object is needed'],
    [{ query: Type.Union([Type.String(), Type.Null()]) }, 'query: a schema of an object is needed'],
    [{ path: '/:id', params: Type.String() }, 'params: a schema of an object is needed'],
    [{ headers: Type.String() }, 'headers: a schema of an object is needed'],
    [{ ...post, consumes: 'multipart/form-data', body: Type.String() }, 'body: a schema of an object is needed'],
    [
      { query: Type.Object({ a: Type.Integer({ minimum: 5, maximum: 1 }) }) },
      'at "/properties/a" allows nothing: "minimum" is 5',
    ],
  ])('is refused for its slot: %j', (options, message) => {
    const refusal = { code: 'SCHEMA_INVALID', message: expect.stringContaining(message) };

    expect(() => register(options)).toThrow(expect.objectContaining(refusal));
  });

  it.each([
    Type.Union([Type.Object({ a: Type.String() }), Type.Object({ b: Type.String() })]),
    Type.Intersect([Type.Object({ a: Type.String() }), Type.Object({ b: Type.String() })]),
    Type.Record(Type.String(), Type.String()),
    Type.Unknown(),
    { properties: { a: { type: 'string' } } },
    { additionalProperties: { type: 'string' } },
    {},
  ])('is none that fits objects: %j', (query) => {
    expect(() => register({ query })).not.toThrow();
  });

  it.each([
    [
      { query: { page: Type.Integer() } },
      'query: the schema is an object of properties: write Type.Object({ page: … })',
    ],
    [{ query: { page: { type: 'integer' }, size: { type: 'integer' } } }, 'write Type.Object({ page: … })'],
    [{ query: { title: Type.String(), default: Type.Union([Type.Null()]) } }, 'write Type.Object({ title: … })'],
    [{ query: { type: Type.String() } }, 'write Type.Object({ type: … })'],
    [
      { ...post, body: { id: Type.Integer() } },
      'body: the schema is an object of properties: write Type.Object({ id: … })',
    ],
    [
      { response: { id: Type.Integer() } },
      'response: the schema is an object of properties: write Type.Object({ id: … })',
    ],
    [{ response: { 200: { id: Type.Integer() } } }, 'response 200: the schema is an object of properties'],
    [{ response: { default: Type.Integer() } }, 'write Type.Object({ default: … })'],
    [{ response: { '2xx': Type.Integer() } }, 'response "2xx" is no status: a map has statuses from 200 to 599'],
    [{ response: { 200: Type.Integer(), default: Type.Integer() } }, 'response "default" is no status'],
  ])('is refused where it is a map of properties: %j', (options, message) => {
    expect(() => register(options)).toThrow(message);
  });

  it.each([
    { not: Type.String() },
    { items: { type: 'string' } },
    { const: { type: 'string' } },
    { default: { type: 'string' } },
    { if: { type: 'string' }, else: { type: 'integer' } },
  ])('is none that only looks like a map of properties: %j', (response) => {
    expect(() => register({ response })).not.toThrow();
  });
});

describe('a default that does not fit its schema', () => {
  const nested = Type.Array(Type.Object({ a: Type.String({ minLength: 3, default: 'x' }) }));

  it.each([
    [
      Type.Object({ a: Type.Integer({ default: 'x' }) }),
      'at "/properties/a" has a default that does not fit: it must be an integer',
    ],
    [Type.Object({ a: Type.Integer({ default: '5' }) }), 'it must be an integer'],
    [
      Type.Object({ a: nested }),
      'at "/properties/a/items/properties/a" has a default that does not fit: it must have at least 3',
    ],
    [Type.Object({ a: Type.String({ format: 'date', default: 'today' }) }), 'it must be of the format "date"'],
    [Type.Object({ a: Type.Object({ b: Type.String() }, { default: {} }) }), '/b is required'],
    [
      Type.Object({ a: Type.Union([Type.Literal('x'), Type.Literal('y')], { default: 'z' }) }),
      'it must be one of "x", "y"',
    ],
    [Type.Object({ a: Type.String({ default: () => 'x' }) }), 'it is not JSON'],
    [Type.Object({ a: Type.String({ default: new Date(0) }) }), 'it must be a string'],
    [
      Type.Object({ a: Type.Integer() }, { default: { a: 'x' } }),
      'the schema has a default that does not fit: /a must be an integer',
    ],
    [Type.Object({ a: Type.Ref('Later') }), 'has a default that does not fit: it must be an integer'],
  ])('is refused in every slot of a request: %j', (schema, message) => {
    for (const slot of ['query', 'headers', 'body'] as const) {
      const fusio = createFusio({ logger: false });
      fusio.schema('Page', { $ref: 'Later' });
      fusio.schema('Later', Type.Integer({ default: 'x' }));
      const options = { name: 'it', method: 'POST', path: '/it', [slot]: schema, action: () => 1 } as never;

      expect(() => fusio.operation(options)).toThrow(message);
    }
  });

  it.each([
    Type.Object({ a: Type.Integer({ default: 5 }), b: Type.Optional(Type.String({ default: '' })) }),
    Type.Object({ a: Type.Object({ b: Type.String({ default: 'x' }) }, { default: {} }) }),
    Type.Object({ a: Type.Union([Type.String(), Type.Null()], { default: null }) }),
  ])('is none where it fits as it is filled in: %j', (body) => {
    expect(() => register({ method: 'POST', body })).not.toThrow();
  });

  it('is refused in the configuration of an action', () => {
    const configuration = Type.Object({ limit: Type.Integer({ default: 'x' }) });

    expect(() => defineAction({ name: 'it', configuration, handle: () => 1 })).toThrow(
      'action "it" configuration: the schema at "/properties/limit" has a default that does not fit: it must be an integer',
    );
  });
});

describe('an example that does not fit its schemas', () => {
  const slots = {
    path: '/:id',
    params: Type.Object({ id: Type.Integer() }),
    response: { 200: Type.Object({ id: Type.Integer() }), 201: Type.String() },
  };

  it.each([
    [
      { request: { params: { id: 'x' } } },
      'operation "it": example "one" does not fit: /request/params/id must be an integer',
    ],
    [{ response: { id: 'x' } }, 'operation "it": example "one" does not fit: /response/id must be an integer'],
    [{ request: { parms: { id: 1 } } }, 'unknown option "examples.one.request.parms" (did you mean "params"?)'],
    [{ request: 'x' }, 'examples.one.request must be an object'],
  ])('is refused at registration: %j', (one, message) => {
    const refusal = { code: 'OPERATION_INVALID', message: expect.stringContaining(message) };

    expect(() => register({ ...slots, examples: { one } })).toThrow(expect.objectContaining(refusal));
  });

  it('is none where it fits another 2xx: it is shown there', () => {
    const fusio = createFusio({ logger: false });
    fusio.operation({
      name: 'it',
      method: 'GET',
      ...slots,
      examples: { one: { response: 'made' } },
      action: () => ({ id: 1 }),
    });

    expect(fusio.openapi().paths['/{id}']).toMatchObject({
      get: { responses: { 201: { content: { 'application/json': { examples: { one: { value: 'made' } } } } } } },
    });
  });
});
