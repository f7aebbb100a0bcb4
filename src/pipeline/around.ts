import type { Next } from '../action/around.js';
import { isReply, type Reply, respond } from '../action/reply.js';
import type { Request } from '../action/request.js';
import { FusioError } from '../base/errors.js';
import { isPromise } from '../base/promise.js';
import { discard, ignore } from '../base/streams.js';
import { checkResult } from './check.js';
import { type ActionContext, withOwn } from './context.js';
import { drop } from './drop.js';
import type { Invocation } from './invocation.js';
import type { Outcome } from './transport.js';

/** An outcome as a wrapper sees it: the `Outcome` of `action/around.ts`. */
class Checked {
  declare readonly '~own': {};
  readonly status: number;
  readonly headers: Reply['headers'];
  readonly body: unknown;
  readonly #outcome: Outcome;
  readonly #invocation: Invocation;

  constructor(invocation: Invocation, outcome: Outcome) {
    this.status = outcome.status;
    this.headers = outcome.headers ?? noHeaders;
    this.body = outcome.body;
    this.#outcome = outcome;
    this.#invocation = invocation;
  }

  /** Gives the outcome behind it; undefined for one of another invocation, which an app may have kept. */
  static outcomeOf(checked: Checked, invocation: Invocation): Outcome | undefined {
    return checked.#invocation === invocation ? checked.#outcome : undefined;
  }
}

const noHeaders: Reply['headers'] = Object.freeze({});

type Settled = Checked | Promise<Checked>;

/**
 * Runs the wrappers of an operation around its action, the first one outermost. What `next()` gives was checked, and in time: a wrapper
 * that commits a transaction after it commits only what the caller gets. While nothing has to be awaited it is synchronous.
 */
export function runWrapped(invocation: Invocation, request: Request, context: ActionContext): Settled {
  return runFrom(invocation, 0, request, context);
}

/** Gives the outcome of a wrapped action. */
export function wrappedOutcome(invocation: Invocation, settled: unknown): Outcome {
  const outcome = settled instanceof Checked ? Checked.outcomeOf(settled, invocation) : undefined;
  if (!outcome) throw new Error('the step run gives the outcome of its own invocation');
  return outcome;
}

/** Runs the wrapper at an index and everything inside it; behind the last one the action. */
function runFrom(invocation: Invocation, at: number, request: Request, context: ActionContext): Settled {
  const { arounds, run, name } = invocation.runnable;
  const around = arounds[at];
  if (!around) return after(run(request, context), (result) => checked(invocation, result));

  const given: Checked[] = [];
  function next(own?: object, changed: Request = request): Settled {
    invocation.refuseLate();
    const inner = own === undefined ? context : withOwn(context, own, name);
    const settled = after(runFrom(invocation, at + 1, changed, inner), (one) => {
      given.push(one);
      invocation.refuseLate();
      return one;
    });
    // A wrapper may let go of the promise: its rejection must not end the process.
    if (isPromise(settled)) settled.then(undefined, ignore);
    return settled;
  }
  function failed(thrown: unknown): never {
    for (const { body } of given) discard(body);
    throw thrown;
  }
  function returned(value: unknown): Checked {
    const one = returnedBy(invocation, value);
    // Of several tries one is sent. A reply may have been made of any of their bodies.
    if (given.includes(one)) for (const { body } of given) if (body !== one.body) discard(body);
    return one;
  }

  try {
    // Cast: the members that it hands over are known to the types only.
    return after(around(next as Next, request, context), returned, failed);
  } catch (thrown) {
    return failed(thrown);
  }
}

/** Takes what a wrapper returned: the outcome of `next()`, or a reply, which is checked. */
function returnedBy(invocation: Invocation, value: unknown): Checked {
  if (value instanceof Checked) {
    if (Checked.outcomeOf(value, invocation)) return value;
    // Kept from another call, perhaps of another operation: no more than a reply.
    return checked(invocation, respond(value.status, value.body, value.headers));
  }
  if (isReply(value)) return checked(invocation, value);
  drop(value);
  throw new FusioError(
    'RESULT_INVALID',
    `operation "${invocation.runnable.name}": a wrapper must return what next() gave, or respond(…), got ${
      value === null || value === undefined ? String(value) : `a value of type ${typeof value}`
    }`,
  );
}

function checked(invocation: Invocation, result: unknown): Checked {
  return new Checked(invocation, checkResult(invocation, result));
}

/** Goes on with a value, or when its promise is kept. */
function after<Value, Made>(
  value: Value | PromiseLike<Value>,
  kept: (value: Value) => Made,
  broken?: (thrown: unknown) => never,
): Made | Promise<Made> {
  if (!isPromise(value)) return kept(value as Value);
  // A thenable that is no promise of the language may call back twice, or at once.
  const native = value.constructor === Promise ? value : Promise.resolve(value);
  return native.then(kept, broken);
}
