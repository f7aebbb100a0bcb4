/** `'90s'`, `'15m'`, `'1h'`, `'1d'`, or milliseconds. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** How often something is tried again, and how long it waits in between. */
export interface Retries {
  attempts: number;
  backoff?: Duration | readonly Duration[];
}

/** How fast a caller may call. */
export interface RateLimit {
  limit: number;
  per: Duration;
  burst?: number;
}
