import type { OptionRule } from '../base/option.js';
import { type Logger, silentLogger, stderrLogger } from './logger.js';

/** Gives the logger of the option `logger`. Default: warnings and errors to stderr. */
export function loggerOf(option: Logger | false | undefined): Logger {
  return option === false ? silentLogger : (option ?? stderrLogger());
}

const levels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly (keyof Logger)[];

/** The option `logger`. */
export const loggerOption: OptionRule<Partial<Logger> | false | null> = {
  schema: {},
  check(logger) {
    if (logger === false) return undefined;
    const missing = levels.find((level) => typeof logger?.[level] !== 'function');
    return missing && `logger must have debug, info, warn and error, ${missing} is missing`;
  },
};
