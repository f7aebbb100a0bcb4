import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { perform } from '../examples/perform.js';
import { runExample } from '../examples/run-example.js';
import { readSteps } from '../examples/walkthrough.js';
import { type Program, readPage, readPages, readPrograms, root } from './pages.js';

const programs = readPages().flatMap(readPrograms);

describe('the code of the documents', () => {
  it('compiles against the types of the package', () => {
    const mistakes = compile(programs);

    expect(programs.length).toBeGreaterThan(30);
    expect(mistakes).toEqual([]);
  }, 120_000);

  it('runs, where it is the first of the README, and answers as it says', async () => {
    const [first] = readPrograms({ path: 'README.md', text: readPage('README.md') });
    const file = write(first!.code, 'readme.mjs');

    const running = await runExample(file, preload);
    const surprises = await perform(readSteps(join(root, 'README.md')), running.url);
    const exit = await running.stop();

    expect(surprises).toEqual([]);
    // It has no signal handler of its own: the signal is what ends it.
    expect(exit.signal).toBe('SIGTERM');
  }, 30_000);

  it('runs to its end without a word on stderr', async () => {
    const runnable = programs.filter(({ code }) => !foreignImport.test(code));

    const mishaps = await inTurns(runnable, 4, runToEnd);

    expect(mishaps.filter((mishap) => mishap !== '')).toEqual([]);
  }, 120_000);
});

// The documents say 3000, which may be taken here: a program gets a free port and says which. `LET_GO` lets it end.
const anyPort = `
import { Server } from 'node:net';
const listen = Server.prototype.listen;
Server.prototype.listen = function (...parameters) {
  if (parameters[0] !== 3000) return listen.apply(this, parameters);
  const server = listen.call(this, 0, () => console.log('Listening on http://localhost:' + this.address().port));
  return process.env.LET_GO ? server.unref() : server;
};
`;

const folder = packageFolder();
const preload = { NODE_OPTIONS: `--import=${write(anyPort, 'any-port.mjs')}` };

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(code: string, name: string): string {
  const file = join(folder, name);
  writeFileSync(file, ts.transpile(code, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }));
  return file;
}

/** Runs a program that ends by itself once its servers are let go of; tells what went wrong. */
function runToEnd({ name, code }: Program): Promise<string> {
  const file = write(code, `${name.replace(/\W/g, '-')}.mjs`);
  const env = {
    ...process.env,
    ...preload,
    LET_GO: '1',
    DATABASE_URL: 'mysql://localhost/app',
    SESSION_SECRET: 'secret',
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [file], { cwd: folder, env, timeout: 60_000 }, (_error, _output, errors) =>
      resolve(child.exitCode === 0 && errors === '' ? '' : `${name}: exit code ${child.exitCode}\n${errors}`),
    );
  });
}

/** Works through a list, some at a time. */
async function inTurns<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const waiting = [...items.entries()];
  const results: Result[] = [];
  async function worker(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await work(next[1]);
  }
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** A folder in which a program finds the package by its name, as after npm install. */
function packageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fusio-readme-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/fusio'), 'dir');
  for (const name of ['express', 'express-session', 'libsql', 'pg', 'prom-client', 'swagger-ui-dist']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'dir');
  }
  return folder;
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node'],
};

// A package that the documents name and the repository does not have.
const foreignImport = /from '(pino|express-rate-limit|passport)'/;
const foreign = `declare module 'pino' { export function pino(options?: object): import('fusio').Logger; }`;

/** Compiles the programs as files that are only in memory, in the folder of the package; gives the messages. */
function compile(programs: readonly Program[]): string[] {
  const files = new Map([[join(root, 'foreign.d.ts'), foreign]]);
  const names = new Map<string, string>();
  for (const [index, { name, code }] of programs.entries()) {
    const file = join(root, `block-${index}.mts`);
    files.set(file, `${code}\nexport {};\n`);
    names.set(file, name);
  }
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const code = files.get(file);
    return code === undefined
      ? getSourceFile(file, languageVersion, ...rest)
      : ts.createSourceFile(file, code, languageVersion, true);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    const where = file ? (names.get(file.fileName) ?? file.fileName) : 'options';
    return `${where}, line ${line} of the block: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
