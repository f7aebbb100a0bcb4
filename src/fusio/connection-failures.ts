import { FusioError, isFusioError } from '../base/errors.js';
import type { ConnectionFailure, ConnectionParts } from '../connection/connections.js';
import type { Logger } from '../log/logger.js';
import { describeError, headline } from '../log/redact.js';
import type { SignalBoard } from '../signal/signals.js';

/** Tells the log, in one line with the cause, and the signals of a connection that fails. */
export function reportFailure(log: Logger, signals: SignalBoard): ConnectionParts['onFailed'] {
  return function report(connection, thrown, failing) {
    const error = describeError(thrown);
    log.warn({ connection, error }, `connection "${connection}" does not ${failing}: ${headline(error)}`);
    signals.emit('connection:failed', { connection, error: thrown });
  };
}

/**
 * Makes the error with which a start is refused, undefined where it is not: for every connection that does not work where it is
 * strict, else for mistakes, such as a missing package, which no later attempt heals. Names all of them.
 */
export function refusalOf(failures: readonly ConnectionFailure[], isStrict: boolean): FusioError | undefined {
  const mistakes = failures.filter(({ error }) => isMistake(error));
  const refused = isStrict ? failures : mistakes;
  const [first] = refused;
  if (!first) return undefined;

  const texts = refused.map(({ connection, error }) => `connection "${connection}": ${headline(describeError(error))}`);
  const cause =
    refused.length === 1
      ? first.error
      : new AggregateError(
          refused.map(({ error }) => error),
          'several connections do not work',
        );
  return new FusioError(codeOfMistake(mistakes) ?? 'CONNECTION_UNAVAILABLE', texts.join('; '), { cause });
}

function isMistake(error: Error): boolean {
  return isFusioError(error) && (error.code === 'PACKAGE_MISSING' || error.code === 'OPTIONS_INVALID');
}

function codeOfMistake([mistake]: readonly ConnectionFailure[]): FusioError['code'] | undefined {
  return mistake && isFusioError(mistake.error) ? mistake.error.code : undefined;
}
