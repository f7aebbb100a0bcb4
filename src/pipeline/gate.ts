/** Lets requests in until fusio stops, and knows when the last one is out. */
export interface Gate {
  enter(): boolean;
  leave(): void;
  readonly isClosed: boolean;
}

export interface DrainingGate extends Gate {
  /** Lets nobody in any more. Resolves when the last one is out, or after `timeoutMs` with false. */
  drain(timeoutMs: number): Promise<boolean>;
}

/** Counts what is under way, so that a shutdown can wait for it. */
export function createGate(): DrainingGate {
  let inside = 0;
  let isClosed = false;
  let onEmpty: (() => void) | undefined;
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
    drain(timeoutMs) {
      isClosed = true;
      if (inside === 0) return Promise.resolve(true);
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, timeoutMs, false);
        onEmpty = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
    },
  };
}
