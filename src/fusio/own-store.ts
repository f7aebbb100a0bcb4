import { FusioError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { Connections } from '../connection/connections.js';
import { connectionFailure, upstreamTimeout } from '../connection/failure.js';
import { describeError, headline } from '../log/redact.js';
import { createStore, type Store } from '../store/store.js';
import type { AnyOptions } from './options.js';
import type { Reports } from './reports.js';

export interface StoreNeeds extends Pick<Reports, 'log' | 'signals'> {
  readonly connections: Connections;
}

/** Makes the store of the options, which reports to the log and the signals. */
export function ownStore(
  { store, tablePrefix, migrate }: AnyOptions,
  { connections, log, signals }: StoreNeeds,
): Store {
  return createStore({
    store,
    tablePrefix,
    migrate,
    async clientOf(name) {
      // `migrate()` may come before `ready()`.
      if (!connections.isReady) await connections.ready();
      if (name in connections.clients) return connections.clients[name];
      const guess = didYouMean(name, Object.keys(connections.clients));
      throw new FusioError('OPTIONS_INVALID', `store: there is no connection "${name}"${guess}`);
    },
    isAway: (error) => connectionFailure(error) || upstreamTimeout(error),
    onOpened: () => signals.emit('store:opened', {}),
    onFailed(thrown) {
      const error = describeError(thrown);
      log.warn({ error }, headline(error));
      signals.emit('store:failed', { error: thrown });
    },
  });
}
