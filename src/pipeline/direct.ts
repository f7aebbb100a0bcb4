import type { Caller } from '../access/caller.js';
import type { Request } from '../action/request.js';
import { codeOf, FusioError } from '../base/errors.js';
import type { Operation } from '../operation/operation.js';
import type { Outcome } from './check.js';
import { failureOf } from './failure.js';
import { type CallerOptions, type Entrance, type Hall, type RawRequest, Visit } from './invocation.js';
import { walk } from './pipeline.js';
import { recordVisit } from './recorder.js';

// A circle of calls would fill the stack; nothing sane is nested deeper.
const deepest = 32;

/** Runs an operation in process, through the same corridor as any other call. Rejects with a `FusioError`. */
export async function callOperation(
  hall: Hall,
  operation: Operation,
  input: unknown,
  caller: Caller,
  { signal, depth, requestId }: CallerOptions,
): Promise<unknown> {
  const entrance = new DirectEntrance(input, caller, signal);
  const visit = new Visit(hall, operation, entrance, depth, requestId);
  try {
    if (depth > deepest) throw new FusioError('CALL_TOO_DEEP');
    if (signal?.aborted) throw new FusioError('CALL_CANCELLED', undefined, { cause: signal.reason });
    const outcome = await entrance.outcomeOf(visit);
    const value = resultOf(outcome);
    recordVisit(visit, outcome.status);
    return value;
  } catch (thrown) {
    const error = failureOf(thrown, visit.abortReason);
    recordVisit(visit, error.status, error);
    throw error;
  } finally {
    visit.close();
    hall.visits.delete(visit);
  }
}

/** The body of a 2xx or 3xx, in its JSON form; anything else is an error, as it is for a caller over HTTP. */
function resultOf(outcome: Outcome): unknown {
  const { status } = outcome;
  const body = outcome.kind === 'value' ? jsonForm(outcome.body) : outcome.body;
  if (status < 400) return body;
  const isObject = typeof body === 'object' && body !== null;
  throw new FusioError(codeOf(status), undefined, { status, expose: true, ...(isObject && { extra: { ...body } }) });
}

function jsonForm(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  try {
    return JSON.parse(JSON.stringify(value));
  } catch (cause) {
    throw new FusioError('RESULT_INVALID', 'The result cannot be written as JSON (a circle, or a bigint)', { cause });
  }
}

/** An in-process call: values for slots, and a caller that is known already. */
class DirectEntrance implements Entrance {
  readonly source = 'call';
  readonly origin = 'values';
  readonly ip = undefined;
  readonly http = undefined;
  readonly run = undefined;
  private settle: { resolve(outcome: Outcome): void; reject(thrown: unknown): void } | undefined = undefined;

  constructor(
    readonly input: unknown,
    readonly caller: Caller,
    readonly signal: AbortSignal | undefined,
  ) {}

  outcomeOf(visit: Visit): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      walk(visit);
    });
  }

  arrive(_visit: Visit, outcome: Outcome): void {
    this.settle?.resolve(outcome);
  }

  fail(_visit: Visit, thrown: unknown): void {
    this.settle?.reject(thrown);
  }

  identify(): Caller {
    return this.caller;
  }

  read(): RawRequest {
    const input = (this.input ?? {}) as Partial<Request>;
    if (typeof input !== 'object')
      throw new FusioError('REQUEST_INVALID', 'The input of a call is an object of params, query, headers and body');
    return { params: input.params ?? {}, query: input.query ?? {}, headers: input.headers ?? {}, body: input.body };
  }

  onGone(listener: () => void): () => void {
    const { signal } = this;
    if (!signal) return () => {};
    if (signal.aborted) listener();
    signal.addEventListener('abort', listener, { once: true });
    return () => signal.removeEventListener('abort', listener);
  }
}
