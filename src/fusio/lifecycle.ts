import { FusioError } from '../base/errors.js';
import type { Connections } from '../connection/connections.js';
import type { VisitBoard } from '../pipeline/deadlines.js';
import type { DrainingGate } from '../pipeline/gate.js';
import type { Role, SignalBoard, Source } from '../signal/signals.js';
import type { Health } from './fusio.js';

export interface LifecycleParts {
  readonly connections: Connections;
  readonly gate: DrainingGate;
  readonly visits: VisitBoard;
  readonly signals: SignalBoard;
  /** Looks at what was registered, once all of it is there; throws where it does not fit. */
  readonly check: () => unknown;
}

/** From the registrations to the last answer: `new` → ready → `started` → `stopped`. */
export interface Lifecycle {
  /** An adapter that is still at work. */
  await(adapter: Promise<unknown>): void;
  /** What a call has to wait for first; undefined where all is there. */
  notReady(source: Source): Promise<void> | undefined;
  readonly ready: () => Promise<void>;
  readonly start: (options?: { roles?: readonly Role[] }) => Promise<void>;
  readonly stop: (options?: { timeoutMs?: number }) => Promise<void>;
  readonly health: () => Promise<Health>;
}

export function createLifecycle({ connections, gate, visits, signals, check }: LifecycleParts): Lifecycle {
  const adapters = new Set<Promise<unknown>>();
  let state: 'new' | 'started' | 'stopped' = 'new';
  let readying: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;

  function ready(): Promise<void> {
    readying ??= getReady().finally(() => {
      readying = undefined;
    });
    return readying;
  }

  async function getReady(): Promise<void> {
    // An adapter may use another one.
    while (adapters.size > 0) {
      const waiting = [...adapters];
      await Promise.all(waiting);
      for (const adapter of waiting) adapters.delete(adapter);
    }
    await connections.ready();
    check();
  }

  async function start({ roles = ['web', 'worker', 'scheduler'] }: { roles?: readonly Role[] } = {}): Promise<void> {
    refuseStopped();
    await ready();
    refuseStopped();
    if (state === 'started') return;
    state = 'started';
    signals.emit('started', { roles });
  }

  function refuseStopped(): void {
    if (state === 'stopped') throw new FusioError('STOPPED');
  }

  function stop({ timeoutMs = 10_000 }: { timeoutMs?: number } = {}): Promise<void> {
    stopping ??= end(timeoutMs);
    return stopping;
  }

  async function end(timeoutMs: number): Promise<void> {
    state = 'stopped';
    const drained = gate.drain(timeoutMs);
    visits.endStreams();
    if (!(await drained)) visits.endAll();
    await connections.close();
    signals.emit('stopped', {});
  }

  const ping = kept(1_000, () => connections.ping());

  async function health(): Promise<Health> {
    if (state === 'stopped') return { status: 'down', checks: {} };
    const checks = await ping();
    const all = Object.values(checks);
    const down = all.filter((one) => one.status === 'down').length;
    const isDown = all.length > 0 && down === all.length;
    return { status: isDown ? 'down' : down > 0 ? 'degraded' : 'ok', checks };
  }

  return {
    await(adapter) {
      // Whoever awaits ready() hears of a failure; until then nobody does.
      adapter.catch(() => {});
      adapters.add(adapter);
    },
    // An adapter may call operations itself: in process nobody waits for adapters, or it would wait for itself.
    notReady(source) {
      if (source !== 'call' && adapters.size > 0) return ready();
      return connections.isReady ? undefined : connections.ready();
    },
    ready,
    start,
    stop,
    health,
  };
}

/** Remembers an answer for a while: a health check must not become a way to overload what it checks. */
function kept<Value>(forMs: number, ask: () => Promise<Value>): () => Promise<Value> {
  let until = Number.NEGATIVE_INFINITY;
  let answer: Promise<Value> | undefined;
  return () => {
    // The system's time: a health that stands still with a test's clock helps nobody.
    const now = performance.now();
    if (!answer || now >= until) {
      until = now + forMs;
      answer = ask();
    }
    return answer;
  };
}
