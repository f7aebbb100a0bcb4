import assert from 'node:assert/strict';
import { createFusio } from 'fusio';
import { register } from 'prom-client';

// A bundle of CommonJS has no `await` at the top.
async function main() {
  const fusio = createFusio({
    logger: false,
    telemetry: { openTelemetry: false, prometheus: { registry: register, public: true } },
  });
  fusio.operation({ name: 'one', method: 'GET', path: '/one', public: true, action: () => 1 });
  await fusio.ready();
  await fusio.inject({ path: '/one' });
  const metrics = await (await fusio.fetch(new Request('http://localhost/metrics'))).text();
  assert.match(metrics, /fusio_request_duration_seconds_count\{operation="one",.*\} 1/);
  console.log('all good');
}

void main();
