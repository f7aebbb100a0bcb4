// Installs and builds only when something changed since the last time, so that a second run starts at once.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Installs the dependencies of the lock file unless this very lock file is installed already.
 * Not with `npm ci`, which would delete and install everything anew after each change of the lock file.
 */
export function install() {
  stamped('install', ['package.json', 'package-lock.json'], () =>
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund']),
  );
}

/** Builds `dist/` unless the sources are those of the last build. */
export function build() {
  const sources = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsup.config.mjs', ...filesBelow('src')];
  stamped('build', sources, () => run('npx', ['tsup', '--silent']), existsSync(join(root, 'dist/index.js')));
}

/** Runs a command in the project's folder and ends this process when it fails. */
export function run(command, parameters, options = {}) {
  const { status, error } = spawnSync(command, parameters, { cwd: root, stdio: 'inherit', ...options });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function stamped(name, files, work, present = true) {
  const folder = join(root, 'node_modules', '.fusio');
  const stamp = join(folder, name);
  const hash = createHash('sha256').update(process.version);
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  const wanted = hash.digest('hex');
  if (present && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  work();
  mkdirSync(folder, { recursive: true });
  writeFileSync(stamp, wanted);
}

function filesBelow(folder) {
  return readdirSync(join(root, folder))
    .sort()
    .flatMap((name) => {
      const path = `${folder}/${name}`;
      return statSync(join(root, path)).isDirectory() ? filesBelow(path) : [path];
    });
}
