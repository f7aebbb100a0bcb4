import { authorize } from '../access/authorize.js';
import type { Caller } from '../access/caller.js';
import type { Request } from '../action/request.js';
import { discard } from '../discard.js';
import { FusioError } from '../errors.js';
import { isPromise, proceed } from '../proceed.js';
import type { Reader } from '../schema/schemas.js';
import { check, type Outcome } from './check.js';
import type { Operation, Readers } from './operation.js';
import { ActionContext, type RawRequest, type Visit } from './visit.js';

/**
 * The way of every call, whatever its entrance:
 * active → authenticate → authorize → read → validate → run → check.
 * It stays synchronous as long as each step does, and throws or rejects with whatever stopped it.
 */
export function walk(visit: Visit): Outcome | Promise<Outcome> {
  const { watcher } = visit.hall;
  const outcome = watcher ? watcher.around(visit, () => begin(visit)) : begin(visit);
  return isPromise(outcome) ? mayExpire(visit, outcome as Promise<Outcome>) : (outcome as Outcome);
}

function begin(visit: Visit): Outcome | Promise<Outcome> {
  if (!visit.operation.active) throw new FusioError('OPERATION_GONE');
  // Connections that open asynchronously and adapters: the first calls wait for them.
  const wait = visit.hall.notReady(visit.entrance.source);
  if (wait !== undefined) return wait.then(() => proceed(visit, visit.entrance.identify(), admit));
  return proceed(visit, visit.entrance.identify(), admit);
}

function admit(visit: Visit, caller: Caller): Outcome | Promise<Outcome> {
  visit.caller = caller;
  authorize(visit.operation, caller);
  return proceed(visit, visit.entrance.read(visit), enter);
}

function enter(visit: Visit, raw: RawRequest): Outcome | Promise<Outcome> {
  // The time was up while the body came, or its sender left: nobody waits for the action any more.
  if (visit.abortReason) throw visit.abortReason;
  const request = validate(visit.operation, raw, visit.entrance.origin);
  return proceed(visit, run(visit, request), check);
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

function run(visit: Visit, request: Request): unknown {
  return visit.operation.run(request, new ActionContext(visit));
}

/** A call that waits for something may be ended by the clock and by a shutdown. */
function mayExpire(visit: Visit, outcome: Promise<Outcome>): Promise<Outcome> {
  const { hall, operation } = visit;
  if (operation.timeoutMs > 0) visit.expiresAt = visit.startedAt + operation.timeoutMs;
  hall.visits.add(visit);
  return new Promise((resolve, reject) => {
    visit.expire = (error) => {
      visit.expire = undefined;
      visit.abort(error);
      reject(error);
    };
    outcome.then((arrived) => {
      // It came too late: nobody will send it.
      if (visit.abortReason) discard(arrived.body);
      // From here on the time is the stream's affair, where there is one.
      visit.expiresAt = 0;
      resolve(arrived);
    }, reject);
  });
}
