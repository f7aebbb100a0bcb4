import { FusioError } from '../base/errors.js';
import { isPromise } from '../base/promise.js';
import type { SignalBoard, Source } from '../signal/signals.js';
import { type Failure, refusalOf } from './failures.js';
import type { Health, ReadyOptions, StartOptions, StopOptions } from './fusio.js';
import { checkLifecycleOptions } from './lifecycle-options.js';
import type { Part } from './part.js';

export interface LifecycleParts {
  /** In the order in which they are made ready and started; they are stopped in the opposite one. */
  readonly parts: readonly Part[];
  readonly signals: SignalBoard;
  /** Gives a promise for connections that are not open yet; undefined where all are. */
  readonly waitFor: () => Promise<void> | undefined;
  /** What does not work. */
  readonly failures: () => readonly Failure[];
}

/** From the registrations to the last answer: `new` → ready → `started` → `stopped`. */
export interface Lifecycle {
  /** Makes `ready` wait for work that is under way, of an adapter or of our own. */
  await(work: unknown): void;
  /** Gives a promise for connections and adapters that are not ready yet; undefined where everything is. */
  readyFor(source: Source): Promise<void> | undefined;
  readonly ready: (options?: ReadyOptions) => Promise<void>;
  readonly start: (options?: StartOptions) => Promise<void>;
  readonly stop: (options?: StopOptions) => Promise<void>;
  readonly health: () => Promise<Health>;
}

export function createLifecycle({ parts, signals, waitFor, failures }: LifecycleParts): Lifecycle {
  const adapters = new Set<Promise<unknown>>();
  let state: 'new' | 'started' | 'stopped' = 'new';
  let readying: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;

  async function ready(options: ReadyOptions = {}): Promise<void> {
    checkLifecycleOptions('ready', options);
    await everything();
    refuse(options);
  }

  function refuse({ strict = false }: ReadyOptions): void {
    const refusal = refusalOf(failures(), strict);
    if (refusal) throw refusal;
  }

  function everything(): Promise<void> {
    readying ??= makeReady().finally(() => {
      readying = undefined;
    });
    return readying;
  }

  async function makeReady(): Promise<void> {
    // Again, because an adapter may use another one.
    while (adapters.size > 0) {
      const waiting = [...adapters];
      await Promise.all(waiting);
      for (const adapter of waiting) adapters.delete(adapter);
    }
    for (const part of parts) await part.ready?.();
  }

  async function start(options: StartOptions = {}): Promise<void> {
    checkLifecycleOptions('start', options);
    const { roles = ['web', 'worker', 'scheduler'] } = options;
    refuseStopped();
    await everything();
    refuseStopped();
    refuse(options);
    if (state === 'started') return;
    state = 'started';
    for (const part of parts) await part.start?.(roles);
    signals.emit('started', { roles });
  }

  function refuseStopped(): void {
    if (state === 'stopped') throw new FusioError('STOPPED');
  }

  async function stop(options: StopOptions = {}): Promise<void> {
    checkLifecycleOptions('stop', options);
    stopping ??= stopAll(options.timeoutMs ?? 10_000);
    return stopping;
  }

  async function stopAll(timeoutMs: number): Promise<void> {
    state = 'stopped';
    for (const part of [...parts].reverse()) await part.stop?.(timeoutMs);
    signals.emit('stopped', {});
  }

  const check = kept(1_000, async () => {
    const checks = await Promise.all(parts.map((part) => part.health?.()));
    const merged: Health['checks'] = Object.assign({}, ...checks);
    return merged;
  });

  async function health(): Promise<Health> {
    if (state === 'stopped') return { status: 'down', checks: {} };
    const checks = await check();
    const all = Object.values(checks);
    const down = all.filter((one) => one.status === 'down').length;
    const isDown = all.length > 0 && down === all.length;
    return { status: isDown ? 'down' : down > 0 ? 'degraded' : 'ok', checks };
  }

  return {
    await(work) {
      if (!isPromise(work)) return;
      // `ready` reports its failure; before that an unhandled rejection would end the process.
      work.then(undefined, () => {});
      adapters.add(work);
    },
    // In process nothing waits for adapters: one that calls operations would wait for itself.
    readyFor: (source) => (source !== 'call' && adapters.size > 0 ? everything() : waitFor()),
    ready,
    start,
    stop,
    health,
  };
}

/** Remembers an answer for a while, so that health checks cannot overload what they check. */
function kept<Value>(forMs: number, ask: () => Promise<Value>): () => Promise<Value> {
  let until = Number.NEGATIVE_INFINITY;
  let answer: Promise<Value> | undefined;
  return () => {
    // The system's time: with the clock of a test a health would never be asked again.
    const now = performance.now();
    if (!answer || now >= until) {
      until = now + forMs;
      answer = ask();
    }
    return answer;
  };
}
