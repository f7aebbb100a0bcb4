import type { IncomingHttpHeaders } from 'node:http';
import { FusioError } from '../base/errors.js';
import { originForm } from '../base/request-target.js';
import type { Cors } from './cors.js';
import type { Route } from './route.js';
import type { Tree } from './tree.js';

/** The meaning of a method and a URL. */
export type Match =
  | OperationMatch
  /** A browser asks for the methods and headers that it may send (Fetch, 3.2.2). */
  | { readonly kind: 'preflight'; readonly methods: readonly string[] }
  /** The path has operations, for these methods and OPTIONS only (RFC 9110, 10.2.1). */
  | { readonly kind: 'methods'; readonly methods: readonly string[] }
  /** `OPTIONS *` asks what the server can do at all (RFC 9110, 9.3.7). */
  | { readonly kind: 'server'; readonly methods: readonly string[] }
  | { readonly kind: 'nothing' }
  /** The target is no path, or has a character that a path cannot have. */
  | { readonly kind: 'invalid' };

export interface OperationMatch {
  readonly kind: 'operation';
  readonly route: Route;
  /** The raw values of the path's parameters, in order. */
  readonly values: readonly string[];
  /** Without the question mark. */
  readonly queryText: string;
}

/** The step `match`. The headers, which tell a preflight from any other OPTIONS request, are read with CORS only: Node parses them late. */
export function match(
  tree: Tree<Route>,
  cors: Cors | undefined,
  method: string,
  url: string,
  request: { readonly headers: IncomingHttpHeaders },
): Match {
  if (url === '*' && method === 'OPTIONS') return { kind: 'server', methods: allowed(tree.methods) };
  const target = originForm(url);
  if (target === undefined) return invalid;
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  if (unwritten.test(path)) return invalid;
  const found = tree.find(method, path);
  if (!found) return nothing;
  if (cors?.isPreflight(method, request.headers)) {
    const wanted = tree.find(request.headers['access-control-request-method'] ?? 'GET', path);
    return { kind: 'preflight', methods: [...(wanted?.methods.keys() ?? [])] };
  }
  const { target: route, values, methods } = found;
  if (!route) return { kind: 'methods', methods: allowed(methods.keys()) };
  return { kind: 'operation', route, values, queryText: mark === -1 ? '' : target.slice(mark + 1) };
}

const nothing: Match = { kind: 'nothing' };
const invalid: Match = { kind: 'invalid' };

// A byte that a URL must encode (RFC 3986, 2), and "\", which Express and browsers may take for "/".
const unwritten = /[^\x21-\x7e]|\\/;

/** The list of `Allow`, in order and each once. GET answers HEAD, and we answer OPTIONS. */
function allowed(methods: Iterable<string>): string[] {
  const all = new Set([...methods, 'OPTIONS']);
  if (all.has('GET')) all.add('HEAD');
  return [...all].sort();
}

/** The 404 or 405 of a request that fusio owns and has no operation for. */
export function notFound(method: string, methods: readonly string[]): FusioError {
  if (methods.length === 0) return new FusioError('OPERATION_NOT_FOUND');
  const allow = methods.join(', ');
  return new FusioError('METHOD_NOT_ALLOWED', `This path has no ${method}; it has ${allow}`, { headers: { allow } });
}
