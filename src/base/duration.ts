/** A length of time: `'90s'`, `'15m'`, `'1h'`, `'1d'`, or milliseconds as a number. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** Further attempts after a failure. */
export interface Retries {
  /** How many further attempts there are. */
  attempts: number;
  /** Wait before each further attempt, or a list with one for each. */
  backoff?: Duration | readonly Duration[];
}

/** A rate: so many calls in such a time. */
export interface RateLimit {
  /** How many calls. */
  limit: number;
  /** In which time. */
  per: Duration;
  /** How many calls may come at once. Default: `limit`. */
  burst?: number;
}
