import type { ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import { FusioError } from '../base/errors.js';
import { isPromise } from '../base/promise.js';
import type { Middleware } from '../operation/before.js';

/** A request and a response as Express makes them: with its methods. */
export interface ExpressExchange {
  readonly request: Request;
  readonly response: Response;
}

/**
 * Gives the request and the response where Express handed them over. Throws `EXPRESS_REQUIRED` for any other: middleware reads what only
 * Express puts there, and a guard that is left out lets everybody in.
 */
export function expressExchange(request: unknown, response: ServerResponse | undefined): ExpressExchange {
  const { app }: { app?: unknown } = Object(request);
  const { locals }: { locals?: unknown } = Object(response);
  if (typeof app !== 'function' || typeof locals !== 'object') throw new FusioError('EXPRESS_REQUIRED');
  // Express sets both, and nothing else does.
  return { request: request as Request, response: response as Response };
}

/**
 * Runs the middleware of an operation, one after the other. Gives true where all of it called `next()`, false where one answered by
 * itself; a promise of it where something was waited for. Throws, or rejects with, what was given to `next` or thrown.
 */
export function runBefore(list: readonly Middleware[], exchange: ExpressExchange): boolean | Promise<boolean> {
  for (const [index, middleware] of list.entries()) {
    const went = runOne(middleware, exchange);
    if (isPromise(went)) {
      return went.then((goesOn) => (goesOn ? runBefore(list.slice(index + 1), exchange) : false));
    }
    if (!went) return false;
  }
  return true;
}

function runOne(middleware: Middleware, { request, response }: ExpressExchange): boolean | Promise<boolean> {
  let settled: { readonly goesOn: boolean } | { readonly error: unknown } | undefined;
  let tell: (() => void) | undefined;
  function settle(how: NonNullable<typeof settled>): void {
    // The first call counts, as in Express.
    settled ??= how;
    tell?.();
  }
  function result(): boolean {
    if (!settled || 'error' in settled) throw settled?.error;
    return settled.goesOn;
  }
  function onClose(): void {
    if (response.writableFinished) settle({ goesOn: false });
    else settle({ error: new FusioError('CALL_CANCELLED') });
  }
  function next(error?: unknown): void {
    // It has answered: all that is left is to wait until that is out. One that was begun only fails the call, which breaks it off.
    if (response.writableEnded) return;
    if (response.headersSent) error ||= new Error('the middleware called next() in the middle of its answer');
    // In Express these leave the route for the next one. Here the operation would be it, and must not run without its guards.
    if (error === 'route' || error === 'router') settle({ error: new FusioError('OPERATION_NOT_FOUND') });
    else if (error) settle({ error });
    else settle({ goesOn: true });
  }

  response.once('close', onClose);
  try {
    const returned: unknown = middleware(request, response, next);
    if (isPromise(returned)) {
      // As Express 5 does with a rejection that says nothing.
      returned.then(undefined, (error: unknown) => next(error || new Error('Rejected promise')));
    }
  } catch (error) {
    next(error || new Error('Rejected promise'));
  }
  if (settled) {
    response.off('close', onClose);
    return result();
  }
  return new Promise<void>((resolve) => {
    tell = resolve;
  }).then(() => {
    response.off('close', onClose);
    return result();
  });
}
