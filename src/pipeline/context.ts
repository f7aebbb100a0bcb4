import { type Caller, callerOf, system } from '../access/caller.js';
import type { AnyContext } from '../action/context.js';
import type { Call, CallOptions, OperationHandle } from '../action/handle.js';
import { respond } from '../action/reply.js';
import type { UploadedFile } from '../action/request.js';
import { FusioError } from '../base/errors.js';
import { isBare } from '../base/plain-record.js';
import { hush } from '../base/promise.js';
import { didYouMean } from '../base/suggest.js';
import type { Logger } from '../log/logger.js';
import { isPlain } from '../schema/json-form.js';
import type { Invocation } from './invocation.js';
import { slots } from './validate.js';

/** The context of one invocation. Its functions do not use `this`, so that an action may take it apart. */
export class ActionContext implements AnyContext {
  readonly #invocation: Invocation;
  readonly #caller: Caller;
  #call: Call | undefined;

  constructor(invocation: Invocation, caller: Caller) {
    this.#invocation = invocation;
    this.#caller = caller;
  }

  /** Makes a context of the same invocation. */
  static like(context: ActionContext): ActionContext {
    return new ActionContext(context.#invocation, context.#caller);
  }

  get connections(): AnyContext['connections'] {
    return this.#invocation.parts.reach.connections.clients;
  }
  get connection(): AnyContext['connection'] {
    return this.#invocation.parts.reach.connections.get;
  }
  get user() {
    return this.#caller.user;
  }
  get app() {
    return this.#caller.app;
  }
  get token() {
    return this.#caller.token;
  }
  get scopes() {
    return this.#caller.scopes;
  }
  get operation() {
    return this.#invocation.runnable.handle;
  }
  get source() {
    return this.#invocation.origin.source;
  }
  get requestId() {
    return this.#invocation.id;
  }
  get ip() {
    return this.#invocation.origin.ip;
  }
  get log(): Logger {
    const { parts, runnable, id } = this.#invocation;
    const { log } = parts.recorder;
    return log.child?.({ operation: runnable.name, requestId: id }) ?? log;
  }
  get signal() {
    return this.#invocation.signal;
  }
  get run() {
    return this.#invocation.origin.run;
  }
  get http() {
    return this.#invocation.origin.http;
  }
  get files(): AsyncIterable<UploadedFile> {
    return this.#invocation.files ?? noFiles;
  }
  get dispatch() {
    return this.#invocation.parts.reach.dispatch;
  }
  get respond(): AnyContext['respond'] {
    // Its declared type knows the statuses of one operation; the function takes any.
    return respond as AnyContext['respond'];
  }
  get call(): Call {
    this.#call ??= callWithin(this.#invocation, this.#caller);
    return this.#call;
  }
}

/**
 * Gives a context with the members that a wrapper hands over beside those that it has: another object, so that no other call and no
 * wrapper outside sees them. Throws `OPTIONS_INVALID` for names that the context or the request has.
 */
export function withOwn(context: ActionContext, own: unknown, operation: string): ActionContext {
  const where = `operation "${operation}": next()`;
  if (!isLiteral(own)) {
    throw new FusioError('OPTIONS_INVALID', `${where} takes an object literal with members for the context: { tx }`);
  }
  for (const name of Object.keys(own)) {
    if (slots.some((slot) => slot === name)) {
      throw new FusioError('OPTIONS_INVALID', `${where}: a request is its second argument, next({}, request)`);
    }
    if (name in ActionContext.prototype) {
      throw new FusioError('OPTIONS_INVALID', `${where}: the context has "${name}" itself; take another name`);
    }
  }
  return Object.assign(ActionContext.like(context), context, own);
}

/** Tells an object literal: of an instance the methods would be lost. */
function isLiteral(value: unknown): value is object {
  return typeof value === 'object' && value !== null && (isBare(value) || isPlain(value));
}

/** Makes `context.call`: it keeps the caller, the id of the request and its signal, and counts how deep calls are nested. */
function callWithin(invocation: Invocation, caller: Caller): Call {
  function call(handle: OperationHandle, input?: unknown, options: CallOptions = {}): Promise<unknown> {
    const { parts, depth, id, signal } = invocation;
    const { find, call: callDirect } = parts.reach;
    checkCallOptions(options);
    const called = callDirect(find(handle), input, callerFor(options, caller), {
      signal: options.signal ? AbortSignal.any([signal, options.signal]) : signal,
      isNamed: 'as' in options,
      depth: depth + 1,
      requestId: id,
    });
    // Recorded in any case: one that the action does not await must not end the process.
    hush(called);
    return called;
  }
  // Its declared type follows the schemas of the operation; the values are checked when it runs.
  return call as Call;
}

/** Gives the caller that `as` names. An `as` that is there and undefined is a mistake, and must not become the system. */
export function callerFor(options: { readonly as?: CallOptions['as'] }, otherwise: Caller): Caller {
  if (!('as' in options)) return otherwise;
  return options.as === 'system' ? system : callerOf(options.as);
}

/** Refuses options that `call` does not know: a misspelled `as` would run as the system. */
export function checkCallOptions(options: CallOptions): void {
  const known = ['as', 'signal'];
  const keys = typeof options === 'object' && options !== null ? Object.keys(options) : undefined;
  const wrong = keys?.find((key) => !known.includes(key));
  if (keys && wrong === undefined) return checkSignal(options);
  throw new FusioError(
    'OPTIONS_INVALID',
    `call: the options are { as, signal }, got ${wrong === undefined ? typeof options : `"${wrong}"${didYouMean(wrong, known)}`}`,
  );
}

/** Refuses what only looks like a signal, which would break when the call is cancelled. One of another realm is taken. */
function checkSignal({ signal }: { readonly signal?: unknown }): void {
  const { aborted, addEventListener }: Partial<AbortSignal> = Object(signal);
  if (signal === undefined || (typeof aborted === 'boolean' && typeof addEventListener === 'function')) return;
  throw new FusioError('OPTIONS_INVALID', `call: signal must be an AbortSignal, got ${typeof signal}`);
}

const noFiles: AsyncIterable<UploadedFile> = Object.freeze({
  async *[Symbol.asyncIterator]() {},
});
