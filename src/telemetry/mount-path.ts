import type { HttpExchange } from '../action/context.js';

/** Finds the mount path of a request: text that stands in the host's code, never what a caller wrote. */
export type FindMount = (req: HttpExchange['req'], hostRoute: string | undefined) => string;

// A regular expression without groups looks like a literal: beyond this, whatever is mounted is not told.
const mostMounts = 100;

/**
 * Express tells only what the caller wrote (`req.baseUrl`): `/acme` under `/:tenant`, `/API` under `/api`. It is taken where
 * layers without parameters make it up; else the route that the host's own instrumentation of Express has found so far.
 */
export function mountFinder(): FindMount {
  const literals = new Map<string, string>();
  return function findMount(req, hostRoute) {
    const { baseUrl, app } = req as Mounted;
    if (typeof baseUrl !== 'string' || baseUrl === '') return '';
    // Express does not tell cases apart: a caller could write a path in as many ways as it has letters.
    const key = baseUrl.toLowerCase();
    const found = literals.get(key);
    if (found !== undefined) return found;
    if (literals.size >= mostMounts || !isLiteral(app, baseUrl)) return hostRoute === '/' ? '' : (hostRoute ?? '');
    literals.set(key, baseUrl);
    return baseUrl;
  };
}

/** What Express 5 puts on a request, as far as it is looked at. */
interface Mounted {
  readonly baseUrl?: unknown;
  readonly app?: { path?(): unknown; readonly router?: { readonly stack?: readonly Layer[] } };
}

interface Layer {
  readonly handle?: { readonly stack?: readonly Layer[] };
  readonly route?: unknown;
  /** Whether it is at the root, where nothing is matched. */
  readonly slash?: boolean;
  readonly matchers?: readonly ((path: string) => false | { readonly path: string; readonly params: object })[];
}

function isLiteral(app: Mounted['app'], baseUrl: string): boolean {
  try {
    // Of an app within an app this is what it was mounted by, parameters as they are written.
    const root = app?.path?.();
    if (typeof root !== 'string' || !baseUrl.toLowerCase().startsWith(root.toLowerCase())) return false;
    return isMadeUp(baseUrl.slice(root.length), app?.router?.stack ?? []);
  } catch {
    // A parameter that cannot be decoded.
    return false;
  }
}

/** Whether layers without parameters make up the path. */
function isMadeUp(path: string, stack: readonly Layer[]): boolean {
  if (path === '') return true;
  return stack.some(({ slash, matchers = [], handle, route }) => {
    if (route) return false;
    if (slash) return isMadeUp(path, handle?.stack ?? []);
    return matchers.some((match) => {
      const found = match(path);
      if (!found || Object.keys(found.params).length > 0) return false;
      return isMadeUp(path.slice(found.path.length), handle?.stack ?? []);
    });
  });
}
