import { ClientError, createClient } from '../../src/client/index.js';
import { describeClient } from './behaviour.js';

describeClient(
  'fusio/client',
  (routes, options) => createClient({ ...options, routes } as never),
  ClientError as never,
);

describe('createClient', () => {
  const route = { method: 'GET', path: '/x' };
  const make = (routes: unknown): any => createClient({ baseUrl: 'http://127.0.0.1:1', routes } as never);

  test('nests as the record does and names its methods', () => {
    const client = make({ todo: { list: route, deep: { er: route } }, ping: route });

    expect(Object.keys(client)).toEqual(['todo', 'ping']);
    expect(client.todo.deep.er.name).toBe('todo.deep.er');
    expect(client.todo.nothing).toBeUndefined();
  });

  test('passes over what a module exports besides, and over circles', () => {
    const circle: Record<string, unknown> = { route };
    circle.self = circle;

    const client = make({ helper: () => 1, text: 'x', nothing: null, date: new Date(), map: new Map(), route, circle });

    expect(Object.keys(client)).toEqual(['route', 'circle']);
    expect(typeof client.circle.route).toBe('function');
  });

  test('takes names of the prototype for names', () => {
    const client = make(
      JSON.parse('{"__proto__":{"toString":{"method":"GET","path":"/x"}},"constructor":{"method":"GET","path":"/x"}}'),
    );

    const { ['__proto__']: odd } = client;
    expect(odd.toString.name).toBe('__proto__.toString');
    expect(client.constructor.name).toBe('constructor');
    expect(client.hasOwnProperty).toBeUndefined();
    expect(({} as Record<string, unknown>).toString).toBe(Object.prototype.toString);
  });

  test('wants a base URL', () => {
    expect(() => createClient({ routes: {} } as never)).toThrow('createClient: baseUrl must be text, got undefined');
  });

  test.each([undefined, null, 'x'])('wants routes, not %j', (routes) => {
    expect(() => make(routes)).toThrow(`createClient: routes must be a record of handles, got ${routes}`);
  });

  test('calls the fetch that it is given, without a this', async () => {
    const calls: unknown[] = [];
    async function fetch(this: unknown, url: unknown): Promise<Response> {
      calls.push(this, url);
      return Response.json({ ok: true });
    }

    const result = await (
      createClient({ baseUrl: '/api/', routes: { ping: route }, fetch: fetch as never } as never) as any
    ).ping();

    expect(result).toEqual({ ok: true });
    expect(calls).toEqual([undefined, '/api/x']);
  });
});

describe('ClientError.is', () => {
  test('knows the error of another copy by its brand', () => {
    let other!: typeof ClientError;
    jest.isolateModules(() => {
      other = jest.requireActual('../../src/client/index.js').ClientError;
    });
    const error = new other({ status: 404, headers: new Headers() }, { detail: 'gone' } as never);

    expect(error).not.toBeInstanceOf(ClientError);
    expect(ClientError.is(error, {} as never, 404 as never)).toBe(true);
    expect(ClientError.is(error, {} as never, 409 as never)).toBe(false);
    expect(ClientError.is({ status: 404 }, {} as never, 404 as never)).toBe(false);
    expect(ClientError.is(null, {} as never, 404 as never)).toBe(false);
  });
});
