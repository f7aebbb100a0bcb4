import { createRequire } from 'node:module';
import { isAbsolute, join } from 'node:path';
import { FusioError } from './errors.js';

export interface PackageNeed {
  /** Who needs it, as it is written: `mysql()`. */
  readonly by: string;
  /** The package: `mysql2`. */
  readonly name: string;
  /** What of it to load, where that is not its entry: `mysql2/promise`. */
  readonly path?: string;
  /** The oldest version that will do: `3.17`. */
  readonly atLeast?: string;
  /** What else would help, for the message. */
  readonly orElse?: string;
}

/** Loads an optional package, synchronously, at the moment it is needed. Throws PACKAGE_MISSING with the line to type. */
export function loadPackage<Module>(need: PackageNeed): Module {
  const { by, name, path = name, atLeast, orElse = '' } = need;
  const load = requireFor(name);
  if (!load) throw new FusioError('PACKAGE_MISSING', `${by} needs the package "${name}": npm install ${name}${orElse}`);
  try {
    const found = atLeast === undefined ? undefined : (load(`${name}/package.json`) as { version: string }).version;
    if (atLeast !== undefined && found !== undefined && isOlder(found, atLeast)) {
      throw new FusioError(
        'PACKAGE_MISSING',
        `${by} needs the package "${name}" of version ${atLeast} or later, found ${found}: npm install ${name}@latest`,
      );
    }
    // What the package exports is known from its types alone.
    return load(path) as Module;
  } catch (error) {
    if (error instanceof FusioError) throw error;
    const why = String((error as { message?: unknown }).message).split('\n')[0];
    throw new FusioError('PACKAGE_MISSING', `${by}: the package "${name}" is installed and does not load: ${why}`, {
      cause: error,
    });
  }
}

/**
 * The `require` that finds the package: beside fusio, beside the program that runs, or where it runs; an optional package
 * is the app's own. (In the CommonJS build tsup puts the file's own URL in place of `import.meta.url`.)
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
      // Not from here.
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
