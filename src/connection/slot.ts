import { types } from 'node:util';
import { FusioError, isFusioError } from '../base/errors.js';
import { isPromise } from '../base/promise.js';
import { within } from '../base/within.js';
import type { Connection, ConnectionHandle } from './connection.js';

/** What a connection did not do. */
export type Failing = 'open' | 'answer' | 'close';

export interface SlotParts {
  onOpened(name: string): void;
  /** Called when a connection could not be opened or closed, or when its first ping failed. */
  onFailed(name: string, error: Error, failing: Failing): void;
  /** Called once, when `ready` need not wait for this connection any more. */
  onSettled(): void;
}

const retryAfterMs = 1_000;
const openTimeoutMs = 30_000;
const pingTimeoutMs = 5_000;
const closeTimeoutMs = 5_000;

/** One connection with its client and its state: opened and pinged, used, closed. */
export class Slot {
  state: 'new' | 'opening' | 'open' | 'failed' | 'closed' = 'new';
  client: unknown = undefined;
  /** Why the last attempt failed. */
  error: unknown = undefined;
  /** True once everything closes: nothing is opened any more. */
  isShut = false;
  private failing: Failing = 'open';
  /** True while there is a client, one that does not answer too. */
  private hasClient = false;
  private isSettled = false;
  /** Resolves when an asynchronous `open` has ended. Never rejects. */
  private opening: Promise<void> | undefined = undefined;
  /** Resolves when the attempt under way has ended: `open` and the ping. Never rejects. */
  private attempt: Promise<void> | undefined = undefined;
  /** Ends the wait for a ping: nothing may keep the process alive once all is closed. */
  private leave: () => void = () => {};
  /** Time of the last attempt, in milliseconds of the monotonic clock. */
  private triedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly handle: ConnectionHandle<unknown>,
    private readonly connection: Connection<unknown>,
    private readonly parts: SlotParts,
  ) {}

  /**
   * Gives the client for a call, or throws. A client that is made here is not pinged: the call that waits for it finds out.
   * One whose ping failed is pinged again in the background, and given out when that has succeeded.
   */
  use(): unknown {
    if (this.isShut) throw new FusioError('SHUTTING_DOWN', `${this.tag} is closed`);
    this.try(false, false);
    if (this.state === 'open') return this.client;
    throw this.unavailable();
  }

  /** Opens and pings now. A failure is reported, not thrown. */
  async ready(): Promise<void> {
    this.try(true, true);
    if (!this.attempt || (await within(openTimeoutMs, this.attempt))) return;
    // The attempt stays: its client is used if it still comes. A second attempt could open two clients.
    this.error = new FusioError('CONNECTION_UNAVAILABLE', 'no client within 30 s');
    this.settle();
    this.report(this.error, 'open');
  }

  /** Opens the connection if necessary, and pings it. Rejects if that fails. */
  async reach(): Promise<void> {
    const isKnown = this.state === 'open';
    this.try(true, false);
    await this.attempt;
    if (this.state !== 'open') throw this.error ?? this.unavailable();
    if (isKnown) await this.connection.ping?.(this.client);
  }

  /** Closes the client, each wait within 5 s. A failure is reported, not thrown. */
  async close(): Promise<void> {
    this.isShut = true;
    if (this.opening !== undefined) await within(closeTimeoutMs, this.opening);
    this.state = 'closed';
    this.leave();
    if (this.hasClient) await this.closeClient();
  }

  /** Begins an attempt, unless one is under way or, if it does not `insist`, has failed less than a second ago. */
  private try(pings: boolean, insist: boolean): void {
    if (this.isShut || (this.state !== 'new' && this.state !== 'failed')) return;
    const now = performance.now();
    if (!insist && now - this.triedAt < retryAfterMs) return;

    this.state = 'opening';
    this.triedAt = now;
    if (this.hasClient) {
      this.attempt = this.verify(true);
      return;
    }
    try {
      const client = this.connection.open();
      if (isPromise(client)) {
        this.opening = client.then(
          (arrived) => this.arrived(arrived),
          (error: unknown) => this.failed(error, 'open'),
        );
        this.attempt = this.opening.then(() => this.verify(true));
      } else {
        void this.arrived(client);
        this.attempt = this.verify(pings);
      }
    } catch (error) {
      this.failed(error, 'open');
    }
  }

  private arrived(client: unknown): void | Promise<void> {
    this.opening = undefined;
    this.client = client;
    this.hasClient = true;
    // It came after close() stopped waiting for it.
    if (this.state === 'closed') return this.closeClient();
  }

  /** Ends the attempt with the client that there is: pings it first, where it can be pinged. */
  private verify(pings: boolean): Promise<void> | undefined {
    if (!this.hasClient || this.state !== 'opening') return undefined;
    if (pings && this.connection.ping) return this.ping();
    this.opened();
    return undefined;
  }

  private async ping(): Promise<void> {
    try {
      const answered = Promise.resolve().then(() => this.connection.ping?.(this.client));
      const left = new Promise<void>((leave) => {
        this.leave = leave;
      });
      if (!(await within(pingTimeoutMs, Promise.race([answered, left])))) {
        throw new FusioError('CONNECTION_UNAVAILABLE', 'no answer within 5 s');
      }
    } catch (error) {
      return this.failed(error, 'answer');
    }
    if (this.state === 'opening') this.opened();
  }

  private opened(): void {
    this.attempt = undefined;
    this.error = undefined;
    this.state = 'open';
    this.settle();
    this.parts.onOpened(this.handle.name);
  }

  private failed(error: unknown, failing: Failing): void {
    this.opening = undefined;
    this.attempt = undefined;
    this.settle();
    // What fails because it is being closed is no failure.
    if (this.state === 'closed') return;
    this.error = error;
    this.failing = failing;
    this.state = 'failed';
    this.report(error, failing);
  }

  private async closeClient(): Promise<void> {
    const { client } = this;
    this.client = undefined;
    this.hasClient = false;
    try {
      const done = this.connection.close?.(client);
      if (!isPromise(done) || (await within(closeTimeoutMs, done))) return;
      throw new Error('no end within 5 s');
    } catch (error) {
      this.report(error, 'close');
    }
  }

  private settle(): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.parts.onSettled();
  }

  private report(error: unknown, failing: Failing): void {
    this.parts.onFailed(this.handle.name, toError(error), failing);
  }

  private unavailable(): FusioError {
    // A missing package or a wrong option is a mistake of the developer: waiting does not help.
    if (isFusioError(this.error) && this.error.code !== 'CONNECTION_UNAVAILABLE') return this.error;
    const what = this.state === 'opening' ? 'is still opening' : `does not ${this.failing}`;
    return new FusioError('CONNECTION_UNAVAILABLE', `${this.tag} ${what}`, { cause: this.error });
  }

  private get tag(): string {
    return `connection "${this.handle.name}"`;
  }
}

export function toError(thrown: unknown): Error {
  // `instanceof Error` fails for an error of another realm (a vm context, Jest).
  if (thrown instanceof Error || types.isNativeError(thrown)) return thrown;
  return new Error(typeof thrown === 'string' ? thrown : 'something was thrown that is no error', { cause: thrown });
}
