import type { HttpExchange } from '../action/context.js';

/** Finds the mount path of a request: always a text of the host's code, never a text of the caller. */
export type FindMount = (req: HttpExchange['req'], hostRoute: string | undefined) => string;

// Upper limit, because a regular expression without groups looks like a literal and may match any number of paths.
const mostMounts = 100;

/**
 * Express gives the mount path only as the caller wrote it (`req.baseUrl`): `/acme` under `/:tenant`, `/API` under `/api`. It is used
 * if layers without parameters match it; else the route that the host's instrumentation of Express has found so far.
 */
export function mountFinder(): FindMount {
  const literals = new Map<string, string>();
  return function findMount(req, hostRoute) {
    // Cast: Express adds these to the request.
    const { baseUrl, app } = req as Mounted;
    if (typeof baseUrl !== 'string' || baseUrl === '') return '';
    // Express ignores case, so a caller can write a path in many ways.
    const key = baseUrl.toLowerCase();
    const found = literals.get(key);
    if (found !== undefined) return found;
    if (literals.size >= mostMounts || !isLiteral(app, baseUrl)) return hostRoute === '/' ? '' : (hostRoute ?? '');
    literals.set(key, baseUrl);
    return baseUrl;
  };
}

/** Properties that Express 5 adds to a request, as far as they are used here. */
interface Mounted {
  readonly baseUrl?: unknown;
  readonly app?: { path?(): unknown; readonly router?: { readonly stack?: readonly Layer[] } };
}

interface Layer {
  readonly handle?: { readonly stack?: readonly Layer[] };
  readonly route?: unknown;
  /** True for a layer at the root, which matches every path. */
  readonly slash?: boolean;
  readonly matchers?: readonly ((path: string) => false | { readonly path: string; readonly params: object })[];
}

function isLiteral(app: Mounted['app'], baseUrl: string): boolean {
  try {
    // For an app inside an app this is its mount path, with the parameters as in the code.
    const root = app?.path?.();
    if (typeof root !== 'string' || !baseUrl.toLowerCase().startsWith(root.toLowerCase())) return false;
    return isMadeUp(baseUrl.slice(root.length), app?.router?.stack ?? []);
  } catch {
    // Express throws for a parameter that cannot be decoded.
    return false;
  }
}

/** Tells whether layers without parameters match the whole path. */
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
