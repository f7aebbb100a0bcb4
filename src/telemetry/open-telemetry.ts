import type * as Api from '@opentelemetry/api';
import type { HttpExchange } from '../action/context.js';
import { isBundled, loadPackage } from '../base/load-package.js';
import type { Recorded, Watcher } from '../pipeline/recorder.js';
import { type LoadedWatcher, lateWatcher } from './late-watcher.js';
import { mountFinder } from './mount-path.js';
import { knownMethod, requestAttributes, requestMethod, schemeOf } from './request.js';

/**
 * Spans and metrics by OpenTelemetry's semantic conventions for HTTP servers (1.27), through the API package of the host.
 * Undefined where the host has none, unless it is `wanted`: then its lack is an error. The SDK is the host's affair.
 */
export function openTelemetry(wanted: boolean): LoadedWatcher | undefined {
  try {
    return watch(loadPackage<typeof Api>(need));
  } catch (error) {
    if (isBundled()) return lateWatcher(importApi(wanted, error));
    if (wanted) throw error;
    return undefined;
  }
}

const need = { by: 'telemetry', name: '@opentelemetry/api' };

/** Loads the API of the bundle: each copy of it reaches the SDK. A literal name in a `try`, so that bundlers see it and can do without. */
async function importApi(wanted: boolean, error: unknown): Promise<Watcher | undefined> {
  try {
    return watch(await import('@opentelemetry/api'));
  } catch {
    if (wanted) throw error;
    return undefined;
  }
}

function watch(sdk: typeof Api): Watcher {
  const { context, propagation, SpanKind, SpanStatusCode, trace } = sdk;
  let instruments: Instruments | undefined;
  let lookAgainAt = 0;

  /** An API package without an SDK is common: then nothing is made. An SDK that comes later is noticed within a second. */
  function listening(): Instruments | undefined {
    if (instruments) return instruments;
    const now = performance.now();
    if (now < lookAgainAt) return undefined;
    lookAgainAt = now + 1_000;
    if (hasSdk(sdk)) instruments = makeInstruments(sdk);
    return instruments;
  }

  const findMount = mountFinder();
  // Open spans by invocation, in a map, so that an invocation without telemetry has no extra field.
  const open = new WeakMap<Recorded, Entry>();
  // Spans that stand for a call over HTTP already: an action may call operations through `inject` and `fetch` itself.
  const taken = new WeakSet<Api.Span>();
  const hostRequestKey = sdk.createContextKey(rpcMetadata);

  /** The span that the host's instrumentation made for this request, unless it stands for another call already. */
  function findHostSpan(): HostSpan | undefined {
    // Cast: the shape that `setRPCMetadata` of OpenTelemetry writes.
    const metadata = context.active().getValue(hostRequestKey) as HostRequest | undefined;
    const active: SeenSpan | undefined = trace.getActiveSpan();
    const found: HostSpan | undefined =
      metadata?.type === 'http'
        ? { span: metadata.span, isServer: true, metadata }
        : active?.isRecording() && (active.kind === undefined || isHttpServer(active, SpanKind.SERVER))
          ? { span: active, isServer: active.kind !== undefined, metadata: undefined }
          : undefined;
    return found && !found.span.ended && !taken.has(found.span) ? found : undefined;
  }

  /** The active span, even an unsampled or a remote one, goes before the caller's headers: the host read them already. */
  function findParent(http: HttpExchange): Api.Context {
    const active: SeenSpan | undefined = trace.getActiveSpan();
    // An ended span stays active if the server began to listen inside it: it is not the parent of this request.
    const isParent = active && trace.isSpanContextValid(active.spanContext()) && !active.ended;
    return isParent ? context.active() : propagation.extract(context.active(), headersOf(http));
  }

  /** The one place that counts up what `end` counts down. */
  function remember(invocation: Recorded, entry: Entry): void {
    open.set(invocation, entry);
    if (entry.request) entry.instruments.active.add(1, entry.request.attributes);
  }

  return {
    around(invocation, go) {
      const heard = listening();
      if (!heard) return go();
      const { tracer } = heard;
      const startedAt = performance.now();
      const { http, source } = invocation.origin;
      const { handle, name } = invocation.runnable;
      const own = { 'fusio.operation': name, 'fusio.request_id': invocation.id };
      const method = requestMethod(invocation);
      if (source !== 'http' || !http || !handle || !method) {
        const route = handle && { 'http.request.method': handle.method, 'http.route': handle.path };
        const attributes = { ...route, ...own };
        const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL, attributes });
        remember(invocation, { span, isOurs: true, startedAt, instruments: heard, request: undefined });
        return context.with(trace.setSpan(context.active(), span), go);
      }

      // The host's own instrumentation made a server span already: a second one would count the request twice.
      const host = findHostSpan();
      const mount = findMount(http.req, host?.metadata?.route);
      const path = mount !== '' && handle.path === '/' ? mount : mount + handle.path;
      const route = { 'http.route': path, ...own };
      if (host) {
        const { span, isServer, metadata } = host;
        taken.add(span);
        // The instrumentation names its span anew at the end, and measures, by the route that it has here.
        if (metadata) metadata.route = path;
        span.setAttributes(
          isServer ? { 'http.request.method': method, ...route } : { 'http.route': path, 'fusio.operation': name },
        );
        if (isServer) span.updateName(`${method} ${path}`);
        const known = isServer ? span : undefined;
        // The instrumentation that made the span measures the request as well.
        remember(invocation, { span: known, isOurs: false, startedAt, instruments: heard, request: undefined });
        return go();
      }
      const parent = findParent(http);
      const request = { 'http.request.method': method, 'url.scheme': schemeOf(http.req) };
      const attributes = { ...request, ...requestAttributes(http, invocation), ...route };
      const span = tracer.startSpan(`${method} ${path}`, { kind: SpanKind.SERVER, attributes }, parent);
      taken.add(span);
      remember(invocation, {
        span,
        isOurs: true,
        startedAt,
        instruments: heard,
        request: { attributes: request, path },
      });
      // The generator of an event stream runs when its reader asks, after this and outside of the active span.
      return context.with(trace.setSpan(parent, span), go);
    },

    end(invocation, status, error) {
      const entry = open.get(invocation);
      if (!entry) return;
      open.delete(invocation);
      const { span, isOurs, startedAt, instruments, request } = entry;
      const { active, calls, durations } = instruments;
      const isHttp = invocation.origin.source === 'http';
      const isUnsent = invocation.origin.isUnsent;
      const answer = isHttp && !isUnsent ? { 'http.response.status_code': status } : {};
      // Its own status: that of a stream which broke off was sent before.
      const isFailure = error !== undefined && error.status >= 500;
      const type = isFailure ? error.code : isUnsent ? 'CALL_CANCELLED' : undefined;
      const failure = type === undefined ? {} : { 'error.type': type };
      const seconds = (performance.now() - startedAt) / 1000;
      if (request) {
        active.add(-1, request.attributes);
        durations.record(seconds, { ...request.attributes, 'http.route': request.path, ...answer, ...failure });
      } else if (!isHttp) {
        calls.record(seconds, { 'fusio.operation': invocation.runnable.name, ...failure });
      }
      // The host ends its span with the response, which may be before a stream is over for fusio.
      if (!span || span.ended) return;
      span.setAttributes({ ...failure, ...answer });
      if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR, message: error.code });
      if (isOurs) span.end();
    },

    refused(req, status) {
      const heard = listening();
      if (!heard || findHostSpan()) return;
      // It took no time to speak of: what counts is how many there are.
      heard.durations.record(0, {
        'http.request.method': knownMethod(req.method),
        'url.scheme': schemeOf(req),
        'http.response.status_code': status,
        ...(status >= 500 && { 'error.type': String(status) }),
      });
    },
  };
}

interface Entry {
  /** Undefined where the host's span may be of something else: it is told the route and nothing more. */
  readonly span: SeenSpan | undefined;
  readonly isOurs: boolean;
  readonly startedAt: number;
  readonly instruments: Instruments;
  /** By what it is measured and counted; undefined for a call in process, and where the host measures. */
  readonly request: { readonly attributes: Api.Attributes; readonly path: string } | undefined;
}

// Where an instrumentation of HTTP keeps its span (`setRPCMetadata` of `@opentelemetry/core`, which the host need not have):
// Express's makes spans of its own for each layer, so that the active one is not the request's.
const rpcMetadata = 'OpenTelemetry SDK Context Key RPC_METADATA';

interface HostRequest {
  readonly type: string;
  readonly span: SeenSpan;
  route?: string;
}

interface HostSpan {
  readonly span: SeenSpan;
  /** Whether it is known to be an HTTP server's. */
  readonly isServer: boolean;
  readonly metadata: HostRequest | undefined;
}

/** Span with the fields that the official SDK adds to the API. Another SDK may not have them. */
type SeenSpan = Api.Span & {
  readonly kind?: Api.SpanKind;
  readonly ended?: boolean;
  readonly attributes?: Api.Attributes;
};

/** RPC servers have spans of the same kind. */
function isHttpServer({ kind, attributes }: SeenSpan, server: Api.SpanKind): boolean {
  return kind === server && attributes?.['rpc.system'] === undefined;
}

interface Instruments {
  readonly tracer: Api.Tracer;
  readonly durations: Api.Histogram;
  readonly active: Api.UpDownCounter;
  readonly calls: Api.Histogram;
}

function makeInstruments({ metrics, trace }: typeof Api): Instruments {
  const version = ownVersion();
  const meter = metrics.getMeter('fusio', version);
  return {
    tracer: trace.getTracer('fusio', version),
    durations: meter.createHistogram('http.server.request.duration', {
      unit: 's',
      description: 'Duration of HTTP server requests',
      advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
    }),
    active: meter.createUpDownCounter('http.server.active_requests', {
      unit: '{request}',
      description: 'Number of active HTTP server requests',
    }),
    calls: meter.createHistogram('fusio.call.duration', { unit: 's', description: 'Duration of in-process calls' }),
  };
}

/** Whether something stands behind the API: its own stand-ins are called Noop. */
function hasSdk({ metrics, trace }: typeof Api): boolean {
  // Cast: the proxy provider of the API has `getDelegate`, its type does not.
  const provider = trace.getTracerProvider() as { getDelegate?: () => object };
  return [provider.getDelegate?.() ?? provider, metrics.getMeterProvider()].some(
    (one) => !/^Noop/.test(one.constructor.name),
  );
}

function headersOf({ req: { headers } }: HttpExchange): Record<string, unknown> {
  return headers instanceof Headers ? Object.fromEntries(headers) : headers;
}

/** Reads the version of this package. Undefined if a bundler has moved the code out of the package. */
function ownVersion(): string | undefined {
  try {
    return loadPackage<{ version: string }>({ by: 'telemetry', name: 'fusio/package.json' }).version;
  } catch {
    return undefined;
  }
}
