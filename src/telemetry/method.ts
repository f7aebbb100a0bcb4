import type { Recorded } from '../pipeline/recorder.js';

// RFC 9110, 9.3 and RFC 5789: what the semantic conventions for HTTP 1.27 call the known methods.
const known = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);

/** Gives the method where it is a known one, else `_OTHER`: a caller may invent as many methods as it likes. */
export function knownMethod(method = 'GET'): string {
  return known.has(method) ? method : '_OTHER';
}

/** HEAD may stand for GET; any other method is that of the operation, so the set of values is bounded. */
export function requestMethod({ origin, runnable }: Recorded): string | undefined {
  return origin.http?.req.method === 'HEAD' ? 'HEAD' : runnable.handle?.method;
}
