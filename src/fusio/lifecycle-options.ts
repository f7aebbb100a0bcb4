import { groupOf } from '../base/option.js';
import { checkOptions } from '../schema/check-options.js';
import type { Role } from '../signal/signals.js';
import type { ReadyOptions, StartOptions, StopOptions } from './fusio.js';

const flag = { type: 'boolean' };
const roles = { type: 'array', items: { enum: ['web', 'worker', 'scheduler'] satisfies Role[] } };
const timeoutMs = { type: 'number', minimum: 0 };

const schemas = {
  ready: groupOf({ strict: flag } satisfies Record<keyof ReadyOptions, object>),
  start: groupOf({ strict: flag, roles } satisfies Record<keyof StartOptions, object>),
  stop: groupOf({ timeoutMs } satisfies Record<keyof StopOptions, object>),
};

/** Checks the options of `ready`, `start` and `stop`: throws `OPTIONS_INVALID`. A misspelled one would silently be the default. */
export function checkLifecycleOptions(of: keyof typeof schemas, options: unknown): void {
  checkOptions(schemas[of], options, of, 'OPTIONS_INVALID');
}
