import { authorize as authorizeCaller } from '../access/authorize.js';
import type { Caller } from '../access/caller.js';
import type { Request } from '../action/request.js';
import { FusioError } from '../base/errors.js';
import { findPromise, isPromise } from '../base/promise.js';
import { runWrapped, wrappedOutcome } from './around.js';
import { checkResult } from './check.js';
import { ActionContext } from './context.js';
import { drop } from './drop.js';
import type { Invocation } from './invocation.js';
import type { Answered, Outcome, RawRequest } from './transport.js';
import { validateRequest } from './validate.js';

/**
 * The steps of every invocation. Each is given the value that the step before it returned, or resolved with; one that throws is
 * the last. The names are those of docs/reference/lifecycle.md.
 */
export const steps = inOrder([active, ready, before, authenticate, authorize, read, validate, run, check, answer]);

/** Runs an invocation through the steps. Its answer, or the error that it failed with, is delivered; nothing is thrown. */
export function invoke(invocation: Invocation): void {
  try {
    invocation.parts.recorder.around(invocation, () => go(invocation, undefined, 0));
  } catch (thrown) {
    invocation.fail(thrown);
  }
}

/** Takes the steps from `at` on. While nothing has to be awaited they follow at once: a synchronous action stays synchronous. */
function go(invocation: Invocation, given: unknown, at: number): void {
  let value = given;
  for (let next = at; next < steps.length; next++) {
    // The list was checked to fit.
    value = steps[next]?.(invocation, value as never);
    if (isPromise(value)) return later(invocation, value, next + 1);
    // Middleware has answered, or the time was up.
    if (invocation.isDelivered) return drop(value);
  }
  // The last step returns the answer.
  invocation.succeed(value as Answered);
}

/** Goes on when the promise is kept. Promises keep the AsyncLocalStorage of the host; callbacks would lose it. */
function later(invocation: Invocation, promise: Promise<unknown>, at: number): void {
  invocation.watch();
  // A thenable that is no promise of the language may call back twice, or at once.
  const native = promise.constructor === Promise ? promise : Promise.resolve(promise);
  void native.then(
    (value) => {
      try {
        if (invocation.isDelivered) drop(value);
        else go(invocation, value, at);
      } catch (thrown) {
        invocation.fail(thrown);
      }
    },
    (thrown: unknown) => invocation.fail(thrown),
  );
}

function active({ runnable }: Invocation): void {
  if (!runnable.active) throw new FusioError('OPERATION_GONE');
}

function ready({ parts, origin }: Invocation): Promise<void> | undefined {
  return parts.ready(origin.source);
}

function before(invocation: Invocation): void | Promise<void> {
  const { runnable, transport } = invocation;
  if (runnable.before.length === 0) return;
  const went = transport.before(runnable.before);
  if (isPromise(went)) return went.then((goesOn) => invocation.goOn(goesOn));
  invocation.goOn(went);
}

function authenticate({ transport }: Invocation): Caller | Promise<Caller> {
  return transport.authenticate();
}

function authorize(invocation: Invocation, caller: Caller): void {
  invocation.caller = caller;
  authorizeCaller(invocation.runnable, caller);
}

function read(invocation: Invocation): RawRequest | Promise<RawRequest> {
  return invocation.transport.read(invocation);
}

function validate({ runnable, origin, parts }: Invocation, raw: RawRequest): Request {
  try {
    return validateRequest(runnable[origin.form], raw, parts.validationStatus);
  } catch (error) {
    if (origin.form === 'values') findPromise(raw);
    throw error;
  }
}

function run(invocation: Invocation, request: Request): unknown {
  const { runnable, caller } = invocation;
  if (!caller) throw new Error('the step authenticate comes before the step run');
  const context = new ActionContext(invocation, caller);
  return runnable.arounds.length > 0 ? runWrapped(invocation, request, context) : runnable.run(request, context);
}

function check(invocation: Invocation, result: unknown): Outcome {
  return invocation.runnable.arounds.length > 0 ? wrappedOutcome(invocation, result) : checkResult(invocation, result);
}

function answer(invocation: Invocation, outcome: Outcome): Answered | Promise<Answered> {
  try {
    return invocation.transport.answer(invocation, outcome);
  } catch (error) {
    drop(outcome);
    throw error;
  }
}

/** One step: may throw, and may return a promise. */
type Step<Given = never, Made = unknown> = (invocation: Invocation, given: Given) => Made;

/** The same list, if each step takes the value that the one before it returns, awaited; else a text in place of the step. */
type InOrder<List, Given = undefined> = List extends readonly [Step<infer Wanted, infer Made>, ...infer Rest]
  ? readonly [
      [Given] extends [Wanted] ? Step : ['the step before this one must return', Wanted, 'and returns', Given],
      ...InOrder<Rest, Awaited<Made>>,
    ]
  : readonly [];

function inOrder<const List extends readonly Step[]>(list: List & InOrder<List>): readonly Step[] {
  return list;
}
