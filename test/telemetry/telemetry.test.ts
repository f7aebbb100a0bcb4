import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer, get, type RequestOptions } from 'node:https';
import {
  context,
  propagation,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { type RPCMetadata, RPCType, setRPCMetadata, W3CTraceContextPropagator } from '@opentelemetry/core';
import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics';
import express from 'express';
import { Registry } from 'prom-client';
import { createTelemetry } from '../../src/telemetry/telemetry.js';
import { listen, raw } from '../support/fusio.js';
import { api } from './api.js';
import { collect, measured, reader, spans } from './collected.js';

collect();
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
});

/** What was measured up to now. */
async function scopes() {
  await reader.forceFlush();
  return measured.getMetrics().at(-1)?.scopeMetrics ?? [];
}

/** What was measured of requests up to now, by its attributes. */
async function durations() {
  const all = (await scopes()).flatMap((scope) => scope.metrics);
  return all.find(({ descriptor }) => descriptor.name === 'http.server.request.duration')?.dataPoints ?? [];
}

/** How many requests were measured up to now. */
async function countMeasured() {
  const points = (await durations()) as DataPoint<Histogram>[];
  return points.reduce((sum, { value }) => sum + value.count, 0);
}

const unsampled = { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceFlags: TraceFlags.NONE };
const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

it('continues the trace of the caller, names the span by method and route, and nests in-process calls', async () => {
  const url = await listen(createServer(api().handler));

  await fetch(`${url}/todo/12?token=canary`, { headers: { traceparent } });

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

it('says what was asked for and by whom, without the query', async () => {
  const url = await listen(createServer(api().handler));
  const { port } = new URL(url);

  await fetch(`${url}/todo/12?token=canary`, { headers: { 'user-agent': 'test/1' } });
  await api().fetch(new Request('https://example.com/todo/12?token=canary', { headers: { 'user-agent': 'test/2' } }));

  const [ours, web] = spans.getFinishedSpans().filter(({ kind }) => kind === SpanKind.SERVER);
  expect(ours!.attributes).toMatchObject({
    'url.path': '/todo/12',
    'server.address': '127.0.0.1',
    'server.port': Number(port),
    'client.address': '127.0.0.1',
    'user_agent.original': 'test/1',
  });
  expect(web!.attributes).toMatchObject({
    'url.path': '/todo/12',
    'server.address': 'example.com',
    'user_agent.original': 'test/2',
  });
  expect(web!.attributes).not.toHaveProperty(['client.address']);
  expect(JSON.stringify([ours!.attributes, web!.attributes])).not.toContain('canary');
});

it.each([
  ['[::1]:8080', { 'server.address': '::1', 'server.port': 8080 }],
  ['a b@c', {}],
])('takes the authority %s apart', async (host, expected) => {
  const url = await listen(createServer(api().handler));

  await raw(url, `GET /inner HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);

  const { attributes } = spans.getFinishedSpans()[0]!;
  const found = Object.entries(attributes).filter(([name]) => name.startsWith('server.'));
  expect(Object.fromEntries(found)).toEqual(expected);
});

it('does not fail with the function that finds the address', async () => {
  const clientIp = () => {
    throw new Error('no proxy');
  };

  expect((await api({ clientIp }).inject({ path: '/inner' })).status).toBe(200);
});

it('tells its version', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  await api().inject({ path: '/inner' });

  expect(spans.getFinishedSpans()[0]!.instrumentationLibrary).toMatchObject({ name: 'fusio', version });
  expect((await scopes()).map(({ scope }) => scope)).toEqual([expect.objectContaining({ name: 'fusio', version })]);
});

it('marks a failure of ours with its code', async () => {
  await api().inject({ path: '/broken' });

  const [span] = spans.getFinishedSpans();
  expect(span!.status).toEqual({ code: SpanStatusCode.ERROR, message: 'INTERNAL_ERROR' });
  expect(span!.attributes['error.type']).toBe('INTERNAL_ERROR');
});

describe('a span of the host', () => {
  const tracer = trace.getTracer('host');

  /** Asks within a span as the host would make it, and gives what was made beside it. */
  async function within(options: SpanOptions, ask: (span: Span) => Promise<unknown>) {
    await tracer.startActiveSpan('host', options, async (span) => {
      await ask(span);
      span.end();
    });
    const all = spans.getFinishedSpans();
    const host = all.find((span) => span.instrumentationLibrary.name === 'host')!;
    return { host, ours: all.filter((span) => span !== host) };
  }

  it('comes with measurements of the host: its requests are not measured again', async () => {
    await api().inject({ path: '/inner' });
    const before = await countMeasured();

    await within({ kind: SpanKind.SERVER }, () => api().inject({ path: '/inner' }));
    await within({ kind: SpanKind.SERVER }, () => api().inject({ path: '/nowhere' }));

    expect(await countMeasured()).toBe(before);
    await api().inject({ path: '/nowhere' });
    expect(await countMeasured()).toBe(before + 1);
  });

  it('stands for a request that is not sampled as well', async () => {
    const span = trace.wrapSpanContext({ ...unsampled });
    const request = { type: RPCType.HTTP, span } as RPCMetadata;
    const before = await countMeasured();

    await context.with(setRPCMetadata(context.active(), request), () => api().inject({ path: '/inner' }));

    expect(request.route).toBe('/inner');
    expect(await countMeasured()).toBe(before);
  });

  it('is enriched where it is the server span of the request', async () => {
    const { host, ours } = await within({ kind: SpanKind.SERVER }, () => api().inject({ path: '/broken' }));

    expect(ours).toEqual([]);
    expect(host).toMatchObject({ name: 'GET /broken', status: { code: SpanStatusCode.ERROR } });
    expect(host.attributes).toMatchObject({ 'http.route': '/broken', 'http.response.status_code': 500 });
  });

  it('is enriched where it is behind the spans of the layers of a framework', async () => {
    const request = { type: RPCType.HTTP, route: '/mount' } as RPCMetadata;

    const { host, ours } = await within({ kind: SpanKind.SERVER }, async (span) => {
      request.span = span;
      const layer = trace.wrapSpanContext({ ...span.spanContext(), spanId: 'e'.repeat(16) });
      const active = trace.setSpan(setRPCMetadata(context.active(), request), layer);
      await context.with(active, () => api().inject({ path: '/broken' }));
    });

    expect(ours).toEqual([]);
    expect(host.name).toBe('GET /broken');
    expect(request.route).toBe('/broken');
  });

  it.each<[string, SpanOptions]>([
    ['a job', { kind: SpanKind.INTERNAL }],
    ['a consumer', { kind: SpanKind.CONSUMER }],
    ['an RPC server', { kind: SpanKind.SERVER, attributes: { 'rpc.system': 'grpc' } }],
  ])('keeps its name and gets a child where it is of %s', async (_what, options) => {
    const { host, ours } = await within(options, () => api().inject({ path: '/broken', headers: { traceparent } }));

    expect(host).toMatchObject({ name: 'host', status: { code: SpanStatusCode.UNSET } });
    expect(host.attributes).toEqual(options.attributes ?? {});
    expect(ours).toMatchObject([
      { name: 'GET /broken', kind: SpanKind.SERVER, parentSpanId: host.spanContext().spanId },
    ]);
  });

  it('is told the route and keeps its name where it does not show its kind', async () => {
    const { host, ours } = await within({}, async (span) => {
      const shy = new Proxy(span, {
        get(target, key) {
          const value = Reflect.get(target, key);
          return typeof value === 'function' ? value.bind(target) : undefined;
        },
      });
      await context.with(trace.setSpan(context.active(), shy), () => api().inject({ path: '/broken' }));
    });

    expect(ours).toEqual([]);
    expect(host).toMatchObject({ name: 'host', status: { code: SpanStatusCode.UNSET } });
    expect(host.attributes).toEqual({ 'http.route': '/broken', 'fusio.operation': 'broken' });
  });

  it('stands for the first request only: what an action asks of its own API is a child', async () => {
    const fusio = api();
    fusio.operation({
      name: 'outer',
      method: 'GET',
      path: '/outer',
      public: true,
      action: async () => (await fusio.inject({ path: '/inner' })).json(),
    });

    const { host, ours } = await within({ kind: SpanKind.SERVER }, () => fusio.inject({ path: '/outer' }));

    expect(host.name).toBe('GET /outer');
    expect(ours).toMatchObject([{ name: 'GET /inner', parentSpanId: host.spanContext().spanId }]);
  });

  it('is continued where it is not sampled', async () => {
    const fusio = api();
    let seen: SpanContext | undefined;
    fusio.operation({
      name: 'seen',
      method: 'GET',
      path: '/seen',
      public: true,
      action() {
        seen = trace.getActiveSpan()?.spanContext();
      },
    });

    await context.with(trace.setSpanContext(context.active(), unsampled), () =>
      fusio.inject({ path: '/seen', headers: { traceparent } }),
    );

    expect(seen).toMatchObject({ traceId: unsampled.traceId, traceFlags: TraceFlags.NONE });
    expect(spans.getFinishedSpans()).toEqual([]);
  });

  it('does not hide the trace of the caller when it is over', async () => {
    await tracer.startActiveSpan('boot', async (span) => {
      span.end();
      await api().inject({ path: '/inner', headers: { traceparent } });
    });

    expect(spans.getFinishedSpans().at(-1)).toMatchObject({ name: 'GET /inner', parentSpanId: 'b'.repeat(16) });
  });
});

it('tells the scheme of the request', async () => {
  const fusio = api();
  const url = await listen(createServer(fusio.handler));
  // A key that both sides know in place of a certificate.
  const key = { psk: Buffer.from('00'.repeat(16), 'hex'), identity: 'test' };
  const tls = { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const;
  const secure = createSecureServer({ ...tls, pskCallback: () => key.psk }, fusio.handler);
  const { port } = new URL(await listen(secure));

  await fetch(`${url}/inner`);
  await new Promise<void>((resolve, reject) => {
    const options = { ...tls, port, path: '/inner', pskCallback: () => key, checkServerIdentity: () => undefined };
    get({ ...options, host: '127.0.0.1', agent: false } as RequestOptions, (response) => {
      response.resume().on('end', resolve);
    }).on('error', reject);
  });
  await fusio.fetch(new Request('http://localhost/inner'));
  await fusio.fetch(new Request('https://localhost/inner'));

  const schemes = spans.getFinishedSpans().map(({ attributes }) => attributes['url.scheme']);
  expect(schemes).toEqual(['http', 'https', 'http', 'https']);
  const measuredSchemes = (await durations()).map(({ attributes }) => attributes['url.scheme']);
  expect(measuredSchemes).toEqual(expect.arrayContaining(['http', 'https']));
});

it('measures what reaches no operation by its method and status', async () => {
  const registry = new Registry();
  const watcher = createTelemetry({ prometheus: { registry } })!;

  for (const [method, status] of [
    ['GET', 404],
    ['BREW', 405],
    ['CANARY', 405],
    ['POST', 503],
  ] as const) {
    watcher.refused?.(new Request('https://localhost', { method }), status);
  }

  const points = (await durations()).filter(({ attributes }) => attributes['http.route'] === undefined);
  expect(points.map(({ attributes }) => attributes)).toEqual(
    expect.arrayContaining([
      { 'http.request.method': 'GET', 'url.scheme': 'https', 'http.response.status_code': 404 },
      { 'http.request.method': '_OTHER', 'url.scheme': 'https', 'http.response.status_code': 405 },
      {
        'http.request.method': 'POST',
        'url.scheme': 'https',
        'http.response.status_code': 503,
        'error.type': '503',
      },
    ]),
  );
  expect(JSON.stringify(points)).not.toMatch(/BREW|CANARY/);
  // Both are told.
  expect(await registry.metrics()).toContain('_count{operation="",method="_OTHER",status="405",source="http"} 2');
});

it('measures durations with a bounded set of labels', async () => {
  const fusio = api();
  for (let index = 0; index < 50; index++) await fusio.inject({ path: `/todo/${index}` });
  for (let index = 0; index < 50; index++) await fusio.inject({ path: `/nowhere/${index}` });

  const routes = (await durations()).map(({ attributes }) => attributes['http.route']);
  expect(routes.length).toBeLessThan(20);
  // Undefined for what reached no operation.
  const known = ['/todo/:id', '/broken', '/inner', '/outer', '/seen', undefined];
  expect(routes.filter((route) => !known.includes(route as string | undefined))).toEqual([]);
  const all = measured
    .getMetrics()
    .at(-1)!
    .scopeMetrics.flatMap((scope) => scope.metrics);
  const active = all.find((metric) => metric.descriptor.name === 'http.server.active_requests')!;
  expect(active.dataPoints.every((point) => point.value === 0)).toBe(true);
});

it('makes no span with telemetry: false', async () => {
  await api({ telemetry: false }).inject({ path: '/inner' });

  expect(spans.getFinishedSpans()).toEqual([]);
});

it('tells mounts apart by their paths', async () => {
  const app = express();
  app.use('/api/v1', api().router);
  app.use('/api/v2', api().router);
  const url = await listen(createServer(app));

  for (const path of ['/api/v1/broken', '/api/v2/broken']) await fetch(url + path);

  expect(spans.getFinishedSpans().map(({ name, attributes }) => [name, attributes['http.route']])).toEqual([
    ['GET /api/v1/broken', '/api/v1/broken'],
    ['GET /api/v2/broken', '/api/v2/broken'],
  ]);
  const routes = (await durations()).map(({ attributes }) => attributes['http.route']);
  expect(routes).toEqual(expect.arrayContaining(['/api/v1/broken', '/api/v2/broken']));
});
