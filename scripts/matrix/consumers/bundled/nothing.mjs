// An app that has none of the optional packages is bundled, and says what is missing when it is wanted.
import assert from 'node:assert/strict';
import { createFusio } from 'fusio';
import { mysql } from 'fusio/connections/mysql';
import { postgres } from 'fusio/connections/postgres';

// A bundle of CommonJS has no `await` at the top.
async function main() {
  const registry = { metrics() {}, getSingleMetric() {}, registerMetric() {}, contentType: 'text/plain' };
  const missing = (by, name) => ({
    code: 'PACKAGE_MISSING',
    message: `${by} needs the package "${name}": npm install ${name}, then bundle again`,
  });
  await assert.rejects(async () => mysql('mysql://u@h/d').open(), missing('mysql()', 'mysql2'));
  await assert.rejects(async () => postgres('postgres://u@h/d').open(), missing('postgres()', 'pg'));
  await assert.rejects(createFusio({ telemetry: true }).start(), missing('telemetry', '@opentelemetry/api'));
  await assert.rejects(
    createFusio({ telemetry: { prometheus: { registry } } }).start(),
    missing('telemetry.prometheus', 'prom-client'),
  );
  const fusio = createFusio({ logger: false });
  fusio.operation({ name: 'one', method: 'GET', path: '/one', public: true, action: () => 1 });
  await fusio.ready();
  assert.equal((await fusio.inject({ path: '/one' })).status, 200);
  console.log('all good');
}

void main();
