import { CliError } from './cli-error.js';
import { isFusio, isRecord, withModule } from './module.js';

interface RouteOfHandle {
  readonly method: string;
  readonly path: string;
  readonly consumes?: string;
}

/** Method and path by name, nested as the handles are, and the media type of a body that is not JSON. */
export interface RouteTree {
  readonly [name: string]: RouteOfHandle | RouteTree;
}

/** Reads the routes of the handles that a module exports as `api`, or by themselves where there is no `api`. */
export function readRoutes(source: string): Promise<RouteTree> {
  return withModule(source, async (exports) => {
    const api = exports.get('api');
    const routes = isRecord(api) && !isFusio(api) ? routesOf(api, 'api', []) : handlesOf(exports);
    if (Object.keys(routes).length > 0) return routes;
    throw new CliError(`${source} exports no handles: write "export const api = { todo: { create: createTodo } }"`, 1);
  });
}

function routesOf(handles: object, where: string, parents: readonly object[]): RouteTree {
  const routes: Record<string, RouteTree[string]> = Object.create(null);
  for (const [name, value] of Object.entries(handles)) {
    if (isHandle(value)) routes[name] = routeOf(value);
    else if (isPlain(value) && !parents.includes(value)) {
      routes[name] = routesOf(value, `${where}.${name}`, [...parents, value]);
    } else
      throw new CliError(
        `${where}.${name} is no handle: it must be what fusio.operation() gives, or a record of them`,
        1,
      );
  }
  return routes;
}

function routeOf({ method, path, consumes }: RouteOfHandle): RouteOfHandle {
  return { method, path, ...(consumes !== undefined && { consumes }) };
}

/** A module has more than handles. */
function handlesOf(exports: ReadonlyMap<string, unknown>): RouteTree {
  const handles = [...exports].filter(([, value]) => isHandle(value));
  return routesOf(Object.fromEntries(handles), 'the module', []);
}

function isHandle(value: unknown): value is RouteOfHandle {
  return (
    isRecord(value) && value.kind === 'operation' && typeof value.method === 'string' && typeof value.path === 'string'
  );
}

function isPlain(value: unknown): value is object {
  if (!isRecord(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
