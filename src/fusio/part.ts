import type { Connections } from '../connection/connections.js';
import { type PingResult, pingClient } from '../connection/ping.js';
import type { Role } from '../signal/signals.js';
import type { Store } from '../store/store.js';

/** A piece of fusio that is started and stopped, such as the connections. Every method is optional. */
export interface Part {
  /** Makes it usable. May be called again, and more than once at a time. */
  ready?(): Promise<void> | void;
  /** Begins the work of its roles. */
  start?(roles: readonly Role[]): Promise<void> | void;
  /** Ends the work, for which it has `timeoutMs`, and lets go of everything. */
  stop?(timeoutMs: number): Promise<void> | void;
  /** Tells the state of everything that it depends on, by name. */
  health?(): Promise<Record<string, PingResult>>;
}

/** The connections as a part. */
export function partOf({ ready, close, ping }: Connections): Part {
  return { ready, stop: close, health: () => ping() };
}

/** The store as a part. What nothing uses has no state. */
export function partOfStore({ ready, close, reach }: Store): Part {
  return {
    ready,
    stop: close,
    async health(): Promise<Record<string, PingResult>> {
      const reached = reach();
      if (reached === undefined) return {};
      return { store: await pingClient(() => reached, 3_000) };
    },
  };
}
