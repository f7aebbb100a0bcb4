import { type Connections, createConnections } from '../connection/connections.js';
import { describeError, headline } from '../log/redact.js';
import type { AnyOptions } from './options.js';
import type { Reports } from './reports.js';

/** Makes the connections of the options, which report to the log, in one line with the cause, and to the signals. */
export function ownConnections(
  given: AnyOptions['connections'],
  { log, signals }: Pick<Reports, 'log' | 'signals'>,
): Connections {
  const connections = createConnections({
    onOpened: (connection) => signals.emit('connection:opened', { connection }),
    onFailed(connection, thrown, failing) {
      const error = describeError(thrown);
      log.warn({ connection, error }, `connection "${connection}" does not ${failing}: ${headline(error)}`);
      signals.emit('connection:failed', { connection, error: thrown });
    },
  });
  for (const [name, connection] of Object.entries(given ?? {})) connections.add(name, connection);
  return connections;
}
