// Builds and packs what a user would install, in a folder of its own: nobody else's `dist/` is touched.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare.mjs';
import { must } from './run.mjs';

const sources = ['src', 'package.json', 'tsconfig.json', 'tsup.config.mjs', 'README.md', 'LICENSE', 'CHANGELOG.md'];

/**
 * Packs the working tree. The file is named for its content: npm keeps what it knows of a file's name and would
 * refuse another content under the same one.
 */
export async function pack(folder) {
  const copy = join(folder, 'copy');
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const name of sources) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  linkPackages(copy);
  await must(process.execPath, ['node_modules/tsup/dist/cli-default.js', '--silent'], { cwd: copy });
  const { stdout } = await must('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: copy,
  });
  const [packed] = JSON.parse(stdout);
  const hash = createHash('sha256')
    .update(readFileSync(join(folder, packed.filename)))
    .digest('hex')
    .slice(0, 8);
  const file = join(folder, `fusio-${hash}.tgz`);
  renameSync(join(folder, packed.filename), file);
  return { ...packed, file, folder: copy };
}

/** Links the repository's packages; those that go into the bundle are copied, or it would tell of this machine. */
function linkPackages(copy) {
  const { tsup } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    const [from, to] = [join(root, 'node_modules', name), join(copy, 'node_modules', name)];
    if (tsup.noExternal.includes(name) || name === 'tsup') cpSync(from, to, { recursive: true });
    else symlinkSync(from, to);
  }
}
