import { FusioError } from '../base/errors.js';
import type { OperationAdapter } from '../operation/registry.js';
import { metricsAdapter } from '../telemetry/prometheus.js';
import type { Adapter, AnyFusio } from './fusio.js';
import type { AnyOptions } from './options.js';

/** Calls an adapter and gives what it returns: a promise where it is asynchronous. */
export function callAdapter(adapter: (fusio: AnyFusio) => unknown, fusio: AnyFusio): unknown {
  if (typeof adapter === 'function') return adapter(fusio);
  throw new FusioError('OPTIONS_INVALID', 'use: an adapter is a function (fusio) => …');
}

/** Lists the adapters of our own that the options ask for. */
export function ownAdapters(
  { docs, telemetry }: Pick<AnyOptions, 'docs' | 'telemetry'>,
  documents: { readonly adapter: OperationAdapter },
): readonly Adapter[] {
  const adapters: OperationAdapter[] = [];
  if (docs) adapters.push(documents.adapter);
  if (typeof telemetry === 'object' && telemetry.prometheus) adapters.push(metricsAdapter(telemetry.prometheus));
  // Cast: they take fusio as far as they need it, without types; their operations are checked as they are registered.
  return adapters as readonly Adapter[];
}
