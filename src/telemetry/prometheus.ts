import type { AnyContext } from '../action/context.js';
import { FusioError } from '../base/errors.js';
import { importedPackage, isBundled, loadPackage } from '../base/load-package.js';
import { groupOf, withDefaults } from '../base/option.js';
import type { OperationAdapter } from '../operation/registry.js';
import type { Recorded, Watcher } from '../pipeline/recorder.js';
import { checkOptions } from '../schema/check-options.js';
import { type LoadedWatcher, lateWatcher } from './late-watcher.js';
import { knownMethod, requestMethod } from './request.js';

/** Registry of the host's `prom-client`. */
export interface PrometheusRegistry {
  /** Media type of `metrics()`. */
  readonly contentType: string;
  /** Writes all metrics in the text form of Prometheus. */
  metrics(): Promise<string>;
  /** Finds a metric by name. */
  getSingleMetric(name: string): unknown;
  /** Adds a metric of `prom-client`. */
  registerMetric(metric: never): void;
}

/** Metrics in a registry of `prom-client`, and the operation that shows them. */
export interface PrometheusOptions {
  /** The host's registry. Several fusios may share it. */
  registry: PrometheusRegistry;
  /** Path of the operation, under the mount. Default: `/metrics`. `false`: none, the host shows the registry itself. */
  path?: string | false;
  /** Scopes of which a scraper needs one. Default: `metrics`; none where it is public. */
  scopes?: readonly string[];
  /** Whether a scraper needs no credential. Default: false. */
  public?: boolean;
}

const defaults = { path: '/metrics', public: false } satisfies Omit<PrometheusOptions, 'registry'>;
const defaultScopes = ['metrics'];

const properties = {
  // A registry is an instance of a class, so its methods are checked below.
  registry: {},
  path: { type: ['string', 'boolean'], pattern: '^/[^?#]+$' },
  scopes: { type: 'array', items: { type: 'string' } },
  public: { type: 'boolean' },
} satisfies Record<keyof PrometheusOptions, object>;
const prometheusSchema = { ...groupOf(properties), required: ['registry'] };

/** Measures durations and active requests by operation, method and status. Callers cannot add values to these labels. */
export function prometheus(options: PrometheusOptions): LoadedWatcher {
  checkOptions(prometheusSchema, options, where, 'OPTIONS_INVALID');
  const { registry } = options;
  // The schema lets any value through here: JavaScript callers may pass something else.
  for (const method of ['metrics', 'getSingleMetric', 'registerMetric'] as const) {
    if (typeof (registry as Partial<PrometheusRegistry> | null)?.[method] !== 'function') {
      throw new FusioError(
        'OPTIONS_INVALID',
        `${where}: registry must be a registry of prom-client, ${method}() is missing`,
      );
    }
  }
  const loaded = loadNow();
  return loaded ? measure(registry, loaded) : lateWatcher(loadLater().then((client) => measure(registry, client)));
}

const need = { by: 'telemetry.prometheus', name: 'prom-client', atLeast: '14.0' };

/** Undefined where the package may be in the bundle. */
function loadNow(): Client | undefined {
  try {
    return loadPackage<Client>(need);
  } catch (error) {
    if (isBundled()) return undefined;
    throw error;
  }
}

async function loadLater(): Promise<Client> {
  try {
    // A literal name in a `try`: bundlers see it, and build a bundle without the package, too.
    // Cast: the part of the package that is used here; its types are generic.
    return importedPackage<object>(need, await import('prom-client')) as Client;
  } catch (error) {
    return loadPackage(need, error);
  }
}

function measure(registry: PrometheusRegistry, client: Client): Watcher {
  const durations = metric(registry, client.Histogram, {
    name: 'fusio_request_duration_seconds',
    help: 'Duration of calls by operation',
    labelNames: ['operation', 'method', 'status', 'source'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  const active = metric(registry, client.Gauge, {
    name: 'fusio_active_requests',
    help: 'Calls under way by operation',
    labelNames: ['operation'],
  });
  const started = new WeakMap<Recorded, number>();
  return {
    around(invocation, go) {
      started.set(invocation, performance.now());
      active.inc({ operation: invocation.runnable.name });
      return go();
    },
    end(invocation, status) {
      const startedAt = started.get(invocation);
      if (startedAt === undefined) return;
      started.delete(invocation);
      const { name } = invocation.runnable;
      active.dec({ operation: name });
      const { source } = invocation.origin;
      const seen = invocation.origin.isUnsent ? goneStatus : status;
      durations.observe(
        { operation: name, method: requestMethod(invocation) ?? '', status: seen, source },
        (performance.now() - startedAt) / 1000,
      );
    },
    refused(req, status) {
      // No operation ran, so the duration is 0: only the number of refused requests counts.
      durations.observe({ operation: '', method: knownMethod(req.method), status, source: 'http' }, 0);
    },
  };
}

// Status of CALL_CANCELLED, for callers that left before an answer was sent.
const goneStatus = 499;

const where = 'createFusio telemetry.prometheus';

interface Client {
  readonly Histogram: new (options: object) => Histogram;
  readonly Gauge: new (options: object) => Gauge;
}

interface Histogram {
  observe(labels: Record<string, string | number>, value: number): void;
}

interface Gauge {
  inc(labels: Record<string, string>): void;
  dec(labels: Record<string, string>): void;
}

interface MetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly buckets?: readonly number[];
}

/** Makes a metric, or reuses the metric of another instance with the same registry: a name can be registered only once. */
function metric<Metric>(
  registry: PrometheusRegistry,
  Made: new (options: object) => Metric,
  options: MetricOptions,
): Metric {
  const { name, labelNames } = options;
  // Cast: a metric of this name is of this class, or its labels differ and the check below throws.
  const known = registry.getSingleMetric(name) as (Metric & { labelNames?: readonly string[] }) | undefined;
  if (!known) return new Made({ ...options, registers: [registry] });
  // prom-client throws for an undeclared label. Thrown here once, in place of every call.
  if (labelNames.every((label) => known.labelNames?.includes(label))) return known;
  throw new FusioError('OPTIONS_INVALID', `${where}: registry has another metric named "${name}"`);
}

/** Makes the adapter that registers the operation `fusio.metrics`, which serves the registry. */
export function metricsAdapter(options: PrometheusOptions): OperationAdapter {
  const {
    registry,
    path,
    public: isPublic,
    scopes = isPublic ? [] : defaultScopes,
  } = withDefaults<Required<Omit<PrometheusOptions, 'scopes'>> & Pick<PrometheusOptions, 'scopes'>>(defaults, options);
  return function metrics(fusio) {
    if (path === false) return;
    fusio.operation({
      name: 'fusio.metrics',
      method: 'GET',
      path,
      public: isPublic,
      scopes,
      response: 'text/plain',
      expose: { openapi: false, sdk: false, jsonrpc: false, mcp: false },
      action: async (_request: unknown, { respond }: AnyContext) =>
        respond(200, await registry.metrics(), { 'content-type': registry.contentType }),
    });
  };
}
