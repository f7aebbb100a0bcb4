import assert from 'node:assert/strict';
import { trace } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { createFusio } from 'fusio';

// A bundle of CommonJS has no `await` at the top.
async function main() {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  const fusio = createFusio({ logger: false, telemetry: true });
  fusio.operation({ name: 'one', method: 'GET', path: '/one', public: true, action: () => 1 });
  await fusio.ready();
  await fusio.inject({ path: '/one' });
  assert.equal(exporter.getFinishedSpans().length, 1);
  console.log('all good');
}

void main();
