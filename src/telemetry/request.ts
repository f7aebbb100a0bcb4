import type { Attributes } from '@opentelemetry/api';
import type { HttpExchange } from '../action/context.js';
import { pathOf } from '../base/request-target.js';
import type { Recorded } from '../pipeline/recorder.js';

/** Gives the attributes of a server span that no metric may have, because callers choose them. The query may hold secrets and is left out. */
export function requestAttributes({ req }: HttpExchange, invocation: Recorded): Attributes {
  const [path, authority] = targetOf(req);
  const [, name, port] = /^\[?([^[\]@/]+?)\]?(?::(\d{1,5}))?$/.exec(authority ?? '') ?? [];
  const agent = req.headers instanceof Headers ? req.headers.get('user-agent') : req.headers['user-agent'];
  const address = addressOf(invocation);
  return {
    'url.path': path,
    ...(name !== undefined && { 'server.address': name }),
    ...(port !== undefined && { 'server.port': Number(port) }),
    ...(address !== undefined && { 'client.address': address }),
    ...(agent && { 'user_agent.original': agent }),
  };
}

/** Gives the scheme with which the request reached this process. Headers of a proxy are not trusted here. */
export function schemeOf(req: HttpExchange['req']): 'http' | 'https' {
  const isSecure = 'socket' in req ? 'encrypted' in req.socket && req.socket.encrypted : req.url.startsWith('https:');
  return isSecure ? 'https' : 'http';
}

/** Gives the full path, with the mount path that Express removes, and the authority. */
function targetOf(req: HttpExchange['req']): [path: string, authority: string | undefined] {
  if (!('socket' in req)) {
    const { pathname, host } = new URL(req.url);
    return [pathname, host];
  }
  // Cast: Express adds `originalUrl`.
  const { originalUrl = req.url ?? '/' } = req as { originalUrl?: string };
  return [pathOf(originalUrl), req.headers.host];
}

function addressOf({ origin }: Recorded): string | undefined {
  try {
    return origin.ip;
  } catch {
    // The host's `clientIp` threw. An action that reads the address gets that error.
    return undefined;
  }
}

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
