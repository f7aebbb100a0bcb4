import { FusioError } from '../base/errors.js';

/**
 * Doors that the types have already, so that code can be written against them, and this version has not.
 * Each refuses at the first touch, by name.
 */
export function notAvailable(name: 'dispatch' | 'event' | 'events' | 'trigger' | 'webhook' | 'cronjob'): () => never {
  return function refuse(): never {
    throw new FusioError(
      'NOT_AVAILABLE',
      `${name}: events, webhooks and cronjobs are not in this version of fusio yet`,
    );
  };
}
