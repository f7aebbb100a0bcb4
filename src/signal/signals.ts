import { EventEmitter } from 'eventemitter3';

/** Through which entrance a call came. */
export type Source = 'http' | 'call' | 'cronjob' | 'trigger' | 'queue' | 'jsonrpc' | 'mcp';
export type EventId = string;
export type Role = 'web' | 'worker' | 'scheduler';

/** What `fusio.on` tells. One line a signal; `docs/reference/signals.md` is checked against it. */
export interface Signals {
  /** fusio is ready and has started its roles. */
  started: { roles: readonly Role[] };
  /** Everything has drained and closed. */
  stopped: {};
  /** A request was answered. */
  'request:done': { operation: string | undefined; status: number; ms: number; requestId: string; source: Source };
  /** An action broke or its result did not fit its schema. */
  'request:failed': { operation: string | undefined; error: Error; requestId: string; source: Source };
  'connection:opened': { connection: string };
  'connection:failed': { connection: string; error: Error };
  /** An attempt to deliver failed; there will be another. */
  'delivery:failed': Delivered & { error: Error; retryAt: Date };
  /** Something that nobody awaits went wrong. */
  error: Error;
}

interface Delivered {
  readonly id: string;
  readonly webhook: string;
  readonly event: EventId;
  readonly attempt: number;
  readonly status?: number;
  readonly ms: number;
}

/** Stops listening. */
export type Off = () => void;

export interface SignalBoard {
  on<Name extends keyof Signals>(signal: Name, listener: (data: Signals[Name]) => void): Off;
  emit<Name extends keyof Signals>(signal: Name, data: Signals[Name]): void;
  /** Whether anybody listens: where not, what would be told is not even made. */
  heard(signal: keyof Signals): boolean;
}

/** Typed signals. A listener that throws or rejects harms nobody: `onBroken` hears of it. */
export function createSignals(onBroken: (signal: string, error: unknown) => void): SignalBoard {
  const emitter = new EventEmitter();
  return {
    on(signal, listener) {
      const safe = (data: unknown): void => {
        try {
          const returned: unknown = (listener as (data: unknown) => unknown)(data);
          if (returned instanceof Promise) returned.catch((error: unknown) => onBroken(signal, error));
        } catch (error) {
          onBroken(signal, error);
        }
      };
      emitter.on(signal, safe);
      return () => void emitter.off(signal, safe);
    },
    emit: (signal, data) => void emitter.emit(signal, data),
    heard: (signal) => emitter.listenerCount(signal) > 0,
  };
}
