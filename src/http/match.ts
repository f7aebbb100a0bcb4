import type { IncomingHttpHeaders } from 'node:http';
import { FusioError } from '../base/errors.js';
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
  | { readonly kind: 'nothing' };

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
  const target = url.startsWith('/') ? url : originForm(url);
  if (target === undefined) return nothing;
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const found = tree.find(method, path);
  if (!found) return nothing;
  if (cors?.isPreflight(method, request.headers)) {
    const wanted = tree.find(request.headers['access-control-request-method'] ?? 'GET', path);
    return { kind: 'preflight', methods: [...(wanted?.methods.keys() ?? [])] };
  }
  const { target: route, values, methods } = found;
  if (!route) return { kind: 'methods', methods: [...new Set([...methods.keys(), 'OPTIONS'])].sort() };
  return { kind: 'operation', route, values, queryText: mark === -1 ? '' : withoutFragment(target.slice(mark + 1)) };
}

const nothing: Match = { kind: 'nothing' };

/** The 404 or 405 of a request that fusio owns and has no operation for. */
export function notFound(method: string, methods: readonly string[]): FusioError {
  if (methods.length === 0) return new FusioError('OPERATION_NOT_FOUND');
  const allow = methods.join(', ');
  return new FusioError('METHOD_NOT_ALLOWED', `This path has no ${method}; it has ${allow}`, { headers: { allow } });
}

/** RFC 9112, 3.2.2: a server takes `GET http://host/path` as well. Undefined for `*` and for other schemes. */
function originForm(url: string): string | undefined {
  const [, rest] = /^https?:\/\/[^/?#]*(.*)$/i.exec(url) ?? [];
  return rest === undefined || rest.startsWith('/') ? rest : `/${rest}`;
}

function withoutFragment(text: string): string {
  const end = text.indexOf('#');
  return end === -1 ? text : text.slice(0, end);
}
