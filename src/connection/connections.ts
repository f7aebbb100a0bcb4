import { types } from 'node:util';
import { FusioError, isFusioError } from '../base/errors.js';
import { isPromise } from '../base/promise.js';
import { didYouMean } from '../base/suggest.js';
import type { Connection, ConnectionHandle } from './connection.js';
import { type PingResult, pingClient } from './ping.js';
import { within } from './within.js';

export interface ConnectionParts {
  onOpened(name: string): void;
  /** Called when a connection could not be opened or closed. */
  onFailed(name: string, error: Error): void;
}

/** Connections of one instance: opened once, shared by all actions, closed in reverse order. */
export interface Connections {
  add<Client>(name: string, connection: Connection<Client>): ConnectionHandle<Client>;
  /** Value of `context.connections`: a lazy getter for each name. */
  readonly clients: Readonly<Record<string, unknown>>;
  get<Client>(handle: ConnectionHandle<Client>): Client;
  /** Opens all closed connections in parallel. A failure is reported, not thrown; the connection is tried again when it is used. */
  ready(): Promise<void>;
  /** True once every connection was tried, so that `ready` has nothing to wait for. */
  readonly isReady: boolean;
  /** Pings every connection. Never rejects. The texts contain no address and no secret. */
  ping(timeoutMs?: number): Promise<Record<string, PingResult>>;
  close(): Promise<void>;
}

/** Connection with its client and its state. */
interface Slot {
  readonly name: string;
  readonly connection: Connection<unknown>;
  readonly handle: ConnectionHandle<unknown>;
  state: 'new' | 'opening' | 'open' | 'failed' | 'closed';
  client: unknown;
  /** Resolves when an asynchronous `open` has ended. Never rejects. */
  opening: Promise<void> | undefined;
  error: unknown;
  /** Time of the last call of `open`, in milliseconds of the monotonic clock. */
  triedAt: number;
  /** True once `ready` need not wait for this connection. */
  settled: boolean;
}

const namePattern = /^[a-zA-Z_$][\w$-]*$/;
const retryAfterMs = 1_000;
const openTimeoutMs = 30_000;
const closeTimeoutMs = 5_000;

export function createConnections({ onOpened, onFailed }: ConnectionParts): Connections {
  const slots = new Map<string, Slot>();
  // Without a prototype, so that a name such as `toString` is undefined unless it is a connection.
  const clients: Readonly<Record<string, unknown>> = Object.create(null);
  let unsettled = 0;
  let closing: Promise<void> | undefined;

  function add<Client>(name: string, connection: Connection<Client>): ConnectionHandle<Client> {
    checkConnection(name, connection, slots);
    const handle: ConnectionHandle<Client> = Object.freeze({ kind: 'connection', name });
    const slot: Slot = {
      name,
      connection,
      handle,
      state: 'new',
      client: undefined,
      opening: undefined,
      error: undefined,
      triedAt: Number.NEGATIVE_INFINITY,
      settled: false,
    };
    slots.set(name, slot);
    unsettled++;
    Object.defineProperty(clients, name, {
      enumerable: true,
      get: () => (slot.state === 'open' ? slot.client : use(slot)),
    });
    return handle;
  }

  function get<Client>(handle: ConnectionHandle<Client>): Client {
    const slot = slots.get(handle.name);
    if (!slot || slot.handle !== handle) throw unknownConnection(handle, slot, slots);
    // Cast: add() gave the handle together with a connection of this client type; the map does not keep the type.
    return (slot.state === 'open' ? slot.client : use(slot)) as Client;
  }

  /** Opens the connection if it is not open, and gives its client. */
  function use(slot: Slot): unknown {
    if (closing !== undefined) throw new FusioError('SHUTTING_DOWN', `connection "${slot.name}" is closed`);
    open(slot);
    if (slot.state === 'open') return slot.client;
    throw unavailable(slot);
  }

  /** Calls `open`, unless it is running, or has failed less than a second ago and `insist` is not set. */
  function open(slot: Slot, insist = false): void {
    if (closing !== undefined || (slot.state !== 'new' && slot.state !== 'failed')) return;
    const now = performance.now();
    if (!insist && now - slot.triedAt < retryAfterMs) return;

    slot.state = 'opening';
    slot.triedAt = now;
    try {
      const client = slot.connection.open();
      if (isPromise(client)) {
        slot.opening = client.then(
          (arrived) => opened(slot, arrived),
          (error: unknown) => failed(slot, error),
        );
      } else {
        void opened(slot, client);
      }
    } catch (error) {
      failed(slot, error);
    }
  }

  function opened(slot: Slot, client: unknown): void | Promise<void> {
    slot.opening = undefined;
    slot.error = undefined;
    slot.client = client;
    settle(slot);
    // The client came after close() stopped waiting for it.
    if (slot.state === 'closed') return closeClient(slot);
    slot.state = 'open';
    onOpened(slot.name);
  }

  function failed(slot: Slot, error: unknown): void {
    slot.opening = undefined;
    slot.error = error;
    if (slot.state !== 'closed') slot.state = 'failed';
    settle(slot);
    onFailed(slot.name, toError(error));
  }

  function settle(slot: Slot): void {
    if (slot.settled) return;
    slot.settled = true;
    unsettled--;
  }

  async function ready(): Promise<void> {
    await Promise.all([...slots.values()].map(openNow));
  }

  async function openNow(slot: Slot): Promise<void> {
    open(slot, true);
    if (!slot.opening || (await within(openTimeoutMs, slot.opening))) return;
    // The attempt stays: its client is used if it still comes. A second attempt could open two clients.
    settle(slot);
    onFailed(slot.name, new FusioError('CONNECTION_UNAVAILABLE', `${tag(slot)} did not open within 30 s`));
  }

  async function ping(timeoutMs = 3_000): Promise<Record<string, PingResult>> {
    const entries = await Promise.all(
      [...slots.values()].map(async (slot) => [slot.name, await pingClient(() => reach(slot), timeoutMs)] as const),
    );
    return Object.fromEntries(entries);
  }

  /** Opens the connection if necessary, and pings it. */
  async function reach(slot: Slot): Promise<void> {
    open(slot);
    await slot.opening;
    if (slot.state !== 'open') throw slot.error ?? unavailable(slot);
    await slot.connection.ping?.(slot.client);
  }

  function close(): Promise<void> {
    closing ??= closeAll();
    return closing;
  }

  async function closeAll(): Promise<void> {
    // After this await `closing` is set, so nothing is opened any more.
    await undefined;
    for (const slot of [...slots.values()].reverse()) {
      if (slot.opening) await within(closeTimeoutMs, slot.opening);
      const wasOpen = slot.state === 'open';
      slot.state = 'closed';
      if (wasOpen) await closeClient(slot);
    }
  }

  /** Closes one connection within 5 s. An error is reported, not thrown, so that all other connections are closed too. */
  async function closeClient(slot: Slot): Promise<void> {
    const { client } = slot;
    slot.client = undefined;
    try {
      const done = slot.connection.close?.(client);
      if (!isPromise(done) || (await within(closeTimeoutMs, done))) return;
      throw new Error(`${tag(slot)} did not close within 5 s`);
    } catch (error) {
      onFailed(slot.name, toError(error));
    }
  }

  return {
    add,
    clients,
    get,
    ready,
    get isReady() {
      return unsettled === 0;
    },
    ping,
    close,
  };
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

function unavailable(slot: Slot): FusioError {
  // A missing package or a wrong option is a mistake of the developer: waiting does not help.
  if (isFusioError(slot.error)) return slot.error;
  const what = slot.state === 'opening' ? 'is still opening' : 'cannot be opened';
  return new FusioError('CONNECTION_UNAVAILABLE', `${tag(slot)} ${what}`, { cause: slot.error });
}

function tag(slot: Slot): string {
  return `connection "${slot.name}"`;
}

function toError(thrown: unknown): Error {
  // `instanceof Error` fails for an error of another realm (a vm context, Jest).
  if (thrown instanceof Error || types.isNativeError(thrown)) return thrown;
  return new Error(typeof thrown === 'string' ? thrown : 'something was thrown that is no error', { cause: thrown });
}
