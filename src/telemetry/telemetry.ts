import { groupOf, type OptionRule } from '../base/option.js';
import type { LoadedWatcher } from './late-watcher.js';
import { openTelemetry } from './open-telemetry.js';
import { type PrometheusOptions, prometheus } from './prometheus.js';

/** Spans and metrics: the option `telemetry` of `createFusio`. */
export interface TelemetryOptions {
  /** Spans and metrics through the host's `@opentelemetry/api`. Default: true where that is installed. Given as true, it must be there. */
  openTelemetry?: boolean;
  /** Metrics in a registry of the host's `prom-client`, and an operation that serves them. */
  prometheus?: PrometheusOptions;
}

const properties = {
  openTelemetry: { type: 'boolean' },
  // Checked by `prometheus`.
  prometheus: {},
} satisfies Record<keyof TelemetryOptions, object>;

/** Option `telemetry`. Default: OpenTelemetry if the host has it. */
export const telemetryOption: OptionRule<boolean | TelemetryOptions> = {
  schema: { anyOf: [{ type: 'boolean' }, groupOf(properties)] },
};

/** Joins the watchers that the option asks for in one; undefined for none. */
export function createTelemetry(option: boolean | TelemetryOptions | undefined): LoadedWatcher | undefined {
  if (option === false) return undefined;
  const options: TelemetryOptions = option === undefined || option === true ? {} : option;
  const isWanted = option === true || options.openTelemetry === true;
  const watchers = [
    options.openTelemetry === false ? undefined : openTelemetry(isWanted),
    options.prometheus === undefined ? undefined : prometheus(options.prometheus),
  ].filter((watcher) => watcher !== undefined);
  const [first, second] = watchers;
  if (!first || !second) return first;
  const loading = watchers.flatMap((watcher) => watcher.loading ?? []);
  return {
    ...(loading.length > 0 && { loading: Promise.all(loading) }),
    around: (invocation, go) => first.around(invocation, () => second.around(invocation, go)),
    end(invocation, status, error) {
      first.end(invocation, status, error);
      second.end(invocation, status, error);
    },
    refused(req, status) {
      first.refused?.(req, status);
      second.refused?.(req, status);
    },
  };
}
