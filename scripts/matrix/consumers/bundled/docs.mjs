// The files of the page cannot be in a bundle: the error says what to copy, and then they are found.
import assert from 'node:assert/strict';
import { cpSync, existsSync } from 'node:fs';
import { createFusio } from 'fusio';

// A bundle of CommonJS has no `await` at the top.
async function main() {
  const [from] = process.argv.slice(2);
  if (!existsSync('node_modules')) {
    assert.throws(() => createFusio({ logger: false, docs: true }), {
      code: 'PACKAGE_MISSING',
      message: /copy node_modules\/swagger-ui-dist to node_modules beside the bundle$/,
    });
    cpSync(from, 'node_modules/swagger-ui-dist', { recursive: true });
  }
  const fusio = createFusio({ logger: false, docs: true });
  const { status } = await fusio.inject({ path: '/docs/swagger-ui.css' });
  assert.equal(status, 200);
  console.log('all good');
}

void main();
