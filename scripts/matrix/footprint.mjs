import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an installation weighs, and which of its packages run a script when they are installed. */
export function footprint(folder) {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const installed = Object.entries(packages).filter(([path]) => path !== '');
  return {
    packages: installed.length,
    bytes: bytesBelow(join(folder, 'node_modules')),
    scripts: installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path),
  };
}

function bytesBelow(path) {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesBelow(join(path, name)), 0);
}
