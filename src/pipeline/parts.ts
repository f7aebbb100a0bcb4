import type { Caller } from '../access/caller.js';
import type { Run } from '../action/context.js';
import type { Dispatch } from '../action/dispatch.js';
import type { OperationHandle } from '../action/handle.js';
import type { Connections } from '../connection/connections.js';
import type { Source } from '../signal/signals.js';
import type { Deadlines } from './deadlines.js';
import type { FailureOf } from './failure.js';
import type { Recorder } from './recorder.js';
import type { Runnable } from './runnable.js';
import type { ValidationStatus } from './validate.js';

/** Handed to the steps by `create-fusio.ts`. */
export interface PipelineParts {
  /** Gives a promise for connections and adapters that are not ready yet; undefined where everything is. */
  readonly ready: (source: Source) => Promise<void> | undefined;
  readonly deadlines: Deadlines;
  readonly recorder: Recorder;
  readonly failureOf: FailureOf;
  /** The status of a request that does not match the schemas of its operation. */
  readonly validationStatus: ValidationStatus;
  readonly nextRequestId: () => string;
  readonly reach: Reach;
}

/** The part of fusio that an action can reach through its context. */
export interface Reach {
  readonly connections: Connections;
  readonly dispatch: Dispatch<{}>;
  /** Finds the operation of a handle; throws `OPERATION_INVALID` where it is of another fusio. */
  readonly find: (handle: OperationHandle) => Runnable;
  readonly call: CallDirect;
}

/** Runs something in process. Rejects with a `FusioError`. */
export type CallDirect = (
  runnable: Runnable,
  input: unknown,
  caller: Caller,
  options: CallDirectOptions,
) => Promise<unknown>;

export interface CallDirectOptions {
  /** Default: `call`. */
  readonly source?: Source;
  /** The slot, the attempt or the event that makes it run: `context.run`. */
  readonly run?: Run | undefined;
  readonly signal?: AbortSignal | undefined;
  /** True where `as` names the caller, in place of middleware and login. Default: false. */
  readonly isNamed?: boolean;
  /** How many calls this one is nested in. */
  readonly depth: number;
  /** Default: a new one. */
  readonly requestId?: string;
}
