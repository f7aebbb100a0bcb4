import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { Registry } from 'prom-client';
import { createFusio, fail } from '../../src/index.js';
import { listen } from '../support/fusio.js';
import { collect, measured, reader, spans } from './collected.js';

collect();

/** An operation that ends when its caller is gone. */
function slow(end: () => unknown) {
  const registry = new Registry();
  const fusio = createFusio({ logger: false, telemetry: { prometheus: { registry, path: false } } });
  const events = new EventEmitter();
  fusio.operation({
    name: 'slow',
    method: 'GET',
    path: '/slow',
    public: true,
    action: async (_request, { signal }) => {
      const gone = once(signal, 'abort');
      events.emit('begun');
      await gone;
      return end();
    },
  });
  fusio.on('request:done', () => events.emit('done'));
  return { fusio, registry, events };
}

it.each([
  ['comes to something', () => 1, 'CALL_CANCELLED'],
  ['is refused', () => fail(404), 'CALL_CANCELLED'],
  ['fails', () => fail(504), 'GATEWAY_TIMEOUT'],
])('tells no status where the caller left and the call %s', async (_what, end, type) => {
  const { fusio, registry, events } = slow(end);
  const url = await listen(createServer(fusio.handler));
  const leave = new AbortController();
  const [begun, done] = [once(events, 'begun'), once(events, 'done')];

  const asked = fetch(`${url}/slow`, { signal: leave.signal }).catch(() => {});
  await begun;
  leave.abort();
  await Promise.all([asked, done]);

  const [span] = spans.getFinishedSpans();
  expect(span!.attributes).toMatchObject({ 'error.type': type });
  expect(span!.attributes).not.toHaveProperty(['http.response.status_code']);
  expect(await registry.metrics()).toContain('_count{operation="slow",method="GET",status="499",source="http"} 1');
  await reader.forceFlush();
  const all = measured.getMetrics().at(-1)!.scopeMetrics;
  const durations = all.flatMap((scope) => scope.metrics).find(({ descriptor }) => /duration/.test(descriptor.name))!;
  const told = durations.dataPoints.map(({ attributes }) => attributes);
  expect(told).toContainEqual({
    'http.request.method': 'GET',
    'url.scheme': 'http',
    'http.route': '/slow',
    'error.type': type,
  });
});

it('tells none either where a web request was given up', async () => {
  const { fusio, events } = slow(() => 1);
  const leave = new AbortController();
  const [begun, done] = [once(events, 'begun'), once(events, 'done')];

  const asked = fusio.fetch(new Request('http://localhost/slow', { signal: leave.signal }));
  await begun;
  leave.abort();
  await Promise.allSettled([asked, done]);

  expect(spans.getFinishedSpans()[0]!.attributes).not.toHaveProperty(['http.response.status_code']);
});
