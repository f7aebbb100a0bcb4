import type { Demand } from '../access/authorize.js';
import type { Handle } from '../action/action.js';
import type { AnyAround } from '../action/around.js';
import type { OperationHandle } from '../action/handle.js';
import type { Answers } from '../operation/answers.js';
import type { Middleware } from '../operation/before.js';
import type { Readers } from '../operation/readers.js';

/**
 * An operation, or the action of a trigger, a cronjob or a job, as the pipeline runs it. Everything in it is decided at
 * registration.
 */
export interface Runnable extends Demand {
  /** Stands in records, in errors for the developer and in telemetry. */
  readonly name: string;
  /** False: refused with `OPERATION_GONE`. */
  readonly active: boolean;
  /** In milliseconds; 0: no limit. */
  readonly timeoutMs: number;
  /** Read text and parsed JSON that came over the wire. */
  readonly wire: Readers;
  /** Read values that came in process. */
  readonly values: Readers;
  /** The results that the action may return. */
  readonly answers: Answers;
  /** The operation that it is, with its method and path; undefined for the action of a trigger, a cronjob or a job. */
  readonly handle: OperationHandle | undefined;
  /** Middleware of the host that runs before the caller is known. */
  readonly before: readonly Middleware[];
  /** The wrappers around the action, the first one outermost. */
  readonly arounds: readonly AnyAround[];
  /** The action. */
  readonly run: Handle;
}
