import { type Connections, createConnections } from '../../src/connection/connections.js';

interface Heard {
  opened: string[];
  failed: [name: string, failing: string, message: string][];
}

function setUp(): { connections: Connections; heard: Heard } {
  const heard: Heard = { opened: [], failed: [] };
  const connections = createConnections({
    onOpened: (name) => heard.opened.push(name),
    onFailed: (name, error, failing) => heard.failed.push([name, failing, error.message]),
  });
  return { connections, heard };
}

function deferred<Value>() {
  let resolve!: (value: Value) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

function clientOf(connections: Connections, name: string): unknown {
  return (connections.clients as Record<string, unknown>)[name];
}

/** Lets every promise that can settle do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('opening', () => {
  it('opens a synchronous connection on first use, once', () => {
    const { connections, heard } = setUp();
    const client = {};
    const open = jest.fn(() => client);
    const handle = connections.add('db', { open });
    expect(open).not.toHaveBeenCalled();

    expect(clientOf(connections, 'db')).toBe(client);
    expect(clientOf(connections, 'db')).toBe(client);
    expect(connections.get(handle)).toBe(client);

    expect(open).toHaveBeenCalledTimes(1);
    expect(heard.opened).toEqual(['db']);
  });

  it('opens an asynchronous connection once under concurrent first use', async () => {
    const { connections, heard } = setUp();
    const arrival = deferred<object>();
    const open = jest.fn(() => arrival.promise);
    connections.add('db', { open });

    const both = Promise.all([connections.ready(), connections.ready()]);
    expect(() => clientOf(connections, 'db')).toThrow('connection "db" is still opening');
    const third = connections.ready();
    const client = {};
    arrival.resolve(client);
    await both;
    await third;

    expect(open).toHaveBeenCalledTimes(1);
    expect(clientOf(connections, 'db')).toBe(client);
    expect(heard.opened).toEqual(['db']);
  });

  it('starts an asynchronous opening on first use and says 503 until it is done', async () => {
    const { connections } = setUp();
    connections.add('db', { open: async () => 'client' });

    expect(() => clientOf(connections, 'db')).toThrow(
      expect.objectContaining({ code: 'CONNECTION_UNAVAILABLE', status: 503, expose: false }),
    );
    await settle();

    expect(clientOf(connections, 'db')).toBe('client');
  });

  it('opens all of them side by side', async () => {
    const { connections } = setUp();
    const first = deferred<string>();
    const second = deferred<string>();
    connections.add('first', { open: () => first.promise });
    connections.add('second', { open: () => second.promise });

    const ready = connections.ready();
    second.resolve('b');
    first.resolve('a');
    await ready;

    expect({ ...connections.clients }).toEqual({ first: 'a', second: 'b' });
  });

  it('knows when there is nothing left to wait for', async () => {
    const { connections } = setUp();
    const arrival = deferred<string>();
    expect(connections.isReady).toBe(true);
    connections.add('db', { open: () => arrival.promise });
    connections.add('broken', {
      open: () => {
        throw new Error('no');
      },
    });

    const ready = connections.ready();
    expect(connections.isReady).toBe(false);
    arrival.resolve('client');
    await ready;

    expect(connections.isReady).toBe(true);
  });

  it('does not call a connection that opens itself while it opens', () => {
    const { connections } = setUp();
    connections.add('db', { open: () => clientOf(connections, 'db') });

    expect(() => clientOf(connections, 'db')).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ message: 'connection "db" is still opening' }) }),
    );
  });

  it('gives up waiting for an opening that hangs, and takes the client when it arrives', async () => {
    jest.useFakeTimers();
    try {
      const { connections, heard } = setUp();
      const arrival = deferred<string>();
      const open = jest.fn(() => arrival.promise);
      connections.add('db', { open });

      const ready = connections.ready();
      await jest.advanceTimersByTimeAsync(30_000);
      await ready;
      expect(connections.isReady).toBe(true);
      expect(heard.failed).toEqual([['db', 'open', 'no client within 30 s']]);
      await jest.advanceTimersByTimeAsync(5_000);
      expect(() => clientOf(connections, 'db')).toThrow('still opening');
      arrival.resolve('client');
      await jest.advanceTimersByTimeAsync(0);

      expect(clientOf(connections, 'db')).toBe('client');
      expect(open).toHaveBeenCalledTimes(1);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('recovering', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('tries an asynchronous opening again in the background, at most every second', async () => {
    const { connections, heard } = setUp();
    let works = false;
    const open = jest.fn(async () => {
      if (!works) throw new Error('refused');
      return 'client';
    });
    connections.add('db', { open });
    await connections.ready();
    expect(heard.failed).toEqual([['db', 'open', 'refused']]);

    works = true;
    expect(() => clientOf(connections, 'db')).toThrow(
      expect.objectContaining({
        code: 'CONNECTION_UNAVAILABLE',
        cause: expect.objectContaining({ message: 'refused' }),
      }),
    );
    expect(open).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1_000);
    expect(() => clientOf(connections, 'db')).toThrow('still opening');
    expect(() => clientOf(connections, 'db')).toThrow('still opening');
    await jest.advanceTimersByTimeAsync(0);

    expect(clientOf(connections, 'db')).toBe('client');
    expect(open).toHaveBeenCalledTimes(2);
    expect(heard.opened).toEqual(['db']);
  });

  it('tries a synchronous opening again on use, at most every second', () => {
    const { connections } = setUp();
    let works = false;
    const open = jest.fn(() => {
      if (!works) throw new Error('refused');
      return 'client';
    });
    connections.add('db', { open });

    expect(() => clientOf(connections, 'db')).toThrow('connection "db" does not open');
    works = true;
    expect(() => clientOf(connections, 'db')).toThrow('connection "db" does not open');
    expect(open).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1_000);

    expect(clientOf(connections, 'db')).toBe('client');
  });

  it('tries again at once when ready is called', async () => {
    const { connections } = setUp();
    let works = false;
    connections.add('db', {
      open() {
        if (!works) throw new Error('refused');
        return 'client';
      },
    });
    await connections.ready();
    works = true;

    await connections.ready();

    expect(clientOf(connections, 'db')).toBe('client');
  });

  it('reports whatever is thrown as an error', async () => {
    const { connections, heard } = setUp();
    connections.add('text', { open: () => Promise.reject('refused') });
    connections.add('nothing', { open: () => Promise.reject(Object.create(null)) });

    await connections.ready();

    expect(heard.failed).toEqual([
      ['text', 'open', 'refused'],
      ['nothing', 'open', 'something was thrown that is no error'],
    ]);
  });
});

describe('a connection that does not answer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function unanswering() {
    const { connections, heard } = setUp();
    const server = { works: false, pings: 0 };
    const open = jest.fn(() => 'client');
    const close = jest.fn();
    const handle = connections.add('db', {
      open,
      close,
      ping() {
        server.pings++;
        if (!server.works) throw new Error('access denied');
      },
    });
    return { connections, heard, server, open, close, handle };
  }

  it('is found by its ping, and is none for those who use it', async () => {
    const { connections, heard, handle } = unanswering();

    await connections.ready();

    expect(heard).toEqual({ opened: [], failed: [['db', 'answer', 'access denied']] });
    expect(connections.failures()).toEqual([{ connection: 'db', error: new Error('access denied') }]);
    for (const use of [() => clientOf(connections, 'db'), () => connections.get(handle)]) {
      expect(use).toThrow(
        expect.objectContaining({
          code: 'CONNECTION_UNAVAILABLE',
          message: 'connection "db" does not answer',
          cause: new Error('access denied'),
        }),
      );
    }
  });

  it('is asked again when it is used, at most every second, and opened once', async () => {
    const { connections, heard, server, open } = unanswering();
    await connections.ready();

    for (let use = 0; use < 100; use++) expect(() => clientOf(connections, 'db')).toThrow('does not answer');
    expect(server.pings).toBe(1);
    await jest.advanceTimersByTimeAsync(1_000);
    for (let use = 0; use < 100; use++) expect(() => clientOf(connections, 'db')).toThrow('still opening');
    await jest.advanceTimersByTimeAsync(0);
    expect(server.pings).toBe(2);
    server.works = true;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(() => clientOf(connections, 'db')).toThrow('still opening');
    await jest.advanceTimersByTimeAsync(0);

    expect(clientOf(connections, 'db')).toBe('client');
    expect(server.pings).toBe(3);
    expect(open).toHaveBeenCalledTimes(1);
    expect(heard.opened).toEqual(['db']);
    expect(connections.failures()).toEqual([]);
  });

  it('works again once health() or ready() has reached it', async () => {
    for (const reach of ['ping', 'ready'] as const) {
      const { connections, server } = unanswering();
      await connections.ready();
      server.works = true;
      jest.advanceTimersByTime(1_000);

      await connections[reach]();

      expect(clientOf(connections, 'db')).toBe('client');
    }
  });

  it('is not waited for longer than 5 s, and is asked anew after that', async () => {
    const { connections, heard } = setUp();
    let answers = false;
    connections.add('db', { open: () => 'client', ping: () => (answers ? undefined : new Promise(() => {})) });

    const ready = connections.ready();
    await jest.advanceTimersByTimeAsync(5_000);
    await ready;
    expect(heard.failed).toEqual([['db', 'answer', 'no answer within 5 s']]);
    answers = true;
    expect(() => clientOf(connections, 'db')).toThrow('still opening');
    await jest.advanceTimersByTimeAsync(0);

    expect(clientOf(connections, 'db')).toBe('client');
  });

  it('is closed, also while its ping is under way', async () => {
    const { connections, close } = unanswering();
    await connections.ready();
    await connections.close();
    expect(close).toHaveBeenCalledWith('client');

    const busy = setUp();
    const closeBusy = jest.fn();
    busy.connections.add('db', { open: () => 'client', close: closeBusy, ping: () => new Promise(() => {}) });
    const ready = busy.connections.ready();
    await jest.advanceTimersByTimeAsync(0);
    await busy.connections.close();
    await ready;

    expect(closeBusy).toHaveBeenCalledTimes(1);
    expect(busy.heard).toEqual({ opened: [], failed: [] });
  });

  it('has a client that is undefined, too', async () => {
    const { connections } = setUp();
    const ping = jest.fn();
    connections.add('none', { open: () => undefined, ping });

    await connections.ready();

    expect(clientOf(connections, 'none')).toBeUndefined();
    expect(ping).toHaveBeenCalledTimes(1);
  });
});

describe('registering', () => {
  it('refuses a name that is taken', () => {
    const { connections } = setUp();
    connections.add('db', { open: () => 1 });

    expect(() => connections.add('db', { open: () => 2 })).toThrow(
      expect.objectContaining({ code: 'NAME_TAKEN', message: 'connection "db" is registered already' }),
    );
  });

  it.each(['', '1db', 'd b', 'd.b'])('refuses the name %j', (name) => {
    const { connections } = setUp();

    expect(() => connections.add(name, { open: () => 1 })).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    ['mysql://', 'a string'],
    [{}, 'an object without open()'],
  ])('refuses a connection that is %p', (connection, said) => {
    const { connections } = setUp();

    expect(() => connections.add('db', connection as never)).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', message: expect.stringContaining(`got ${said};`) }),
    );
  });

  it('refuses a close that is no function', () => {
    const { connections } = setUp();

    expect(() => connections.add('db', { open: () => 1, close: true } as never)).toThrow(
      'connection "db": close must be a function, got a boolean',
    );
  });

  it('gives no client for a name that is not registered, not even of Object', () => {
    const { connections } = setUp();

    expect(clientOf(connections, 'dbb')).toBeUndefined();
    expect(clientOf(connections, 'toString')).toBeUndefined();
    expect(clientOf(connections, '__proto__')).toBeUndefined();
  });

  it('refuses a handle of another fusio, also one with the same name', () => {
    const { connections } = setUp();
    const other = setUp().connections;
    connections.add('database', { open: () => 1 });

    expect(() => connections.get(other.add('database', { open: () => 2 }))).toThrow(
      expect.objectContaining({
        code: 'CONNECTION_UNKNOWN',
        message: 'connection "database" belongs to another fusio',
      }),
    );
    expect(() => connections.get(other.add('databse', { open: () => 2 }))).toThrow('did you mean "database"?');
  });
});

describe('closing', () => {
  it('closes in reverse order, each once, whatever the others do', async () => {
    const { connections, heard } = setUp();
    const closed: unknown[] = [];
    const add = (name: string, close: (client: unknown) => void | Promise<void>) =>
      connections.add(name, { open: () => name, close });
    add('first', (client) => void closed.push(client));
    add('second', (client) => {
      closed.push(client);
      throw new Error('broken');
    });
    add('third', async (client) => void closed.push(client));
    add('unused', () => void closed.push('unused'));
    clientOf(connections, 'first');
    clientOf(connections, 'second');
    clientOf(connections, 'third');

    await Promise.all([connections.close(), connections.close()]);
    await connections.close();

    expect(closed).toEqual(['third', 'second', 'first']);
    expect(heard.failed).toEqual([['second', 'close', 'broken']]);
    expect(() => clientOf(connections, 'first')).toThrow(
      expect.objectContaining({ code: 'SHUTTING_DOWN', message: 'connection "first" is closed' }),
    );
  });

  it('opens nothing any more once it closes', async () => {
    const { connections } = setUp();
    const open = jest.fn(() => 'client');
    connections.add('db', { open });

    const closing = connections.close();
    expect(() => clientOf(connections, 'db')).toThrow(expect.objectContaining({ code: 'SHUTTING_DOWN' }));
    await connections.ready();
    await closing;

    expect(open).not.toHaveBeenCalled();
    expect(await connections.ping()).toEqual({ db: { status: 'down', error: 'CONNECTION_UNAVAILABLE' } });
  });

  it('closes a client that arrives while it closes', async () => {
    const { connections } = setUp();
    const arrival = deferred<string>();
    const close = jest.fn();
    connections.add('db', { open: () => arrival.promise, close });
    const ready = connections.ready();

    const closing = connections.close();
    arrival.resolve('client');
    await Promise.all([closing, ready]);

    expect(close).toHaveBeenCalledTimes(1);
    expect(close).toHaveBeenCalledWith('client');
  });

  it('does not wait for ever, and closes a client that arrives when all is over', async () => {
    jest.useFakeTimers();
    try {
      const { connections, heard } = setUp();
      const arrival = deferred<string>();
      const closeLate = jest.fn();
      const closeFirst = jest.fn();
      connections.add('first', { open: () => 'first', close: closeFirst });
      connections.add('hangs', { open: () => 'client', close: () => new Promise<void>(() => {}) });
      connections.add('late', { open: () => arrival.promise, close: closeLate });
      void connections.ready();

      const closing = connections.close();
      await jest.advanceTimersByTimeAsync(10_000);
      await closing;
      expect(closeFirst).toHaveBeenCalledTimes(1);
      expect(heard.failed).toEqual([['hangs', 'close', 'no end within 5 s']]);
      expect(closeLate).not.toHaveBeenCalled();
      arrival.resolve('late');
      await jest.advanceTimersByTimeAsync(0);

      expect(closeLate).toHaveBeenCalledTimes(1);
      expect(closeLate).toHaveBeenCalledWith('late');
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('ping', () => {
  it('opens what is not open and says how everyone is, without a secret', async () => {
    const { connections } = setUp();
    connections.add('plain', { open: () => 1 });
    connections.add('pings', { open: async () => 1, ping: () => Promise.resolve() });
    connections.add('refuses', {
      open: () => 1,
      ping() {
        throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:3306 mysql://root:secret@db'), {
          code: 'ECONNREFUSED',
        });
      },
    });
    connections.add('broken', { open: () => Promise.reject(new TypeError('secret')) });
    connections.add('odd', { open: () => 1, ping: () => Promise.reject('secret') });
    connections.add('hostile', {
      open: () => 1,
      ping: () =>
        Promise.reject(
          new Proxy(
            {},
            {
              get() {
                throw new Error('secret');
              },
            },
          ),
        ),
    });

    const result = await connections.ping();

    expect(result).toEqual({
      plain: { status: 'ok', ms: expect.any(Number) },
      pings: { status: 'ok', ms: expect.any(Number) },
      refuses: { status: 'down', error: 'ECONNREFUSED' },
      broken: { status: 'down', error: 'TypeError' },
      odd: { status: 'down', error: 'failed' },
      hostile: { status: 'down', error: 'failed' },
    });
  });

  it('does not wait longer than it is told', async () => {
    jest.useFakeTimers();
    const { connections } = setUp();
    connections.add('hangs', { open: () => 1, ping: () => new Promise(() => {}) });
    connections.add('opens', { open: () => new Promise(() => {}) });

    const result = connections.ping(20);
    await jest.advanceTimersByTimeAsync(20);

    expect(await result).toEqual({
      hangs: { status: 'down', error: 'no answer within 20 ms' },
      opens: { status: 'down', error: 'no answer within 20 ms' },
    });
    jest.useRealTimers();
  });
});
