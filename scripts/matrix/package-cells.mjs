// What the package is: its exports and types as the tools see them, its contents, its weight, its scripts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare.mjs';
import { footprint } from './footprint.mjs';
import { run } from './run.mjs';

/** What we let the package grow to before someone looks why. Sizes were measured at 0.1.0, plus about a third. */
const limits = { tarball: 500_000, unpacked: 2_200_000, files: 70, added: 8_000_000, packages: 23 };

const allowed = /^(dist\/.+|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;

export function packageCells({ packed, bare, express }) {
  const bin = (name) => join(root, 'node_modules/.bin', name);
  return [
    { name: 'publint', run: () => run(bin('publint'), ['--strict', packed.folder]) },
    { name: 'attw', run: () => run(bin('attw'), [packed.file, '--format', 'ascii', '--no-emoji']) },
    { name: 'contents of the tarball', run: () => contents(packed) },
    { name: 'no machine paths', run: () => machinePaths(packed) },
    { name: 'sizes', run: () => sizes(packed, footprint(bare), footprint(express)) },
    { name: 'no install scripts', run: () => installScripts(bare) },
  ];
}

function contents({ files }) {
  const others = files.map(({ path }) => path).filter((path) => !allowed.test(path));
  return result(others.length === 0, `not for users: ${others.join(', ')}`, `${files.length} files`);
}

function machinePaths({ folder, files }) {
  const path = /(?:\/(?:home|root|work|tmp|Users)\/|[A-Z]:\\\\)[\w.-]+/;
  const found = files.flatMap(({ path: file }) => {
    const match = path.exec(readFileSync(join(folder, file), 'utf8'));
    return match ? [`${file}: ${match[0]}`] : [];
  });
  return result(found.length === 0, found.join('\n'));
}

function sizes(packed, withFusio, without) {
  const measured = {
    tarball: packed.size,
    unpacked: packed.unpackedSize,
    files: packed.files.length,
    added: withFusio.bytes - without.bytes,
    packages: withFusio.packages - without.packages,
  };
  const over = Object.keys(limits).filter((key) => measured[key] > limits[key]);
  const say = (key) => `${key} ${amount(key, measured[key])} (limit ${amount(key, limits[key])})`;
  const summary = Object.keys(limits).map(say).join(', ');
  return result(over.length === 0, over.map(say).join('\n'), summary);
}

const amount = (key, value) => (key === 'files' || key === 'packages' ? value : `${(value / 1e6).toFixed(2)} MB`);

async function installScripts(folder) {
  const listed = await run('npm', ['ls', '--all', '--json'], { cwd: folder });
  if (!listed.ok) return { ok: false, text: listed.text };
  const { scripts, packages } = footprint(folder);
  return result(scripts.length === 0, `with an install script: ${scripts.join(', ')}`, `${packages} packages`);
}

function result(ok, text, detail = '') {
  return { ok, text: ok ? '' : text, detail };
}
