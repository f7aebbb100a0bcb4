import type { Duration, RateLimit } from '../base/duration.js';

/** A webhook without its events: where and how they are delivered. */
export interface WebhookBase {
  name: string;
  /** URL that gets each event as a POST. */
  endpoint: string;
  /** Secret of the signatures: `whsec_…`. Made and kept under `secretKey` when left out. */
  secret?: string;
  /** Header fields sent with each delivery, beside those of Standard Webhooks. */
  headers?: Readonly<Record<string, string>>;
  /** Whether an event waits until the one before it is delivered. Default: false. */
  ordered?: boolean;
  /** How fast the endpoint is called. Default: as fast as it answers. */
  rate?: RateLimit;
  /** Times between the attempts, in place of the published schedule. */
  retries?: readonly Duration[];
  /** Form of the body: Standard Webhooks (the default), the payload alone, or CloudEvents 1.0. */
  format?: 'standard' | 'raw' | 'cloudevents';
}

/** A webhook with its event, or its events: by name or handle, or `'*'` for all. */
export type WebhookOptions<Event> =
  | (WebhookBase & {
      /** The event that is delivered. */
      event: Event;
      events?: never;
    })
  | (WebhookBase & {
      /** The events that are delivered. */
      events: readonly Event[];
      event?: never;
    });

/** A webhook that `fusio.webhook` registered. */
export interface WebhookHandle {
  readonly kind: 'webhook';
  readonly name: string;
}
