import { CliError } from './cli-error.js';
import { isFusio, isRecord, withModule } from './module.js';

interface RouteOfHandle {
  readonly method: string;
  readonly path: string;
  readonly consumes?: string;
}

/** Routes by name, nested like the handles. */
export interface RouteTree {
  readonly [name: string]: RouteOfHandle | RouteTree;
}

/** Reads the routes of the handles in a module's export `api`, or of all handles that it exports if there is no `api`. */
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

/** Tells a plain record from the other exports of a module. */
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
