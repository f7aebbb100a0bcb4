// What bundlers make of an app with an optional package: one file, or a few, that run where no package is installed.
import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { run } from './run.mjs';
import { consumers } from './type-cells.mjs';

/** Each bundler, with the kind of modules that it writes. */
const bundlers = { 'esbuild, ESM': esbuild('esm'), 'esbuild, CommonJS': esbuild('cjs'), webpack, ncc };

/** `project` has all optional packages, `bare` none of them, `tools` the bundlers that this repository does not have. */
export function bundleCells({ project, bare, tools, folder }) {
  const programs = readdirSync(join(consumers, 'bundled'));
  return Object.entries(bundlers).flatMap(([bundler, bundle]) =>
    programs.map((program) => {
      const name = program.replace(/\.mjs$/, '');
      const from = name === 'nothing' ? bare : project;
      const place = join(folder, `${name} ${bundler}`.replace(/\W+/g, '-'));
      return { name: `bundled by ${bundler}: ${name}`, run: () => moved({ bundle, program, from, place, tools }) };
    }),
  );
}

/** Bundles a program, takes the packages away, and runs the bundle where it finds none. */
async function moved({ bundle, program, from, place, tools }) {
  rmSync(place, { recursive: true, force: true });
  const out = join(place, 'out');
  mkdirSync(out, { recursive: true });
  const packages = join(place, 'node_modules');
  symlinkSync(join(from, 'node_modules'), packages, 'junction');
  writeFileSync(join(place, 'package.json'), '{ "private": true, "type": "module" }');
  copyFileSync(join(consumers, 'bundled', program), join(place, program));
  try {
    const file = await bundle({ entry: join(place, program), out, place, tools });
    rmSync(packages);
    return await run(process.execPath, [file, join(from, 'node_modules/swagger-ui-dist')], { cwd: out });
  } catch (error) {
    return { ok: false, text: error.message };
  }
}

function esbuild(format) {
  return async ({ entry, out }) => {
    const outfile = join(out, `app.${format === 'esm' ? 'mjs' : 'cjs'}`);
    // CommonJS packages in an ES module need a `require` for the modules of Node: esbuild leaves that to its users.
    const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
    await build({
      entryPoints: [entry],
      outfile,
      format,
      bundle: true,
      platform: 'node',
      preserveSymlinks: true,
      logLevel: 'silent',
      ...(format === 'esm' && { banner: { js: banner } }),
    });
    return outfile;
  };
}

async function webpack({ entry, out, place, tools }) {
  const { default: pack } = await import(pathToFileURL(createRequire(join(tools, 'x.js')).resolve('webpack')).href);
  const stats = await new Promise((resolve, reject) => {
    const options = {
      entry,
      context: place,
      target: 'node20',
      mode: 'production',
      optimization: { minimize: false },
      resolve: { symlinks: false },
      output: { path: out, filename: 'app.mjs', module: true, chunkFormat: 'module', chunkFilename: '[id].mjs' },
      experiments: { outputModule: true },
    };
    pack(options, (error, done) => (error ? reject(error) : resolve(done)));
  });
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  return join(out, 'app.mjs');
}

async function ncc({ entry, out, tools }) {
  const command = join(tools, 'node_modules/@vercel/ncc/dist/ncc/cli.js');
  const { ok, text } = await run(process.execPath, [command, 'build', entry, '-o', out, '--quiet']);
  if (!ok) throw new Error(text);
  return join(
    out,
    readdirSync(out).find((name) => /^index\.\w+$/.test(name)),
  );
}
