// What each Node makes of a consumer: compiled, bundled, written by hand, tested by Jest, and in poorer surroundings.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { run } from './run.mjs';
import { compiled, consumers } from './type-cells.mjs';

export function nodeCells({ project, bare, nodes, quick }) {
  const cells = [];
  for (const [version, node] of nodes) {
    const cell = (name, work) => cells.push({ name: `Node ${version}: ${name}`, run: work });
    const hand = (kind) => run(node, [place(project, kind)], { cwd: project });
    cell('TypeScript ESM', () => run(node, [compiled(project, 'esm')], { cwd: project }));
    cell('TypeScript CommonJS', () => run(node, [compiled(project, 'commonjs')], { cwd: project }));
    cell('bundled', () => bundled(project, node, version));
    cell('plain ESM', () => hand('program.mjs'));
    cell('plain CommonJS', () => hand('program.cjs'));
    cell('Jest', () => jest(project, node, version));
    if (quick) continue;
    const strict = '--disallow-code-generation-from-strings';
    cell('ESM, no code from strings', () => run(node, [strict, place(project, 'program.mjs')], { cwd: project }));
    cell('CommonJS, no code from strings', () => run(node, [strict, place(project, 'program.cjs')], { cwd: project }));
    for (const kind of ['mjs', 'cjs']) {
      cell(`without optional packages, ${kind}`, () =>
        run(node, [place(bare, `without-peers.${kind}`)], { cwd: bare }),
      );
      cell(`started from elsewhere, ${kind}`, () => fromElsewhere(project, node, kind));
      cell(`every entry, ${kind}`, () => run(node, [everyEntry(bare, kind)], { cwd: bare }));
    }
    for (const [name, path] of Object.entries(manifest(bare).bin ?? {})) {
      cell(`the command ${name}`, () => run(node, [join(bare, 'node_modules/fusio', path), '--help'], { cwd: bare }));
    }
  }
  return cells;
}

function place(project, name) {
  copyFileSync(join(consumers, name), join(project, name));
  return join(project, name);
}

async function bundled(project, node, version) {
  const outfile = join(project, `bundled-${version}.cjs`);
  const entryPoints = [compiled(project, 'bundler')];
  try {
    // Express is CommonJS: in one file with it, ES modules become CommonJS as well.
    await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'silent' });
  } catch (error) {
    return { ok: false, text: error.message };
  }
  return run(node, [outfile], { cwd: project });
}

function jest(project, node, version) {
  // A folder for each Node: the cells run side by side, and Jest's cache is keyed by the folder.
  const folder = join(project, `jest-${version}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "jest": {} }');
  copyFileSync(join(consumers, 'consumer.test.js'), join(folder, 'consumer.test.js'));
  return run(node, [join(project, 'node_modules/jest/bin/jest.js')], { cwd: folder });
}

/** Loads all that `exports` names, with Express and fusio alone beside it. */
function everyEntry(bare, kind) {
  const names = Object.keys(manifest(bare).exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => `'fusio${path.slice(1)}'`);
  const load = kind === 'mjs' ? 'await import' : 'require';
  const file = join(bare, `every-entry.${kind}`);
  const lines = names.map((name) => `if (Object.keys(${load}(${name})).length === 0) throw new Error(${name});`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** As a launcher starts a program: neither the file that runs nor the folder is in the project. Optional packages are found all the same. */
function fromElsewhere(project, node, kind) {
  const file = place(project, `optional-package.${kind}`);
  const load = kind === 'mjs' ? `import(${JSON.stringify(pathToFileURL(file))})` : `require(${JSON.stringify(file)})`;
  return run(node, ['-e', load], { cwd: parse(project).root });
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'node_modules/fusio/package.json'), 'utf8'));
}
