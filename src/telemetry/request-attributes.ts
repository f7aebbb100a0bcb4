import type { Attributes } from '@opentelemetry/api';
import type { HttpExchange } from '../action/context.js';
import type { Recorded } from '../pipeline/recorder.js';

/** What the conventions want of a server span and of no metric: a caller writes it. The query is left out, it has secrets. */
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

/** As the request reached this process; what a proxy says of it is the host's to judge. */
export function schemeOf(req: HttpExchange['req']): 'http' | 'https' {
  const isSecure = 'socket' in req ? 'encrypted' in req.socket && req.socket.encrypted : req.url.startsWith('https:');
  return isSecure ? 'https' : 'http';
}

/** The path, with what Express has cut off for its router, and the authority. */
function targetOf(req: HttpExchange['req']): [path: string, authority: string | undefined] {
  if (!('socket' in req)) {
    const { pathname, host } = new URL(req.url);
    return [pathname, host];
  }
  const { originalUrl = req.url ?? '/' } = req as { originalUrl?: string };
  return [originalUrl.replace(/[?#].*/s, ''), req.headers.host];
}

function addressOf({ origin }: Recorded): string | undefined {
  try {
    return origin.ip;
  } catch {
    // The host's own function failed: whoever needs the address will see that.
    return undefined;
  }
}
