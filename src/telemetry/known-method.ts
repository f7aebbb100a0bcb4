// RFC 9110, 9.3 and RFC 5789: what the semantic conventions for HTTP 1.27 call the known methods.
const known = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);

/** Gives the method where it is a known one, else `_OTHER`: a caller may invent as many methods as it likes. */
export function knownMethod(method: string): string {
  return known.has(method) ? method : '_OTHER';
}
