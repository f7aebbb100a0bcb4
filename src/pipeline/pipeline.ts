import { authorize } from '../access/authorize.js';
import type { Caller } from '../access/caller.js';
import type { Request } from '../action/request.js';
import { FusioError } from '../base/errors.js';
import { isPromise } from '../base/promise.js';
import { discard } from '../base/streams.js';
import type { Operation, Readers } from '../operation/operation.js';
import type { Reader } from '../schema/schemas.js';
import { check } from './check.js';
import { ActionContext, type RawRequest, type Visit } from './invocation.js';

/**
 * The way of every call, whatever its entrance:
 * active → authenticate → authorize → read → validate → run → check.
 * Each step hands on to the next at once while nothing has to be awaited, so a synchronous action stays synchronous. The entrance
 * is told of the outcome, or of whatever was thrown on the way; nothing is thrown here.
 */
export function walk(visit: Visit): void {
  const { watcher } = visit.hall;
  try {
    if (watcher) watcher.around(visit, () => begin(visit));
    else begin(visit);
  } catch (thrown) {
    stop(visit, thrown);
  }
}

function begin(visit: Visit): void {
  if (!visit.operation.active) throw new FusioError('OPERATION_GONE');
  // Connections that open asynchronously and adapters: the first calls wait for them.
  const wait = visit.hall.notReady(visit.entrance.source);
  if (wait === undefined) identify(visit);
  else later(visit, wait, identify);
}

function identify(visit: Visit): void {
  go(visit, visit.entrance.identify(), admit);
}

function admit(visit: Visit, caller: Caller): void {
  visit.caller = caller;
  authorize(visit.operation, caller);
  go(visit, visit.entrance.read(visit), enter);
}

function enter(visit: Visit, raw: RawRequest): void {
  const request = validate(visit.operation, raw, visit.entrance.origin);
  go(visit, visit.operation.run(request, new ActionContext(visit)), leave);
}

function leave(visit: Visit, result: unknown): void {
  const outcome = check(visit, result);
  if (visit.isOver) {
    // It came too late: nobody will send it.
    discard(outcome.body);
    return;
  }
  visit.isOver = true;
  // From here on the time is the stream's affair, where there is one.
  visit.expiresAt = 0;
  visit.entrance.arrive(visit, outcome);
}

function stop(visit: Visit, thrown: unknown): void {
  if (visit.isOver) return;
  visit.isOver = true;
  visit.entrance.fail(visit, thrown);
}

type Next<Value> = (visit: Visit, value: Value) => void;

function go<Value>(visit: Visit, value: Value | Promise<Value>, next: Next<Value>): void {
  if (isPromise(value)) later(visit, value, next);
  else next(visit, value);
}

/** Goes on when the promise is kept. A promise, and no callback, is what brings the host's async context along. */
function later<Value>(visit: Visit, promise: Promise<Value>, next: Next<Value>): void {
  mayExpire(visit);
  // A thenable of somebody else's may call back twice, or at once.
  const native = promise.constructor === Promise ? promise : Promise.resolve(promise);
  void native.then(
    (value) => {
      // Nobody waits any more: a form that came too late is let go of here, a result by `leave`.
      if (visit.isOver && (next as unknown) !== leave) return visit.close();
      try {
        next(visit, value);
      } catch (thrown) {
        stop(visit, thrown);
      }
    },
    (thrown: unknown) => stop(visit, thrown),
  );
}

/** A call that waits for something may be ended by the clock and by a shutdown. */
function mayExpire(visit: Visit): void {
  const { hall, operation } = visit;
  if (visit.expire !== undefined || visit.isOver) return;
  if (operation.timeoutMs > 0) visit.expiresAt = visit.startedAt + operation.timeoutMs;
  visit.expire = expire;
  hall.visits.add(visit);
}

function expire(visit: Visit, error: FusioError): void {
  visit.abort(error);
  stop(visit, error);
}

/** Brings the four slots into the form that the operation declares, or throws with every issue of all of them. */
function validate(operation: Operation, raw: RawRequest, origin: 'wire' | 'values'): Request {
  const { params, query, headers, body } = operation[origin];
  const request = {
    params: params ? params.read(raw.params) : raw.params,
    query: query ? query.read(raw.query) : raw.query,
    headers: headers ? headers.read(pick(raw.headers, headers.names)) : raw.headers,
    body: body ? body.read(raw.body) : raw.body,
  };
  if (
    (params && !params.check(request.params)) ||
    (query && !query.check(request.query)) ||
    (headers && !headers.check(request.headers)) ||
    (body && !body.check(request.body))
  ) {
    throw refusal(operation[origin], request);
  }
  return request;
}

function refusal(readers: Readers, request: Request): FusioError {
  const issues = slots.flatMap((slot) => {
    const reader: Reader | undefined = readers[slot];
    return reader && !reader.check(request[slot]) ? reader.issues(request[slot], `/${slot}`) : [];
  });
  return new FusioError('REQUEST_INVALID', undefined, { errors: issues });
}

const slots = ['params', 'query', 'headers', 'body'] as const;

/** The declared headers under their declared names. */
function pick(headers: unknown, names: readonly (readonly [string, string])[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  const given = (headers ?? {}) as Record<string, unknown>;
  for (const [declared, wire] of names) {
    const value = given[wire] ?? given[declared];
    if (value !== undefined) picked[declared] = value;
  }
  return picked;
}
