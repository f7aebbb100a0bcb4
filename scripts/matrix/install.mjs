// What the matrix installs from npm, in a cache folder outside the repository: a second run finds it there.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './run.mjs';

export const nodes = ['20.19.0', '20', '22', '24', '26'];
export const typescripts = ['5.4', '5.9', '6.0', '7.0'];

const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
const system = process.platform === 'win32' ? 'win' : process.platform;

/** Installs the Nodes and the compilers; each has a folder of its own, so that no `node_modules/.bin` has another Node in it. */
export async function installTools(cache, { nodes, typescripts }) {
  const folder = join(cache, 'tools');
  await installOnce(folder, {
    ...Object.fromEntries(nodes.map((version) => [`node${version}`, `npm:node-${system}-${process.arch}@${version}`])),
    ...Object.fromEntries(typescripts.map((version) => [`typescript${version}`, `npm:typescript@${version}`])),
  });
  return {
    node: (version) => join(folder, 'node_modules', `node${version}`, 'bin/node'),
    tsc: (version) => join(folder, 'node_modules', `typescript${version}`, 'bin/tsc'),
  };
}

/** Installs the bundlers that are no packages of this repository. */
export async function installBundlers(cache) {
  const folder = join(cache, 'bundlers');
  await installOnce(folder, { webpack: '^5', '@vercel/ncc': '>=0.38' });
  return folder;
}

/** A project as pnpm installs it: only what `packages` names is within reach. */
export async function installWithPnpm(cache, folder, packages, tarball) {
  const tools = join(cache, 'pnpm-itself');
  await installOnce(tools, { pnpm: 'latest' });
  const name = tarball.split(/[\\/]/).at(-1);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(tarball, join(folder, name));
  const dependencies = { ...packages, fusio: `file:./${name}` };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }, null, 2));
  const parameters = ['install', '--ignore-scripts', '--prefer-offline', '--store-dir', join(cache, 'pnpm-store')];
  await must(join(tools, 'node_modules/.bin/pnpm'), parameters, { cwd: folder, timeoutMs: 600_000 });
}

/** Installs what the consumers use beside fusio, then fusio from its tarball, as a user does. */
export async function installProject(folder, packages, tarball) {
  await installOnce(folder, packages);
  if (tarball === undefined) return;
  const name = tarball.split(/[\\/]/).at(-1);
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (dependencies.fusio === `file:${name}`) return;
  copyFileSync(tarball, join(folder, name));
  await must('npm', ['install', ...quiet, '--prefer-offline', `./${name}`], { cwd: folder });
}

async function installOnce(folder, packages) {
  const stamp = join(folder, 'installed');
  const hash = createHash('sha256').update(JSON.stringify(packages)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }, null, 2));
  await must('npm', ['install', ...quiet, '--prefer-offline', '--ignore-scripts'], { cwd: folder, timeoutMs: 600_000 });
  writeFileSync(stamp, hash);
}
