import { loadPackage } from '../base/load-package.js';

/** Reads the version of this package. Undefined if a bundler has moved the code out of the package. */
export function ownVersion(): string | undefined {
  try {
    return loadPackage<{ version: string }>({ by: 'telemetry', name: 'fusio/package.json' }).version;
  } catch {
    return undefined;
  }
}
