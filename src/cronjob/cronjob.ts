import type { Action } from '../action/action.js';
import type { Request } from '../action/request.js';
import type { Duration, Retries } from '../base/duration.js';

export interface CronjobBase<Context> {
  name: string;
  description?: string;
  action: Action<Request<{}, {}, {}, undefined>, unknown, Context>;
  /** IANA name. Default: UTC. */
  timeZone?: string;
  overlap?: 'skip' | 'queue' | 'cancel' | 'allow';
  misfire?: 'one' | 'skip' | 'all';
  jitter?: Duration;
  /** Default: five minutes. */
  timeoutMs?: number;
  retries?: number | Retries;
  active?: boolean;
}
/** When: a cron expression of five or six fields, an interval, or one moment. Exactly one of them. */
export type CronjobOptions<Context> = CronjobBase<Context> &
  (
    | { cron: string; every?: never; at?: never }
    | { every: Duration; cron?: never; at?: never }
    | { at: Date | string; cron?: never; every?: never }
  );
export interface CronjobHandle {
  readonly kind: 'cronjob';
  readonly name: string;
  /** Starts a run now; the schedule does not move. */
  run(options?: { force?: boolean }): Promise<RunRecord>;
  pause(): Promise<void>;
  resume(options?: { catchUp?: boolean }): Promise<void>;
  /** The next runs, jitter and daylight saving included. */
  next(count?: number): Date[];
  history(options?: { limit?: number }): Promise<RunRecord[]>;
}

export interface RunRecord {
  readonly id: string;
  readonly slot: Date;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'timed_out' | 'missed' | 'skipped_overlap';
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly attempt: number;
  readonly error?: string;
}
