import type { Action } from '../action/action.js';
import type { Request } from '../action/request.js';
import type { Duration, Retries } from '../base/duration.js';

/** A cronjob without its schedule: the action and how its runs are kept apart. */
export interface CronjobBase<Context> {
  name: string;
  description?: string;
  /** The action that runs. Its request is empty; `context.run.slot` is the planned instant. */
  action: Action<Request<{}, {}, {}, undefined>, unknown, Context>;
  /** IANA name of the time zone in which `cron` is read: `Europe/Berlin`. Default: UTC. */
  timeZone?: string;
  /** For a slot that comes while a run is under way: it is left out (the default), waits, ends the run or runs beside it. */
  overlap?: 'skip' | 'queue' | 'cancel' | 'allow';
  /** For slots that passed while nothing ran: the last one is made up for (the default), none or all. */
  misfire?: 'one' | 'skip' | 'all';
  /** Longest delay after the slot; it differs from slot to slot and is the same in every process. Default: none. */
  jitter?: Duration;
  /** How long a run may take, in milliseconds. Default: five minutes. Afterwards `context.signal` aborts. */
  timeoutMs?: number;
  /** How often a failed run is tried again. Default: not at all. */
  retries?: number | Retries;
  /** False: no slot starts a run; `run()` still does. Default: true. */
  active?: boolean;
}

/** A cronjob with its schedule: a cron expression, an interval, or one moment. Exactly one of them. */
export type CronjobOptions<Context> = CronjobBase<Context> &
  (
    | {
        /** Cron expression of five fields, or of six with seconds first: `0 3 * * *`. */
        cron: string;
        every?: never;
        at?: never;
      }
    | {
        /** Time between the slots: `'15m'`. */
        every: Duration;
        cron?: never;
        at?: never;
      }
    | {
        /** The one moment of the run; a text is read as ISO 8601. */
        at: Date | string;
        cron?: never;
        every?: never;
      }
  );

/** A cronjob that `fusio.cronjob` registered. */
export interface CronjobHandle {
  readonly kind: 'cronjob';
  readonly name: string;
  /** Starts a run now; the schedule does not move. `force`: also while another run is under way. */
  run(options?: { force?: boolean }): Promise<RunRecord>;
  /** Stops the schedule in every process. A run that is under way goes on. */
  pause(): Promise<void>;
  /** Starts the schedule again. `catchUp`: slots of the pause are treated as `misfire` says; otherwise they are left out. */
  resume(options?: { catchUp?: boolean }): Promise<void>;
  /** The next runs, jitter and daylight saving included. */
  next(count?: number): Date[];
  /** The last runs, the newest first. */
  history(options?: { limit?: number }): Promise<RunRecord[]>;
}

/** A run of a cronjob as it is recorded. */
export interface RunRecord {
  /** Unique id of the run, also `context.run.id`. */
  readonly id: string;
  /** The planned instant; for a run by hand the moment it was asked for. */
  readonly slot: Date;
  /** How far the run has come, or how it ended. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'timed_out' | 'missed' | 'skipped_overlap';
  /** Undefined before the run has started. */
  readonly startedAt?: Date;
  /** Undefined before the run has ended. */
  readonly endedAt?: Date;
  /** Number of the last attempt, from 1. */
  readonly attempt: number;
  /** Message of the error, without secrets, where the run failed. */
  readonly error?: string;
}
