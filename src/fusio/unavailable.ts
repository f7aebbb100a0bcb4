import { FusioError } from '../base/errors.js';

/** Options of `createFusio` that come with later versions. */
export const laterOptions: readonly string[] = [
  'secretKey',
  'authorization',
  'issuers',
  'identityProviders',
  'mailer',
  'payments',
  'queue',
  'rates',
  'limitStore',
  'portal',
  'jsonrpc',
  'mcp',
  'consumer',
  'admin',
  'webhooks',
  'cronjobs',
];

/**
 * Makes a function that refuses, by name, a part of the API that has its types already and comes with a later version.
 * Throws `NOT_AVAILABLE`.
 */
export function notAvailable(name: 'dispatch' | 'event' | 'events' | 'trigger' | 'webhook' | 'cronjob'): () => never {
  return function refuse(): never {
    throw new FusioError(
      'NOT_AVAILABLE',
      `${name}: events, webhooks and cronjobs are not in this version of fusio yet`,
    );
  };
}

/** Refuses as the others do, by a rejection: nothing that awaits it must be prepared for a throw. */
export async function dispatch(): Promise<never> {
  return notAvailable('dispatch')();
}
