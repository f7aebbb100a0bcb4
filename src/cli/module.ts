import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyFusio } from '../fusio/fusio.js';
import { CliError } from './cli-error.js';

/** Instance of fusio, possibly of another version: the module may have its own copy. */
export type LoadedFusio = Omit<AnyFusio, 'openapi' | 'migrate'> & Partial<Pick<AnyFusio, 'openapi' | 'migrate'>>;

/** Loads an ES module or a CommonJS module and gives its exports. */
async function loadModule(path: string): Promise<ReadonlyMap<string, unknown>> {
  const file = resolve(path);
  if (!existsSync(file)) throw new CliError(`there is no file ${path}`, 1);
  let loaded: Record<string, unknown>;
  try {
    loaded = await import(pathToFileURL(file).href);
  } catch (cause) {
    const { message, code }: { message?: unknown; code?: unknown } = Object(cause);
    const hint = code === 'ERR_UNKNOWN_FILE_EXTENSION' ? ' (build it first, or load a compiler with NODE_OPTIONS)' : '';
    throw new CliError(`cannot load ${path}: ${String(message ?? cause)}${hint}`, 1, cause);
  }
  const { default: main, ...named } = loaded;
  // For CommonJS the default is `module.exports`, which may have a `default` itself if TypeScript compiled it.
  const inner = isRecord(main) && !isFusio(main) ? main : { default: main };
  return new Map([...Object.entries(inner), ...Object.entries(named)]);
}

/** Runs a function with the exports of a module. Always stops every instance that the module exports. */
export async function withModule<Result>(
  path: string,
  use: (exports: ReadonlyMap<string, unknown>) => Promise<Result>,
): Promise<Result> {
  const exports = await loadModule(path);
  try {
    return await use(exports);
  } finally {
    const all = new Set([...exports.values()].filter(isFusio));
    await Promise.allSettled([...all].map((fusio) => fusio.stop({ timeoutMs: 1000 })));
  }
}

/** Finds the fusio that a module exports, or throws with the fix. */
export function fusioOf(exports: ReadonlyMap<string, unknown>, source: string): LoadedFusio {
  const fusio = ['default', 'fusio', 'api'].map((name) => exports.get(name)).find(isFusio);
  if (fusio) return fusio;
  throw new CliError(
    `${source} exports no fusio: write "export const fusio = createFusio(…)", or export it by default`,
    1,
  );
}

export function isFusio(value: unknown): value is LoadedFusio {
  return isRecord(value) && ['operation', 'operations', 'stop'].every((name) => typeof value[name] === 'function');
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
