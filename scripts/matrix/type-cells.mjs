// What each compiler makes of a consumer: every kind of module resolution, the examples of the API, the cost of the types.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../prepare.mjs';
import { run } from './run.mjs';

export const consumers = join(dirname(fileURLToPath(import.meta.url)), 'consumers');
const examples = join(process.env.FUSIO_SHARED_API ?? join(root, '../shared/api'), 'examples.ts');

/** Instantiations over those of a program without an operation: 6,000 for one and 2,100 for each further one, plus 25 %. */
const budget = { one: 7_500, each: 2_625 };
/** TypeScript 5.4 counts what later ones remember (a bare `Static`: 5,000, later 3,700); it is no slower. */
const olderBudget = { one: 10_600, each: 5_000 };

const strict = {
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  types: ['node'],
  rootDir: '.',
  outDir: 'out',
};
const nodenext = { ...strict, module: 'nodenext', moduleResolution: 'nodenext' };
const esm = { type: 'module', schemas: 'typebox', options: nodenext };
const commonjs = { type: 'commonjs', schemas: 'fusio', options: nodenext };
const bundler = {
  type: 'module',
  schemas: 'typebox',
  options: { ...strict, module: 'esnext', moduleResolution: 'bundler' },
};
const node10 = {
  type: 'commonjs',
  schemas: 'fusio',
  options: { ...strict, module: 'commonjs', moduleResolution: 'node10', esModuleInterop: true },
};

/** The folder with what TypeScript 6.0 made of a kind of consumer: the cells of each Node run it. */
export const compiled = (project, kind) => join(project, `${kind}-6.0`, 'out/program.js');

export function typeCells({ project, tsc, typescripts, quick }) {
  const cells = [];
  for (const version of typescripts) {
    const cell = (kind, settings) =>
      cells.push({
        name: `TypeScript ${version}: ${kind}`,
        run: () => compile(join(project, `${kind}-${version}`), tsc(version), settings),
      });
    cell('esm', esm);
    cell('commonjs', commonjs);
    cell('bundler', bundler);
    if (quick) continue;
    // From 5.8 on, TypeScript lets CommonJS import ES modules, as Node does.
    if (version !== '5.4') cell('commonjs with typebox', { ...commonjs, schemas: 'typebox' });
    // The types of CommonJS, which ES modules have too, name those of typebox, an ES module.
    if (version !== '5.4') cell('esm, libraries checked', { ...esm, options: { ...nodenext, skipLibCheck: false } });
    if (version !== '7.0') {
      const ignore = version === '6.0' ? { ignoreDeprecations: '6.0' } : {};
      cell('node10', { ...node10, options: { ...node10.options, ...ignore } });
    }
    cells.push({
      name: `TypeScript ${version}: type budget`,
      run: () => measure(join(project, `budget-${version}`), tsc(version), version === '5.4' ? olderBudget : budget),
    });
    if (existsSync(examples)) {
      cells.push({
        name: `TypeScript ${version}: examples.ts`,
        run: () => compileExamples(join(project, `examples-${version}`), tsc(version)),
      });
    }
  }
  if (!quick && !existsSync(examples)) console.log(`no ${examples}: the examples of the API are not compiled`);
  return cells;
}

function compile(folder, tsc, { type, schemas, options }) {
  prepare(folder, type, options);
  copyFileSync(join(consumers, 'program.ts'), join(folder, 'program.ts'));
  copyFileSync(join(consumers, `schemas.${schemas}.ts`), join(folder, 'schemas.ts'));
  return run(process.execPath, [tsc, '-p', folder]);
}

/** Cells of a server and its client, each with declaration files, in one module system and in two. `projects`: by package manager. */
export function declarationCells({ projects, tsc, typescripts }) {
  const kinds = ['module', 'commonjs'].flatMap((server) => ['module', 'commonjs'].map((client) => [server, client]));
  return Object.entries(projects).flatMap(([manager, project]) =>
    typescripts.flatMap((version) =>
      kinds.map(([server, client]) => ({
        name: `TypeScript ${version}, ${manager}: declarations, server ${server}, client ${client}`,
        run: () => declare(join(project, `declared-${version}-${server}-${client}`), tsc(version), { server, client }),
      })),
    ),
  );
}

function declare(folder, tsc, types) {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(consumers, 'declared'), folder, { recursive: true });
  const dependencies = { fusio: '*', express: '*', mysql2: '*', pg: '*', '@types/pg': '*' };
  for (const [name, type] of Object.entries(types)) {
    writeFileSync(join(folder, name, 'package.json'), JSON.stringify({ private: true, type, dependencies }));
  }
  const options = { ...nodenext, declaration: true };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*/*.ts'] }));
  return run(process.execPath, [tsc, '-p', folder]);
}

function compileExamples(folder, tsc) {
  // One line of the examples says what `noUncheckedIndexedAccess` makes of `[first] = sweep.next(1)`.
  prepare(folder, 'module', { ...nodenext, noUncheckedIndexedAccess: true, noEmit: true });
  copyFileSync(examples, join(folder, 'examples.ts'));
  return run(process.execPath, [tsc, '-p', folder]);
}

async function measure(folder, tsc, limit) {
  const [head, operation] = readFileSync(join(consumers, 'budget.ts'), 'utf8').split('// --- operation 0\n');
  const counts = [];
  for (const count of [0, 1, 200]) {
    const program = Array.from({ length: count }, (_, index) => operation.replace(/(?<=[a-z])0/g, String(index)));
    prepare(folder, 'module', { ...nodenext, noEmit: true });
    writeFileSync(join(folder, 'program.ts'), head + program.join(''));
    const { ok, text, stdout } = await run(process.execPath, [tsc, '-p', folder, '--extendedDiagnostics']);
    if (!ok) return { ok, text };
    counts.push(Number(/^Instantiations:\s+([\d,]+)/m.exec(stdout)[1].replaceAll(',', '')));
  }
  const [none, one, many] = counts;
  const each = Math.round((many - one) / 199);
  const text = `${none} instantiations for the import, ${one - none} for one operation (limit ${limit.one}), ${each} for each further one (limit ${limit.each})`;
  const ok = one - none <= limit.one && each <= limit.each;
  return { ok, text: ok ? '' : text, detail: text };
}

function prepare(folder, type, options) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type }));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
}
