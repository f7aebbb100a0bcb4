import { FusioError } from '../base/errors.js';
import type { Adapter, AnyFusio } from './fusio.js';

/** Calls an adapter and gives what it returns: a promise where it is asynchronous. */
export function callAdapter(adapter: Adapter<any, any>, fusio: AnyFusio): unknown {
  if (typeof adapter === 'function') return adapter(fusio);
  throw new FusioError('OPTIONS_INVALID', 'use: an adapter is a function (fusio) => …');
}
