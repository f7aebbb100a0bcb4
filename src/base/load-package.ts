import nodeModule from 'node:module';
import { isAbsolute, join } from 'node:path';
import { FusioError } from './errors.js';

export interface PackageNeed {
  /** Function that needs the package, for the message: `mysql()`. */
  readonly by: string;
  /** Name of the package: `mysql2`. */
  readonly name: string;
  /** Path to load. Default: the entry of the package. Example: `mysql2/promise`. */
  readonly path?: string;
  /** Oldest version that works: `3.17`. */
  readonly atLeast?: string;
  /** Another way to meet the need, for the message. */
  readonly orElse?: string;
  /** True: the package is read from the disk, so no bundle can contain it. */
  readonly fromDisk?: boolean;
}

/**
 * Loads an optional package synchronously from the disk, when it is needed. Throws PACKAGE_MISSING with the command to run; `cause` is why
 * it could not be imported before.
 */
export function loadPackage<Module>(need: PackageNeed, cause?: unknown): Module {
  const { by, name, path = name } = need;
  const load = requireFor(name);
  if (!load) throw new FusioError('PACKAGE_MISSING', missing(need), { cause });
  try {
    checkVersion(need, load);
    // The caller knows the types of the package: `require` gives `any`.
    return load(path);
  } catch (error) {
    if (error instanceof FusioError) throw error;
    const why = String(Object(error).message).split('\n')[0];
    throw new FusioError('PACKAGE_MISSING', `${by}: the package "${name}" is installed and does not load: ${why}`, {
      cause: error,
    });
  }
}

/**
 * Gives the exports of a CommonJS package that was imported by its literal name. A bundler sees such an `import()`, and builds a bundle
 * without the package too if it stands in a `try`:
 *
 * ```ts
 * try {
 *   return importedPackage(need, await import('pg'));
 * } catch (error) {
 *   return loadPackage(need, error);
 * }
 * ```
 */
export function importedPackage<Module extends object>(need: PackageNeed, imported: Module): Module {
  const load = requireFor(need.name);
  if (load) checkVersion(need, load);
  // Cast: Node gives what a CommonJS package exports as `default`, and by name only what it can see without running it.
  return (imported as { readonly default?: Module }).default ?? imported;
}

/** Tells whether this code runs from a bundle: then a package that is not found on the disk may be in the bundle. */
export function isBundled(): boolean {
  const here: string | undefined = import.meta.url;
  return here === undefined || !finds(requireOf(here), 'fusio/package.json');
}

function missing({ by, name, orElse = '', fromDisk = false }: PackageNeed): string {
  const text = `${by} needs the package "${name}": npm install ${name}${orElse}`;
  if (!isBundled()) return text;
  if (fromDisk) return `${text}. A bundle has none of it: copy node_modules/${name} to node_modules beside the bundle`;
  return `${text}, then bundle again`;
}

/**
 * Finds a `require` that resolves the package: from fusio, from the main program or from the working directory, because an optional
 * package belongs to the app. (In the CommonJS build tsup replaces `import.meta.url` with the URL of the file.)
 */
function requireFor(name: string): NodeJS.Require | undefined {
  const here: string | undefined = import.meta.url;
  for (const from of [here, process.argv[1], join(process.cwd(), 'package.json')]) {
    if (from === undefined || !(isAbsolute(from) || from.startsWith('file:'))) continue;
    const load = requireOf(from);
    if (finds(load, name)) return load;
  }
  return undefined;
}

/** webpack replaces a call of `createRequire` that it knows by that name. */
function requireOf(from: string): NodeJS.Require {
  return nodeModule.createRequire(from);
}

function finds(load: NodeJS.Require, name: string): boolean {
  try {
    load.resolve(name);
    return true;
  } catch {
    return false;
  }
}

function checkVersion({ by, name, atLeast }: PackageNeed, load: NodeJS.Require): void {
  if (atLeast === undefined) return;
  const found: string | undefined = load(`${name}/package.json`).version;
  if (found === undefined || !isOlder(found, atLeast)) return;
  throw new FusioError(
    'PACKAGE_MISSING',
    `${by} needs the package "${name}" of version ${atLeast} or later, found ${found}: npm install ${name}@latest`,
  );
}

function isOlder(version: string, atLeast: string): boolean {
  const found = version.split('.');
  for (const [index, part] of atLeast.split('.').entries()) {
    const difference = Number.parseInt(found[index] ?? '0', 10) - Number(part);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
