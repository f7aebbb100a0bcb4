// `npm run mutate [-- FOLDER…]`: changes one expression of `src/` at a time and reports the changes that no test notices.
// A folder or file is named below `src/`: `access`, `http/body`, `http/cors.ts`. Without one, `pipeline`, `http`, `access` and `schema` run,
// which takes hours: a mutant costs about three seconds of CPU. Exit code: 0, 1 where a score is too low, 2 where it could not run.
import { existsSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { root } from './prepare.mjs';

/** Per cent of the mutants of a folder that tests must notice. A folder gets its line once it has been measured. */
const leastScores = { access: 85 };

// In `coverage/`, which git, Biome and the package leave out.
const reports = 'coverage/mutate';
const sandbox = 'coverage/mutate-sandbox';

const folders = process.argv.length > 2 ? process.argv.slice(2) : ['pipeline', 'http', 'access', 'schema'];
for (const folder of folders) {
  if (!existsSync(join(root, 'src', folder))) fail(`there is no src/${folder}`);
}

process.chdir(root);
process.once('exit', () => rmSync(sandbox, { recursive: true, force: true }));
const missed = [];
for (const folder of folders) {
  const { score, least } = await mutate(folder);
  if (score < least) missed.push(`${folder}: ${score.toFixed(1)} %, at least ${least} % expected`);
}
for (const line of missed) console.log(`FAILED  ${line}`);
process.exitCode = missed.length === 0 ? 0 : 1;

/** Runs the tests that reach a folder against each of its mutants, and prints the survivors. */
async function mutate(folder) {
  const pattern = statSync(join(root, 'src', folder)).isDirectory() ? `src/${folder}/**/*.ts` : `src/${folder}`;
  const report = `${reports}/${folder.replace(/\.ts$/, '').replaceAll('/', '-')}`;
  const mutants = await run({
    mutate: [pattern],
    htmlReporter: { fileName: `${report}.html` },
    jsonReporter: { fileName: `${report}.json` },
  });
  const survivors = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  for (const { fileName, location, mutatorName, replacement, status } of survivors) {
    const place = `${relative(root, fileName)}:${location.start.line}:${location.start.column}`;
    const change = replacement.replace(/\s+/g, ' ').slice(0, 100);
    console.log(`${place}  ${mutatorName}: ${change}${status === 'NoCoverage' ? '  (no test reaches it)' : ''}`);
  }
  const killed = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
  const score = (100 * killed) / (killed + survivors.length);
  console.log(`${folder}: ${score.toFixed(1)} % (${killed} noticed, ${survivors.length} not), ${report}.html`);
  return { score, least: leastScores[folder] ?? 0 };
}

async function run(options) {
  try {
    return await new Stryker({
      testRunner: 'jest',
      // One test at a time knows which mutants it reaches; only those tests run again.
      coverageAnalysis: 'perTest',
      jest: {
        projectType: 'custom',
        config: {
          roots: ['<rootDir>/scripts/mutate', '<rootDir>/src', '<rootDir>/test'],
          testEnvironment: join(root, 'scripts/mutate/environment.cjs'),
          testMatch: ['<rootDir>/scripts/mutate/all-tests.cjs'],
        },
        // The one file reaches everything.
        enableFindRelatedTests: false,
      },
      // Not copied: no test that can see mutants reads them.
      ignorePatterns: ['/bench', '/coverage', '/dist', '/examples'],
      tempDirName: sandbox,
      cleanTempDir: 'always',
      // The transform drops the types unchecked.
      disableTypeChecks: false,
      concurrency: 2,
      timeoutMS: 10_000,
      reporters: ['html', 'json', 'progress-append-only'],
      logLevel: 'warn',
      allowConsoleColors: false,
      ...options,
    }).runMutationTest();
  } catch (error) {
    return fail(error.message);
  }
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
