import type { Watcher } from '../pipeline/recorder.js';

/** A watcher whose package may still be loading. */
export interface LoadedWatcher extends Watcher {
  /** Settles when all is loaded: rejects where a package is wanted and missing. Undefined where nothing is to load. */
  readonly loading?: Promise<unknown>;
}

/** Makes a watcher of one that comes later, or never: a bundle gives its packages asynchronously. Calls that begin before are not seen. */
export function lateWatcher(coming: Promise<Watcher | undefined>): LoadedWatcher {
  let watcher: Watcher | undefined;
  async function load(): Promise<void> {
    watcher = await coming;
  }
  return {
    loading: load(),
    around: (invocation, go) => (watcher ? watcher.around(invocation, go) : go()),
    end: (invocation, status, error) => watcher?.end(invocation, status, error),
    refused: (req, status) => watcher?.refused?.(req, status),
  };
}
