import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const root = resolve(__dirname, '../src');

// From the API down: a file may import from its own folder and from lower layers only (docs/contributing.md).
const layers: readonly (readonly string[])[] = [
  ['index', 'connections', 'client', 'testing', 'cli', 'sdk', 'actions', 'generators'],
  ['fusio'],
  ['http', 'event', 'webhook', 'cronjob', 'rpc'],
  ['openapi', 'telemetry'],
  ['pipeline'],
  ['operation'],
  ['action'],
  ['schema', 'connection', 'access', 'limit', 'plan', 'queue', 'signal', 'log'],
  ['store'],
  ['base', 'net'],
];

// Folders outside import the public names, `base/` and the index of one another, nothing else.
const outside = ['connections', 'testing', 'client', 'cli', 'sdk'];
const forOutside = /^(index|fusio\/fusio|base\/.*|(connections|testing|client|cli|sdk)\/index)$/;

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = filesBelow(root).filter((path) => path.endsWith('.ts'));
const imports: Import[] = files.flatMap((path) => {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const specifier = statement.moduleSpecifier;
    if (!specifier || !ts.isStringLiteral(specifier)) return [];
    const to = specifier.text.startsWith('.')
      ? relative(root, resolve(dirname(path), specifier.text)).replace(/\.js$/, '')
      : specifier.text;
    return [{ from: relative(root, path).replace(/\.ts$/, ''), to }];
  });
});

const folderOf = (file: string) => file.split('/')[0]!;
const layerOf = (file: string) => layers.findIndex((layer) => layer.includes(folderOf(file)));
const isOurs = (to: string) => layerOf(to) !== -1;

it('knows every folder of the source', () => {
  expect(files.map((path) => relative(root, path).replace(/\.ts$/, '')).filter((file) => layerOf(file) === -1)).toEqual(
    [],
  );
  expect(imports.length).toBeGreaterThan(100);
});

it('has arrows that point down only', () => {
  const wrong = imports.filter(({ from, to }) => {
    if (!isOurs(to) || folderOf(from) === folderOf(to) || outside.includes(folderOf(from))) return false;
    return layerOf(from) >= layerOf(to);
  });

  expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});

it('lets the folders outside import the public API and the base only', () => {
  const wrong = imports.filter(({ from, to }) => {
    return outside.includes(folderOf(from)) && isOurs(to) && folderOf(from) !== folderOf(to) && !forOutside.test(to);
  });

  expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});

it('has no circles among files, types included', () => {
  const graph = new Map<string, string[]>();
  for (const { from, to } of imports) {
    if (isOurs(to)) graph.set(from, [...(graph.get(from) ?? []), to]);
  }
  const done = new Set<string>();
  const circles: string[] = [];
  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  }
  for (const file of graph.keys()) visit(file, []);

  expect(circles).toEqual([]);
});

it('keeps each package in a few folders', () => {
  const known: Record<string, readonly string[]> = {
    express: ['http', 'fusio', 'operation'],
    typebox: ['schema', 'index'],
    eventemitter3: ['signal'],
    busboy: ['http'],
    axios: ['connections'],
    'mysql2/promise': ['connections'],
    mysql2: ['connections', 'store'],
    kysely: ['store'],
    libsql: ['connections'],
    pg: ['connections', 'store'],
    '@opentelemetry/api': ['telemetry'],
  };
  const packages = imports.filter(({ to }) => !isOurs(to) && !to.startsWith('node:'));

  const wrong = packages.filter(({ from, to }) => {
    const name = to.startsWith('typebox') ? 'typebox' : to;
    return !known[name]?.includes(folderOf(from));
  });
  expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});
