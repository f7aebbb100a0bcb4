import type { Recorded } from '../pipeline/recorder.js';

// Known methods of the semantic conventions for HTTP 1.27: those of RFC 9110, 9.3 and RFC 5789.
const known = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);

/** Gives a known method as it is, else `_OTHER`: callers may invent methods, and each would be a new time series. */
export function knownMethod(method = 'GET'): string {
  return known.has(method) ? method : '_OTHER';
}

/** Gives HEAD or the method of the operation, so that the number of values is bounded. */
export function requestMethod({ origin, runnable }: Recorded): string | undefined {
  return origin.http?.req.method === 'HEAD' ? 'HEAD' : runnable.handle?.method;
}
