import type { RequestHandler } from 'express';
import { FusioError } from '../base/errors.js';

/** Express's `RequestHandler`, by a name that a declaration file of the app can use where it has no direct access to Express's parts. */
export interface Middleware extends RequestHandler {}

/** Reads the option `before`. Throws `OPERATION_INVALID` for anything that is no middleware, and for error middleware. */
export function readBefore(before: unknown, where: string): readonly Middleware[] {
  const list: readonly unknown[] = before === undefined ? [] : Array.isArray(before) ? before : [before];
  return list.map((one, index) => {
    const at = `${where}: before${Array.isArray(before) ? `.${index}` : ''}`;
    if (!isMiddleware(one)) {
      const got = Array.isArray(one) ? 'an array' : one === null ? 'null' : typeof one;
      throw new FusioError(
        'OPERATION_INVALID',
        `${at} must be middleware of Express, (req, res, next) => …, got ${got}`,
      );
    }
    if (one.length > 3) {
      throw new FusioError(
        'OPERATION_INVALID',
        `${at} is an error middleware (4 parameters), which would never run: errors go to mapError and formatProblem`,
      );
    }
    return one;
  });
}

function isMiddleware(value: unknown): value is Middleware {
  return typeof value === 'function';
}
