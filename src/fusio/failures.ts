import { FusioError, isFusioError } from '../base/errors.js';
import type { Connections } from '../connection/connections.js';
import { describeError, headline } from '../log/redact.js';
import type { Store } from '../store/store.js';

/** What does not work, and why in a line. */
export interface Failure {
  readonly text: string;
  readonly error: Error;
  /** Of the start that is refused for it, unless it is a mistake. */
  readonly code: 'CONNECTION_UNAVAILABLE' | 'STORE_UNAVAILABLE';
}

/** The connections that do not work, and the store if it is one of them. */
export function failuresOf(connections: Connections, store: Store): readonly Failure[] {
  const failed = connections.failures().map(({ connection, error }): Failure => {
    const text = `connection "${connection}": ${headline(describeError(error))}`;
    return { text, error, code: 'CONNECTION_UNAVAILABLE' };
  });
  const { failure } = store;
  if (!failure) return failed;
  return [...failed, { text: headline(describeError(failure)), error: failure, code: 'STORE_UNAVAILABLE' }];
}

/**
 * Makes the error with which a start is refused, undefined where it is not: for everything that does not work where it is strict, else
 * for mistakes, such as a missing package, which no later attempt heals. Names all of them.
 */
export function refusalOf(failures: readonly Failure[], isStrict: boolean): FusioError | undefined {
  const mistakes = failures.filter(({ error }) => isMistake(error));
  const refused = isStrict ? failures : mistakes;
  const [first] = refused;
  if (!first) return undefined;

  const cause =
    refused.length === 1
      ? first.error
      : new AggregateError(
          refused.map(({ error }) => error),
          'several things do not work',
        );
  const text = refused.map((one) => one.text).join('; ');
  return new FusioError(codeOfMistake(mistakes) ?? first.code, text, { cause });
}

function isMistake(error: Error): boolean {
  return isFusioError(error) && ['PACKAGE_MISSING', 'OPTIONS_INVALID', 'STORE_REFUSED'].includes(error.code);
}

function codeOfMistake([mistake]: readonly Failure[]): FusioError['code'] | undefined {
  return mistake && isFusioError(mistake.error) ? mistake.error.code : undefined;
}
