import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Consumer, createConsumer, root, runNode } from './consumer.js';

jest.setTimeout(120_000);

let consumer: Consumer;
let bare: string;
let elsewhere: string;
beforeAll(() => {
  consumer = createConsumer();
  bare = mkdtempSync(join(tmpdir(), 'fusio-bare-'));
  installBare();
});
afterAll(() => {
  consumer.remove();
  rmSync(bare, { recursive: true, force: true });
});
beforeEach(() => {
  elsewhere = mkdtempSync(join(tmpdir(), 'fusio-moved-'));
});
afterEach(() => rmSync(elsewhere, { recursive: true, force: true }));

/** A project that has fusio with its dependencies, and no optional package. */
function installBare(): void {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
  cpSync(consumer.fusio, join(bare, 'node_modules/fusio'), { recursive: true });
  for (const name of Object.keys(dependencies)) {
    symlinkSync(join(root, 'node_modules', name), join(bare, 'node_modules', name));
  }
}

/** Bundles a program of the matrix with esbuild into a folder where no package is found. The matrix has the other bundlers. */
function bundle(program: string, format: 'esm' | 'cjs'): string {
  const from = program === 'nothing.mjs' ? bare : consumer.folder;
  const entry = join(from, program);
  cpSync(join(programs, program), entry);
  const outfile = join(elsewhere, format === 'esm' ? 'app.mjs' : 'app.cjs');
  const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  const parameters = [
    '--bundle',
    '--platform=node',
    `--format=${format}`,
    `--outfile=${outfile}`,
    '--log-level=warning',
  ];
  if (format === 'esm') parameters.push(`--banner:js=${banner}`);
  const said = execFileSync(join(root, 'node_modules/.bin/esbuild'), [entry, ...parameters], { encoding: 'utf8' });
  expect(said).toBe('');
  return outfile;
}

const programs = join(root, 'scripts/matrix/consumers/bundled');
const files = readdirSync(programs);

describe.each(['esm', 'cjs'] as const)('in a bundle, %s,', (format) => {
  it.each(files)('%s', async (program) => {
    const file = bundle(program, format);

    const ended = await runNode([file, join(root, 'node_modules/swagger-ui-dist')], elsewhere);

    expect(ended).toEqual({ code: 0, text: 'all good\n' });
  });
});
