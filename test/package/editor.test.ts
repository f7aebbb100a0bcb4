import { join } from 'node:path';
import ts from 'typescript';
import { errors } from '../../src/base/errors.js';
import { type Consumer, createConsumer } from './consumer.js';

jest.setTimeout(60_000);

let consumer: Consumer;
let editor: Editor;
beforeAll(() => {
  consumer = createConsumer();
  consumer.write('package.json', '{ "type": "module" }');
  editor = openEditor(consumer);
});
afterAll(() => consumer.remove());

describe('an editor', () => {
  it.each([
    ["throw new FusioError('|')"],
    ["fail(404, 'No todo', { code: '|' })"],
    ["try { } catch (error) { if (isFusioError(error) && error.code === '|') throw error }"],
    ["declare const problem: Problem; if (problem.code === '|') throw problem"],
    ["const code: ErrorCode = '|'"],
  ])('completes the codes of errors in %s', (text) => {
    const offered = editor.completions(text);

    expect(offered.sort()).toEqual(Object.keys(errors).sort());
  });

  it('lets an application use codes of its own', () => {
    expect(editor.problems("throw new FusioError('SEAT_LOCKED')")).toEqual([]);
  });

  it.each([
    ['declare const info: Operation|Info;', /^An operation as handles, documents and logs show it\.$/],
    ['declare const info: OperationInfo; info.na|me', /^Unique name, dotted: `todo\.create`\.$/],
    ['declare const info: OperationInfo; info.met|hod', /^HTTP method, in upper case\.$/],
    ['declare const info: OperationInfo; info.pa|th', /^Path as it was registered/],
    ['declare const info: OperationInfo; info.sco|pes', /^Scopes of which a caller needs one\./],
    ['declare const info: OperationInfo; info.stab|ility', /^Default: `stable`\.$/],
    ['declare const method: Meth|od;', /^An HTTP method/],
  ])('shows the comment of %s', (text, comment) => {
    expect(editor.comment(text)).toMatch(comment);
  });
});

interface Editor {
  /** The texts that are offered at the bar in the program. */
  completions(text: string): string[];
  /** The comment that is shown for the name at the bar. */
  comment(text: string): string;
  problems(text: string): string[];
}

const head =
  "import { type ErrorCode, FusioError, fail, isFusioError, type Method, type OperationInfo, type Problem } from 'fusio';\n";

function openEditor({ folder }: Consumer): Editor {
  const file = join(folder, 'program.ts');
  let program = '';
  let version = 0;
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(folder, 'node_modules/@types')],
  };
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(version) : '0'),
    getScriptSnapshot(name) {
      const text = name === file ? program : ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
  /** Writes the program without its bar and gives the place of the bar. */
  function write(text: string): number {
    const place = text.indexOf('|');
    program = `${head}${text.replace('|', '')}\n`;
    version++;
    return head.length + place;
  }
  return {
    completions(text) {
      const offered = service.getCompletionsAtPosition(file, write(text), undefined);
      return (offered?.entries ?? []).map(({ name }) => name);
    },
    comment(text) {
      const shown = service.getQuickInfoAtPosition(file, write(text));
      return ts.displayPartsToString(shown?.documentation);
    },
    problems(text) {
      write(text);
      const found = service.getSemanticDiagnostics(file);
      return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  };
}
