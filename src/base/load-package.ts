import { createRequire } from 'node:module';
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
}

/** Loads an optional package synchronously, when it is needed. Throws PACKAGE_MISSING with the command to run. */
export function loadPackage<Module>(need: PackageNeed): Module {
  const { by, name, path = name, atLeast, orElse = '' } = need;
  const load = requireFor(name);
  if (!load) throw new FusioError('PACKAGE_MISSING', `${by} needs the package "${name}": npm install ${name}${orElse}`);
  try {
    const found: string | undefined = atLeast === undefined ? undefined : load(`${name}/package.json`).version;
    if (atLeast !== undefined && found !== undefined && isOlder(found, atLeast)) {
      throw new FusioError(
        'PACKAGE_MISSING',
        `${by} needs the package "${name}" of version ${atLeast} or later, found ${found}: npm install ${name}@latest`,
      );
    }
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
 * Finds a `require` that resolves the package: from fusio, from the main program or from the working directory, because an optional
 * package belongs to the app. (In the CommonJS build tsup replaces `import.meta.url` with the URL of the file.)
 */
function requireFor(name: string): NodeJS.Require | undefined {
  const here: string | undefined = import.meta.url;
  for (const from of [here, process.argv[1], join(process.cwd(), 'package.json')]) {
    if (from === undefined || !(isAbsolute(from) || from.startsWith('file:'))) continue;
    const load = createRequire(from);
    try {
      load.resolve(name);
      return load;
    } catch {
      // Not found from here: try the next place.
    }
  }
  return undefined;
}

function isOlder(version: string, atLeast: string): boolean {
  const found = version.split('.');
  for (const [index, part] of atLeast.split('.').entries()) {
    const difference = Number.parseInt(found[index] ?? '0', 10) - Number(part);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
