import type { Logger } from '../log/logger.js';
import type { Deadlines } from './deadlines.js';

/** Counts the invocations under way, and refuses new ones once fusio stops. */
export interface Gate {
  /** Counts one more; false once fusio stops. */
  enter(): boolean;
  leave(): void;
  readonly isClosed: boolean;
  /** Closes, ends the streams of events, waits for the rest for at most `timeoutMs`, and then ends the rest, too. */
  stop(timeoutMs: number): Promise<void>;
}

export function createGate(deadlines: Deadlines, log: Logger): Gate {
  let inside = 0;
  let isClosed = false;
  let onEmpty: (() => void) | undefined;

  function isEmptyWithin(timeoutMs: number): Promise<boolean> {
    if (inside === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs, false);
      onEmpty = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  return {
    get isClosed() {
      return isClosed;
    },
    enter() {
      if (isClosed) return false;
      inside++;
      return true;
    },
    leave() {
      inside--;
      if (inside === 0) onEmpty?.();
    },
    async stop(timeoutMs) {
      isClosed = true;
      const isEmpty = isEmptyWithin(timeoutMs);
      deadlines.endStreams();
      if (await isEmpty) return;
      log.warn({ invocations: inside, timeoutMs }, 'the time to drain is over: the rest is ended');
      deadlines.endAll();
    },
  };
}
