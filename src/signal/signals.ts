import { EventEmitter } from 'eventemitter3';
import { FusioError } from '../base/errors.js';
import { isPromise } from '../base/promise.js';
import { didYouMean } from '../base/suggest.js';

/** The way in which an invocation came: a request, a call in process, a cronjob, a trigger, the queue, JSON-RPC or MCP. */
export type Source = 'http' | 'call' | 'cronjob' | 'trigger' | 'queue' | 'jsonrpc' | 'mcp';
/** Id of a dispatched event. Deliveries carry it as `webhook-id`. */
export type EventId = string;

/** A task of a process: answering requests, working on deliveries and jobs, or starting cronjobs. */
export type Role = 'web' | 'worker' | 'scheduler';

/** The signals of `fusio.on`, with the data that their listeners get. `docs/reference/signals.md` is checked against this list. */
export interface Signals {
  /** fusio is ready and has started its roles. */
  started: { roles: readonly Role[] };
  /** Everything has drained and closed. */
  stopped: {};
  /** A request was answered, or a call in process ended. `ms` is how long it took; `operation` is undefined where none was found. */
  'request:done': { operation: string | undefined; status: number; ms: number; requestId: string; source: Source };
  /** An action broke or its result did not fit its schema. */
  'request:failed': { operation: string | undefined; error: Error; requestId: string; source: Source };
  /** A connection was opened and answered its ping, at `ready()`, on use or on a later attempt. */
  'connection:opened': { connection: string };
  /** A connection could not be opened or closed, or did not answer its ping at `ready()` or on a later attempt. */
  'connection:failed': { connection: string; error: Error };
  /** The database of the option `store` was opened and has all migrations. */
  'store:opened': {};
  /** The database of the option `store` could not be opened or migrated. */
  'store:failed': { error: Error };
  /** An attempt to deliver failed; there will be another. */
  'delivery:failed': Delivered & { error: Error; retryAt: Date };
  /** Work in the background failed, which no caller waits for. */
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

const names = Object.keys({
  started: true,
  stopped: true,
  'request:done': true,
  'request:failed': true,
  'connection:opened': true,
  'connection:failed': true,
  'store:opened': true,
  'store:failed': true,
  'delivery:failed': true,
  error: true,
} satisfies Record<keyof Signals, true>);

/** A function that stops listening. */
export type Off = () => void;

export interface SignalBoard {
  on<Name extends keyof Signals>(signal: Name, listener: (data: Signals[Name]) => void): Off;
  emit<Name extends keyof Signals>(signal: Name, data: Signals[Name]): void;
}

/** Makes typed signals. A listener that throws or rejects does not stop the others: its error goes to `onBroken`. */
export function createSignals(onBroken: (signal: string, error: unknown) => void): SignalBoard {
  const emitter = new EventEmitter();
  return {
    on(signal, listener) {
      checkListener(signal, listener);
      const safe = (data: Parameters<typeof listener>[0]): void => {
        try {
          // An asynchronous listener returns a promise, which its type does not tell.
          const returned: unknown = listener(data);
          if (isPromise(returned)) returned.then(undefined, (error: unknown) => onBroken(signal, error));
        } catch (error) {
          onBroken(signal, error);
        }
      };
      emitter.on(signal, safe);
      return () => void emitter.off(signal, safe);
    },
    emit: (signal, data) => void emitter.emit(signal, data),
  };
}

/** JavaScript callers may pass anything: a listener of an unknown signal would wait for ever. */
function checkListener(signal: unknown, listener: unknown): void {
  if (typeof signal !== 'string' || !names.includes(signal)) {
    const name = String(signal);
    const hint = didYouMean(name, names) || `; there are ${names.join(', ')}`;
    throw new FusioError('OPTIONS_INVALID', `on: there is no signal "${name}"${hint}`);
  }
  if (typeof listener !== 'function') {
    throw new FusioError('OPTIONS_INVALID', `on: the listener of "${signal}" must be a function`);
  }
}
