import { createServer } from 'node:http';
import { context, metrics, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Registry } from 'prom-client';
import { createFusio, type FusioOptions, fail } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';

const spans = new InMemorySpanExporter();
const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 2 ** 30 });

beforeAll(() => {
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
});
afterAll(() => reader.shutdown());
afterEach(async () => {
  spans.reset();
  await closeAll();
});

function api(options: FusioOptions = {}) {
  const fusio = createFusio({ logger: false, ...options });
  const inner = fusio.operation({ name: 'inner', method: 'GET', path: '/inner', public: true, action: () => 1 });
  fusio.operation({
    name: 'todo.get',
    method: 'GET',
    path: '/todo/:id',
    public: true,
    action: async (_request, { call }) => call(inner),
  });
  fusio.operation({ name: 'broken', method: 'GET', path: '/broken', public: true, action: () => fail(500) });
  return fusio;
}

it('continues the trace of the caller, names the span by method and route, and nests in-process calls', async () => {
  const url = await listen(createServer(api().handler));

  await fetch(`${url}/todo/12?token=canary`, { headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } });

  const [inner, outer] = spans.getFinishedSpans();
  expect(outer).toMatchObject({ name: 'GET /todo/:id', kind: SpanKind.SERVER, parentSpanId: 'b'.repeat(16) });
  expect(outer!.spanContext().traceId).toBe('a'.repeat(32));
  expect(outer!.attributes).toMatchObject({
    'http.request.method': 'GET',
    'http.route': '/todo/:id',
    'http.response.status_code': 200,
    'fusio.operation': 'todo.get',
  });
  expect(inner).toMatchObject({ name: 'inner', kind: SpanKind.INTERNAL, parentSpanId: outer!.spanContext().spanId });
  expect(JSON.stringify([inner!.attributes, outer!.attributes])).not.toContain('canary');
});

it('marks a failure of ours with its code', async () => {
  await api().inject({ path: '/broken' });

  const [span] = spans.getFinishedSpans();
  expect(span!.status).toEqual({ code: SpanStatusCode.ERROR, message: 'INTERNAL_ERROR' });
  expect(span!.attributes['error.type']).toBe('INTERNAL_ERROR');
});

it('enriches the server span that the host has already', async () => {
  const fusio = api();
  const tracer = trace.getTracer('host');

  await tracer.startActiveSpan('HTTP GET', async (span: Span) => {
    await fusio.inject({ path: '/broken' });
    span.end();
  });

  expect(spans.getFinishedSpans().map(({ name }) => name)).toEqual(['GET /broken']);
});

it('measures durations with a bounded set of labels', async () => {
  const fusio = api();
  for (let index = 0; index < 50; index++) await fusio.inject({ path: `/todo/${index}` });
  for (let index = 0; index < 50; index++) await fusio.inject({ path: `/nowhere/${index}` });

  await reader.forceFlush();

  const all = measured
    .getMetrics()
    .at(-1)!
    .scopeMetrics.flatMap((scope) => scope.metrics);
  const durations = all.find((metric) => metric.descriptor.name === 'http.server.request.duration')!;
  const routes = new Set(durations.dataPoints.map((point) => point.attributes['http.route']));
  expect([...routes].every((route) => ['/todo/:id', '/broken', '/inner'].includes(String(route)))).toBe(true);
  const active = all.find((metric) => metric.descriptor.name === 'http.server.active_requests')!;
  expect(active.dataPoints.every((point) => point.value === 0)).toBe(true);
});

it('makes no span with telemetry: false', async () => {
  await api({ telemetry: false }).inject({ path: '/inner' });

  expect(spans.getFinishedSpans()).toEqual([]);
});

describe('prometheus', () => {
  it('shows durations by operation at /metrics to whoever has the scope', async () => {
    const registry = new Registry();
    const fusio = api({ telemetry: { openTelemetry: false, prometheus: { registry } } });
    await fusio.inject({ path: '/todo/1' });

    const refused = await fusio.inject({ path: '/metrics' });
    const shown = await fusio.inject({ path: '/metrics', as: { user: { id: 'scraper' }, scopes: ['metrics'] } });

    expect(refused.status).toBe(401);
    expect(shown.headers.get('content-type')).toContain('text/plain');
    expect(shown.text()).toContain(
      'fusio_request_duration_seconds_count{operation="todo.get",method="GET",status="200",source="http"} 1',
    );
    expect(shown.text()).toContain('fusio_active_requests{operation="todo.get"} 0');
  });

  it('refuses what is no registry', () => {
    expect(() => createFusio({ telemetry: { prometheus: { registry: {} as never } } })).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID' }),
    );
  });
});
