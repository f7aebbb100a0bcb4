import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const bench = dirname(fileURLToPath(import.meta.url));
export const root = dirname(bench);
export const results = join(bench, 'results');
// Another build, such as the one before a change, is measured by naming the folder of its package.json.
const packageFolder = process.env.FUSIO_BENCH_PACKAGE ?? root;

/** Installs the peers, and the built package beside them. */
export function prepare({ peers = true } = {}) {
  if (peers) installPeers();
  installFusio();
}

function installPeers() {
  const lock = readFileSync(join(bench, 'package-lock.json'), 'utf8');
  const stamp = join(bench, 'node_modules', '.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, lock);
}

// The packed files, not a link: what a user gets. Its dependencies are found in the repository's `node_modules`.
function installFusio() {
  if (!existsSync(join(packageFolder, 'dist', 'index.js'))) {
    throw new Error('dist/ is missing: run `npm run build` first');
  }
  copyPackage(join(bench, 'node_modules', 'fusio'));
}

/** Copies the built package to a folder, as a module instance of its own. */
export function copyPackage(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(packageFolder, 'package.json'), join(folder, 'package.json'));
  cpSync(join(packageFolder, 'dist'), join(folder, 'dist'), { recursive: true });
}

/** The binary of a Node version such as `24`: this one, or the newest of npm's `node-<system>-<cpu>` packages. */
export function nodeBinary(version) {
  if (process.versions.node.split('.')[0] === version) return process.execPath;
  const folder = join(bench, '.nodes', version);
  const binary = join(folder, 'bin', 'node');
  if (existsSync(binary)) return binary;

  mkdirSync(join(bench, '.nodes'), { recursive: true });
  const download = mkdtempSync(join(bench, '.nodes', 'download-'));
  const name = `node-${process.platform}-${process.arch}@${version}`;
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', name, '--json', '--loglevel=error', '--pack-destination', download]),
  );
  run('tar', ['xzf', join(download, filename), '-C', download, 'package/bin/node']);
  mkdirSync(folder, { recursive: true });
  renameSync(join(download, 'package', 'bin'), join(folder, 'bin'));
  rmSync(download, { recursive: true });
  return binary;
}

/** Writes the result of a part for the report. */
export function save(part, node, result) {
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${part}-node${node}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

function run(command, parameters) {
  const { status, stdout, error } = spawnSync(command, parameters, {
    cwd: bench,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${parameters[0]} ended with ${status}`);
  return stdout;
}
