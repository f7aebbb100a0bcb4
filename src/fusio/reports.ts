import { guarded, type Logger } from '../log/logger.js';
import { loggerOf } from '../log/options.js';
import { describeError } from '../log/redact.js';
import { createSignals, type SignalBoard } from '../signal/signals.js';

/** What the parts of fusio report to. */
export interface Reports {
  /** As the host gave it, which may change its level at any time. */
  readonly logger: Logger;
  /** The same, safe from its own errors. */
  readonly log: Logger;
  readonly signals: SignalBoard;
}

/** Makes the log of the option `logger`, and the signals: a listener that breaks is reported to the log. */
export function createReports(option: Logger | false | undefined): Reports {
  const logger = loggerOf(option);
  const log = guarded(logger);
  const signals = createSignals((signal, error) =>
    log.error({ signal, error: describeError(error) }, `a listener of "${signal}" broke`),
  );
  return { logger, log, signals };
}
