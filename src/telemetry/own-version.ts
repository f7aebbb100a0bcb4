import { loadPackage } from '../base/load-package.js';

/** The version of this package; undefined where a bundler took the code out of it. */
export function ownVersion(): string | undefined {
  try {
    return loadPackage<{ version: string }>({ by: 'telemetry', name: 'fusio/package.json' }).version;
  } catch {
    return undefined;
  }
}
