// `npm test`: sets up what is missing, lints, type-checks, builds, runs every test and prints one closing line.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, root, run } from './prepare.mjs';

install();
run('npx', ['biome', 'check', '.']);
run('npx', ['tsc', '--noEmit']);
build();

const folder = mkdtempSync(join(tmpdir(), 'fusio-test-'));
const report = join(folder, 'report.json');
const parameters = ['jest', '--json', `--outputFile=${report}`, ...process.argv.slice(2)];
// Jest prints the report to standard output as well: the file is enough.
const { status } = spawnSync('npx', parameters, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
const result = readReport(report);
rmSync(folder, { recursive: true, force: true });

const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
const skipped = result.numPendingTests + result.numTodoTests;
// Where servers must be there, nothing may be skipped but the suite that is not in the repository.
const mayBeSkipped = process.env.FUSIO_REQUIRE_SERVERS
  ? skippedOf(result).filter((file) => !file.includes('json-schema-test-suite'))
  : [];
if (mayBeSkipped.length > 0) console.log(`skipped, and must not be: ${[...new Set(mayBeSkipped)].join(', ')}`);
console.log(`${result.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = status === 0 && failed === 0 && mayBeSkipped.length === 0 && result.numPassedTests > 0 ? 0 : 1;

function skippedOf({ testResults = [] }) {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.filter((one) => one.status === 'pending').map(() => name.split('/').slice(-2).join('/')),
  );
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 1, numRuntimeErrorTestSuites: 0, numPendingTests: 0, numTodoTests: 0 };
  }
}
