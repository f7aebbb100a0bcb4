import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { runExample } from '../examples/run-example.js';
import { readPage, readPages, readPrograms, root } from './pages.js';

const pages = readPages();

describe('the code of the documents', () => {
  it('compiles against the types of the package', () => {
    const programs = pages.flatMap(readPrograms);

    const mistakes = compile(programs);

    expect(programs.length).toBeGreaterThan(30);
    expect(mistakes).toEqual([]);
  }, 120_000);

  it('runs, where it is the first of the README', async () => {
    const [first] = readPrograms({ path: 'README.md', text: readPage('README.md') });
    const folder = packageFolder();
    writeFileSync(join(folder, 'main.mjs'), ts.transpile(first!.code, { target: ts.ScriptTarget.ES2022 }));
    writeFileSync(join(folder, 'any-port.mjs'), anyPort);

    const running = await runExample(join(folder, 'main.mjs'), {
      NODE_OPTIONS: `--import=${join(folder, 'any-port.mjs')}`,
    });
    const response = await fetch(`${running.url}/api/todo/2`);
    const todo = await response.json();
    // It has no signal handler of its own: the signal is what ends it.
    const exit = await running.stop();
    rmSync(folder, { recursive: true, force: true });

    expect(response.status).toBe(200);
    expect(todo).toEqual({ id: 2, title: 'Read a poem' });
    expect(exit.signal).toBe('SIGTERM');
  }, 30_000);
});

// The README says 3000, which may be taken here: the program gets a free port and says which.
const anyPort = `
import { Server } from 'node:net';
const listen = Server.prototype.listen;
Server.prototype.listen = function () {
  return listen.call(this, 0, () => console.log('Listening on http://localhost:' + this.address().port));
};
`;

/** A folder in which a program finds the package by its name, as after npm install. */
function packageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fusio-readme-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/fusio'), 'dir');
  symlinkSync(join(root, 'node_modules/express'), join(folder, 'node_modules/express'), 'dir');
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

// Packages that the documents name and the repository does not have.
const foreign = `declare module 'pino' { export function pino(options?: object): import('fusio').Logger; }`;

/** Compiles the programs as files that are only in memory, in the folder of the package; gives the messages. */
function compile(programs: readonly { readonly name: string; readonly code: string }[]): string[] {
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
