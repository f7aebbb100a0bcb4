import { FusioError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { Connection, ConnectionHandle } from './connection.js';
import { type PingResult, pingClient } from './ping.js';
import { type Failing, Slot, toError } from './slot.js';

export interface ConnectionParts {
  onOpened(name: string): void;
  /** Called when a connection could not be opened or closed, or when its first ping failed. */
  onFailed(name: string, error: Error, failing: Failing): void;
}

/** A connection that was tried and does not work. */
export interface ConnectionFailure {
  readonly connection: string;
  readonly error: Error;
}

/** Connections of one instance: opened once, shared by all actions, closed in reverse order. */
export interface Connections {
  add<Client>(name: string, connection: Connection<Client>): ConnectionHandle<Client>;
  /** Value of `context.connections`: a lazy getter for each name. */
  readonly clients: Readonly<Record<string, unknown>>;
  get<Client>(handle: ConnectionHandle<Client>): Client;
  /**
   * Opens and pings, in parallel, all connections that do not work yet. A failure is reported, not thrown; the connection is tried
   * again when it is used.
   */
  ready(): Promise<void>;
  /** True once every connection was tried, so that `ready` has nothing to wait for. */
  readonly isReady: boolean;
  /** The connections whose last attempt failed. */
  failures(): ConnectionFailure[];
  /** Pings every connection. Never rejects. The texts contain no address and no secret. */
  ping(timeoutMs?: number): Promise<Record<string, PingResult>>;
  close(): Promise<void>;
}

const namePattern = /^[a-zA-Z_$][\w$-]*$/;

export function createConnections({ onOpened, onFailed }: ConnectionParts): Connections {
  const slots = new Map<string, Slot>();
  const clients: Readonly<Record<string, unknown>> = Object.create(guesser(slots));
  let unsettled = 0;
  let closing: Promise<void> | undefined;

  function add<Client>(name: string, connection: Connection<Client>): ConnectionHandle<Client> {
    checkConnection(name, connection, slots);
    const handle: ConnectionHandle<Client> = Object.freeze({ kind: 'connection', name });
    const slot = new Slot(handle, connection, { onOpened, onFailed, onSettled: () => void unsettled-- });
    slot.isShut = closing !== undefined;
    slots.set(name, slot);
    unsettled++;
    Object.defineProperty(clients, name, {
      enumerable: true,
      get: () => (slot.state === 'open' ? slot.client : slot.use()),
    });
    return handle;
  }

  function get<Client>(handle: ConnectionHandle<Client>): Client {
    const slot = slots.get(handle.name);
    if (!slot || slot.handle !== handle) throw unknownConnection(handle, slot, slots);
    // Cast: add() gave the handle together with a connection of this client type; the map does not keep the type.
    return (slot.state === 'open' ? slot.client : slot.use()) as Client;
  }

  async function ready(): Promise<void> {
    await Promise.all([...slots.values()].map((slot) => slot.ready()));
  }

  function failures(): ConnectionFailure[] {
    return [...slots.values()].flatMap(({ handle, error }) => {
      return error === undefined ? [] : [{ connection: handle.name, error: toError(error) }];
    });
  }

  async function ping(timeoutMs = 3_000): Promise<Record<string, PingResult>> {
    const entries = await Promise.all(
      [...slots].map(async ([name, slot]) => [name, await pingClient(() => slot.reach(), timeoutMs)] as const),
    );
    return Object.fromEntries(entries);
  }

  function close(): Promise<void> {
    closing ??= closeAll();
    return closing;
  }

  async function closeAll(): Promise<void> {
    for (const slot of slots.values()) slot.isShut = true;
    for (const slot of [...slots.values()].reverse()) await slot.close();
  }

  return {
    add,
    clients,
    get,
    ready,
    get isReady() {
      return unsettled === 0;
    },
    failures,
    ping,
    close,
  };
}

/**
 * Makes the prototype of `context.connections`: only names that are no connection are looked up in it. One that is nearly that of a
 * connection throws. Others, such as `toString`, are undefined.
 */
function guesser(slots: ReadonlyMap<string, Slot>): object {
  return new Proxy(Object.create(null), {
    get(_target, name) {
      if (typeof name !== 'string') return undefined;
      const guess = didYouMean(name, slots.keys());
      if (guess === '') return undefined;
      throw new FusioError('CONNECTION_UNKNOWN', `there is no connection "${name}"${guess}`);
    },
  });
}

function checkConnection(name: string, connection: Connection<unknown>, slots: ReadonlyMap<string, Slot>): void {
  if (typeof name !== 'string' || !namePattern.test(name)) {
    throw new FusioError(
      'NAME_INVALID',
      `connection ${JSON.stringify(name)}: a name begins with a letter, _ or $ and goes on with letters, digits, _, $ or -`,
    );
  }
  if (slots.has(name)) throw new FusioError('NAME_TAKEN', `connection "${name}" is registered already`);

  const given: Partial<Record<string, unknown>> = Object(connection);
  if (typeof given.open !== 'function') {
    throw new FusioError(
      'OPTIONS_INVALID',
      `connection "${name}": expected { open(), close?(client), ping?(client) }, got ${describe(connection)}; a client that you have already goes in as mysql(pool), http(instance), sqlite(database) or { open: () => client }`,
    );
  }
  for (const method of ['close', 'ping']) {
    if (given[method] === undefined || typeof given[method] === 'function') continue;
    throw new FusioError(
      'OPTIONS_INVALID',
      `connection "${name}": ${method} must be a function, got ${describe(given[method])}`,
    );
  }
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object without open()' : `a ${typeof value}`;
}

function unknownConnection(handle: ConnectionHandle<unknown>, slot: Slot | undefined, slots: Map<string, Slot>) {
  const name = String(handle.name);
  if (slot) return new FusioError('CONNECTION_UNKNOWN', `connection "${name}" belongs to another fusio`);
  return new FusioError(
    'CONNECTION_UNKNOWN',
    `there is no connection "${name}" here${didYouMean(name, slots.keys())}: was it registered on another fusio?`,
  );
}
