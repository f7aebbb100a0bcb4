import type * as Api from '@opentelemetry/api';
import type { HttpEntrance } from '../action/context.js';
import { loadPackage } from '../load-package.js';
import type { Visit, Watcher } from '../operation/visit.js';

/**
 * Spans and metrics by OpenTelemetry's semantic conventions for HTTP servers (1.27), through the API package of the host.
 * Undefined where the host has none, unless it is `wanted`: then its lack is an error. The SDK is the host's affair.
 */
export function openTelemetry(wanted: boolean): Watcher | undefined {
  const api = load(wanted);
  if (!api) return undefined;
  const { context, propagation, SpanKind, SpanStatusCode, trace } = api;
  let instruments: Instruments | undefined;
  let lookAgainAt = 0;

  /** An API package without an SDK is common: then nothing is made. An SDK that comes later is noticed within a second. */
  function listening(): Instruments | undefined {
    if (instruments) return instruments;
    const now = performance.now();
    if (now < lookAgainAt) return undefined;
    lookAgainAt = now + 1_000;
    if (hasSdk(api as typeof Api)) instruments = makeInstruments(api as typeof Api);
    return instruments;
  }

  // What is open of a call: kept beside it, so that calls without telemetry carry nothing.
  const open = new WeakMap<Visit, { span: Api.Span; isOurs: boolean; startedAt: number; instruments: Instruments }>();

  return {
    around(visit, walk) {
      const heard = listening();
      if (!heard) return walk();
      const { tracer, active } = heard;
      const startedAt = performance.now();
      const isHttp = visit.entrance.source === 'http';
      const { method, handle, name } = visit.operation;
      const attributes = {
        'http.request.method': requestMethod(visit, method),
        'http.route': handle.path,
        'fusio.operation': name,
      };
      const outer = trace.getActiveSpan();
      if (isHttp) active.add(1, { 'http.request.method': attributes['http.request.method'], 'url.scheme': 'http' });

      // The host's own instrumentation made a server span already: a second one would count the request twice.
      if (isHttp && outer?.isRecording()) {
        outer.setAttributes(attributes);
        outer.updateName(`${attributes['http.request.method']} ${handle.path}`);
        open.set(visit, { span: outer, isOurs: false, startedAt, instruments: heard });
        return walk();
      }
      const parent = isHttp ? propagation.extract(context.active(), headersOf(visit.entrance.http)) : context.active();
      const spanName = isHttp ? `${attributes['http.request.method']} ${handle.path}` : name;
      const span = tracer.startSpan(
        spanName,
        { kind: isHttp ? SpanKind.SERVER : SpanKind.INTERNAL, attributes },
        parent,
      );
      open.set(visit, { span, isOurs: true, startedAt, instruments: heard });
      return context.with(trace.setSpan(parent, span), walk);
    },

    end(visit, status, error) {
      const entry = open.get(visit);
      if (!entry) return;
      open.delete(visit);
      const { span, isOurs, startedAt, instruments } = entry;
      const { active, calls, durations } = instruments;
      const isHttp = visit.entrance.source === 'http';
      const method = requestMethod(visit, visit.operation.method);
      const failure = error && status >= 500 ? { 'error.type': error.code } : {};
      const seconds = (performance.now() - startedAt) / 1000;
      if (isHttp) {
        active.add(-1, { 'http.request.method': method, 'url.scheme': 'http' });
        durations.record(seconds, {
          'http.request.method': method,
          'http.route': visit.operation.handle.path,
          'http.response.status_code': status,
          'url.scheme': 'http',
          ...failure,
        });
      } else {
        calls.record(seconds, { 'fusio.operation': visit.operation.name, ...failure });
      }
      span.setAttributes({
        'fusio.request_id': visit.id,
        ...failure,
        ...(isHttp && { 'http.response.status_code': status }),
      });
      if (error && status >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: error.code });
      if (isOurs) span.end();
    },
  };
}

interface Instruments {
  readonly tracer: Api.Tracer;
  readonly durations: Api.Histogram;
  readonly active: Api.UpDownCounter;
  readonly calls: Api.Histogram;
}

function makeInstruments({ metrics, trace }: typeof Api): Instruments {
  const meter = metrics.getMeter('fusio');
  return {
    tracer: trace.getTracer('fusio'),
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
  const provider = trace.getTracerProvider() as { getDelegate?: () => object };
  return [provider.getDelegate?.() ?? provider, metrics.getMeterProvider()].some(
    (one) => !/^Noop/.test(one.constructor.name),
  );
}

function load(wanted: boolean): typeof Api | undefined {
  try {
    return loadPackage<typeof Api>({ by: 'telemetry', name: '@opentelemetry/api' });
  } catch (error) {
    if (wanted) throw error;
    return undefined;
  }
}

/** HEAD may stand for GET; any other method is that of the operation, so the set of values is bounded. */
function requestMethod(visit: Visit, method: string): string {
  return visit.entrance.http?.req.method === 'HEAD' ? 'HEAD' : method;
}

function headersOf(http: HttpEntrance | undefined): Record<string, unknown> {
  if (!http) return {};
  const { headers } = http.req;
  return headers instanceof Headers ? Object.fromEntries(headers) : headers;
}
