import type { Duration, RateLimit } from '../base/duration.js';

export interface WebhookBase {
  name: string;
  endpoint: string;
  /** `whsec_…`; made and kept under `secretKey` when left out. */
  secret?: string;
  headers?: Readonly<Record<string, string>>;
  ordered?: boolean;
  rate?: RateLimit;
  /** Times between the attempts, in place of the published schedule. */
  retries?: readonly Duration[];
  format?: 'standard' | 'raw' | 'cloudevents';
}
export type WebhookOptions<Event> =
  | (WebhookBase & { event: Event; events?: never })
  | (WebhookBase & { events: readonly Event[]; event?: never });
export interface WebhookHandle {
  readonly kind: 'webhook';
  readonly name: string;
}
