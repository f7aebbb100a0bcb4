// Every test that can notice a mutant, as one test file for Jest: the sources are loaded once for a mutant, not once for each test file.
const { readdirSync } = require('node:fs');
const { join } = require('node:path');

const folder = join(__dirname, '../../test');

// Tests that use `dist` or start programs cannot see a mutant of `src`. Tests of databases and of the published JSON Schema
// suite take long and reach nothing that others do not.
const blind = [
  /^(cli|connections|docs|examples|package|sdk|telemetry)\//,
  /^architecture\./,
  /^client\/(browser-types|bundle|client)\./,
  /^openapi\/(docs-page|generators|validators)\./,
  /^schema\/(json-schema-test-suite|no-code-generation)\./,
];

for (const file of readdirSync(folder, { recursive: true }).sort()) {
  if (!file.endsWith('.test.ts') || blind.some((pattern) => pattern.test(file))) continue;
  // A group of its own keeps the hooks of a file to its tests.
  describe(file, () => {
    require(join(folder, file));
  });
}
