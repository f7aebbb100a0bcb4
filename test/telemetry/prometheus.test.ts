import { Gauge, Registry } from 'prom-client';
import { createFusio } from '../../src/index.js';
import type { PrometheusOptions } from '../../src/telemetry/prometheus.js';
import { createTelemetry } from '../../src/telemetry/telemetry.js';
import { api } from './api.js';

const make = (prometheus: unknown) =>
  createFusio({ telemetry: { openTelemetry: false, prometheus: prometheus as PrometheusOptions } });

it('leaves the name "metrics" to an operation of the app', async () => {
  const fusio = createFusio({
    logger: false,
    telemetry: { openTelemetry: false, prometheus: { registry: new Registry() } },
  });

  fusio.operation({ name: 'metrics', method: 'GET', path: '/own', public: true, action: () => 'own' });

  expect(fusio.operations().map(({ name, path }) => `${name} ${path}`)).toEqual([
    'fusio.metrics /metrics',
    'metrics /own',
  ]);
});

it('shows durations by operation at /metrics to a caller with the scope', async () => {
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

it('counts two fusios with one registry together', async () => {
  const registry = new Registry();
  const telemetry = { openTelemetry: false, prometheus: { registry, path: false } } as const;
  const both = [api({ telemetry }), api({ telemetry })];

  for (const fusio of both) await fusio.inject({ path: '/inner' });

  expect(await registry.metrics()).toContain(
    'fusio_request_duration_seconds_count{operation="inner",method="GET",status="200",source="http"} 2',
  );
});

it('tells HEAD from GET', async () => {
  const registry = new Registry();
  const fusio = api({ telemetry: { openTelemetry: false, prometheus: { registry, path: false } } });

  await fusio.inject({ method: 'HEAD', path: '/inner' });

  expect(await registry.metrics()).toContain(
    'fusio_request_duration_seconds_count{operation="inner",method="HEAD",status="200",source="http"} 1',
  );
});

it('refuses a registry where the name is that of another metric', () => {
  const registry = new Registry();
  new Gauge({ name: 'fusio_active_requests', help: 'of the host', labelNames: ['host'], registers: [registry] });

  expect(() => make({ registry })).toThrow(
    expect.objectContaining({
      code: 'OPTIONS_INVALID',
      message: 'createFusio telemetry.prometheus: registry has another metric named "fusio_active_requests"',
    }),
  );
});

it('counts what reaches no operation without a label that a caller could choose', async () => {
  const registry = new Registry();
  const watcher = createTelemetry({ openTelemetry: false, prometheus: { registry } })!;

  for (const method of ['GET', 'BREW', 'CANARY']) watcher.refused?.(new Request('http://localhost', { method }), 404);

  const text = await registry.metrics();
  expect(text).toContain('_count{operation="",method="GET",status="404",source="http"} 1');
  expect(text).toContain('_count{operation="",method="_OTHER",status="404",source="http"} 2');
});

it.each([
  [
    'an unknown key',
    { registry: new Registry(), scope: ['metrics'] },
    'unknown option "scope" (did you mean "scopes"?)',
  ],
  ['a path that is none', { registry: new Registry(), path: 'metrics' }, 'path '],
  ['scopes that are none', { registry: new Registry(), scopes: 'metrics' }, 'scopes '],
  ['no registry', {}, 'registry '],
  ['what is no registry', { registry: {} }, 'registry must be a registry of prom-client, metrics() is missing'],
  ['nothing at all', null, 'options '],
])('refuses %s', (_what, options, message) => {
  expect(() => make(options)).toThrow(
    expect.objectContaining({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining(`createFusio telemetry.prometheus: ${message}`),
    }),
  );
});
