import { FusioError } from '../base/errors.js';
import type { Route } from './route.js';
import type { Match } from './transport.js';
import type { Tree } from './tree.js';

/** A path that is ours but has no operation for the method. */
export interface OtherMethods {
  /** For `Allow` (RFC 9110, 10.2.1). */
  readonly methods: readonly string[];
}

/** Finds the operation for a method and a URL; tells the methods of a path that has others; undefined where the path is not ours. */
export function findRoute(tree: Tree<Route>, method: string, url: string): Match | OtherMethods | undefined {
  if (!url.startsWith('/')) return findRoute(tree, method, originForm(url));
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const found = tree.find(method, path);
  if (!found) return undefined;
  const { target: route } = found;
  if (route) return { route, values: found.values, queryText: mark === -1 ? '' : withoutFragment(url.slice(mark + 1)) };
  return {
    methods: [...found.methods.keys(), 'OPTIONS'].filter((one, index, all) => all.indexOf(one) === index).sort(),
  };
}

/** RFC 9112, 3.2.2: a server takes `GET http://host/path` as well. */
function originForm(url: string): string {
  const match = /^https?:\/\/[^/?#]*(.*)$/i.exec(url);
  return match?.[1]?.startsWith('/') ? match[1] : `/${match?.[1] ?? ''}`;
}

export function isMatch(found: Match | OtherMethods): found is Match {
  return 'route' in found;
}

/** The 404 or 405 of a request that fusio owns. */
export function notFound(found: OtherMethods | undefined, method: string): FusioError {
  if (!found) return new FusioError('OPERATION_NOT_FOUND');
  const allow = found.methods.join(', ');
  return new FusioError('METHOD_NOT_ALLOWED', `This path has no ${method}; it has ${allow}`, { headers: { allow } });
}

function withoutFragment(text: string): string {
  const end = text.indexOf('#');
  return end === -1 ? text : text.slice(0, end);
}
