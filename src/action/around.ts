import type { Joined } from '../base/joined.js';
import type { Awaitable } from './action.js';
import type { AnyContext } from './context.js';
import type { Reply } from './reply.js';
import type { Request } from './request.js';

/**
 * A checked result: given by the `next()` of a wrapper, which returns it, or `respond(…)` in its place. `Own` is what the wrapper
 * handed to the action.
 */
export interface Outcome<out Own = {}> {
  /** HTTP status, from 200 to 599. */
  readonly status: number;
  /** Header fields that `respond` gave, beside those of the operation. */
  readonly headers: Reply['headers'];
  /** The body: in its JSON form where the operation declares a schema for it. Not to be changed: it is not checked again. */
  readonly body: unknown;
  /** Types only; there is nothing here at run time. */
  readonly '~own': Own;
}

/** The names that a wrapper cannot hand over: those of the context, and those of the request, which is the second argument of `next`. */
type Taken = keyof AnyContext | keyof Request;

/**
 * Runs the action, with the wrappers between, and gives its checked result. Where the action threw, its result does not fit or the time
 * is up, it throws, or rejects where something was waited for.
 */
export type Next = <Own extends object = {}>(
  /** Members for the context of the action: `next({ tx })` is `context.tx`. The names of the context itself are refused. */
  own?: Own & { readonly [Name in keyof Own & Taken]: never },
  /** A request in place of the one that came. It is not checked again. */
  request?: Request,
) => Awaitable<Outcome<Own>>;

/** Runs around an action: `(next, request, context) => next({ tx })`. The action finds `tx` in its context, with its type. */
// Any function has a name. It is said here, because TypeScript looks into a generic call that gives no more than a function, such as
// `around: transaction('db')`, only after it has fixed the context of the action.
export type Around<Context = AnyContext, Own extends object = {}, Came = Request> = { readonly name: string } & ((
  next: Next,
  request: Came,
  context: Context,
) => Awaitable<Outcome<Own> | Reply>);

/** Any wrapper, as it runs: what it returns is looked at then. */
export type AnyAround = (next: Next, request: Request, context: AnyContext) => unknown;

/** The wrappers of an operation, or of several: one or a list, the first one outermost. */
export type Arounds<Context, Came = Request> = Around<Context, object, Came> | readonly Around<Context, object, Came>[];

/** The members that wrappers hand to the action. */
export type OwnOf<A> = A extends (...given: never) => Awaitable<infer Made>
  ? OwnOfOutcome<Made>
  : A extends readonly [infer First, ...infer Rest]
    ? Joined<OwnOf<First>, OwnOf<Rest>>
    : {};

// A union of outcomes gives a union of members; a reply gives none, because the action does not run.
type OwnOfOutcome<Made> = Made extends Outcome<infer Own> ? ([keyof Own] extends [never] ? {} : Own) : never;
