import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from './pages.js';

const { tsup } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { tsup: { entry: object } };
// The command is a program: nothing is imported from it.
const { cli: _, ...entries } = tsup.entry as Record<string, string>;
const files = Object.values(entries).map((path) => join(root, path));
const program = ts.createProgram(files, {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  types: ['node'],
  noEmit: true,
});
export const checker = program.getTypeChecker();

/** A name that an entry of the package exports. */
export interface PublicName {
  readonly name: string;
  readonly symbol: ts.Symbol;
}

/** Lists the public names of all entries; what comes from another package is left out. */
export function publicNames(): PublicName[] {
  return files.flatMap((file) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!);
    return checker.getExportsOfModule(module!).flatMap((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      return isOurs(symbol) ? [{ name: exported.name, symbol }] : [];
    });
  });
}

export function isOurs({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) => {
    const path = relative(root, declaration.getSourceFile().fileName);
    return path.startsWith('src/');
  });
}
