import { FusioError } from '../errors.js';
import { loadPackage } from '../load-package.js';
import type { AnyOperationOptions } from '../operation/options.js';
import type { Visit, Watcher } from '../operation/visit.js';

/** A registry of the host's `prom-client`. */
export interface PrometheusRegistry {
  readonly contentType: string;
  metrics(): Promise<string>;
}

export interface PrometheusOptions {
  registry: PrometheusRegistry;
  /** Default: `/metrics`, under the mount. `false`: the host shows the registry itself. */
  path?: string | false;
  /** The scopes that a scraper needs. Default: `metrics`. */
  scopes?: readonly string[];
  /** Whether anybody may read the metrics. Default: false. */
  public?: boolean;
}

interface Client {
  Histogram: new (options: object) => { observe(labels: Record<string, string | number>, value: number): void };
  Gauge: new (
    options: object,
  ) => { inc(labels: Record<string, string>): void; dec(labels: Record<string, string>): void };
}

/** Request durations and requests under way, by operation, method and status: nothing that a caller could make grow. */
export function prometheus({ registry }: PrometheusOptions): Watcher {
  if (typeof registry?.metrics !== 'function') {
    throw new FusioError('OPTIONS_INVALID', 'telemetry.prometheus.registry must be a registry of prom-client');
  }
  const client = loadPackage<Client>({ by: 'telemetry.prometheus', name: 'prom-client', atLeast: '14.0' });
  const durations = new client.Histogram({
    name: 'fusio_request_duration_seconds',
    help: 'Duration of calls by operation',
    labelNames: ['operation', 'method', 'status', 'source'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const active = new client.Gauge({
    name: 'fusio_active_requests',
    help: 'Calls under way by operation',
    labelNames: ['operation'],
    registers: [registry],
  });
  const started = new WeakMap<Visit, number>();
  return {
    around(visit, walk) {
      started.set(visit, performance.now());
      active.inc({ operation: visit.operation.name });
      return walk();
    },
    end(visit, status) {
      const startedAt = started.get(visit);
      if (startedAt === undefined) return;
      started.delete(visit);
      const { name, method } = visit.operation;
      active.dec({ operation: name });
      durations.observe(
        { operation: name, method, status, source: visit.entrance.source },
        (performance.now() - startedAt) / 1000,
      );
    },
  };
}

/** The operation that shows the registry. */
export function metricsOperation({
  registry,
  path = '/metrics',
  scopes = ['metrics'],
  public: isPublic = false,
}: PrometheusOptions) {
  if (path === false) return undefined;
  return {
    name: 'metrics',
    method: 'GET',
    path,
    public: isPublic,
    scopes,
    response: 'text/plain',
    expose: { openapi: false, sdk: false, jsonrpc: false, mcp: false },
    action: async (
      _request: unknown,
      { respond }: { respond: (status: number, body: unknown, headers: object) => unknown },
    ) => respond(200, await registry.metrics(), { 'content-type': registry.contentType }),
  } satisfies AnyOperationOptions;
}
