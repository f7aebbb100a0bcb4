import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const root = resolve(__dirname, '../..');

/** A page of the documents: its path from the root, and its text. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** The README and everything below `docs/`, except what other tests make. */
export function readPages(): readonly Page[] {
  const files = ['README.md', ...markdownBelow('docs'), ...markdownBelow('examples')].sort();
  return files.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

export function readPage(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

function markdownBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

/** A program of the documents, named by its page and line. */
export interface Program {
  readonly name: string;
  readonly code: string;
}

/** The programs of a page: its `ts` blocks, each with those that continue it. */
export function readPrograms({ path, text }: Page): readonly Program[] {
  const programs: { name: string; code: string }[] = [];
  for (const match of text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    const code = match[1]!;
    const line = text.slice(0, match.index).split('\n').length + 1;
    const last = programs.at(-1);
    if (code.startsWith('// continues') && last) last.code += code;
    else programs.push({ name: `${path}:${line}`, code });
  }
  return programs;
}

/** The rows of all tables of a page whose header begins with this cell; a cell keeps its markup. */
export function readRows(text: string, firstHeader: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let isInside = false;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) isInside = false;
    else if (line.startsWith(`| ${firstHeader} |`)) isInside = true;
    else if (isInside && !line.startsWith('|---')) rows.push(cellsOf(line));
  }
  return rows;
}

function cellsOf(line: string): string[] {
  const cells = line.slice(1, line.lastIndexOf('|')).split(/(?<!\\)\|/);
  return cells.map((cell) => cell.trim());
}

/** What a cell names in code: "`name`" is "name". */
export function nameIn(cell: string | undefined): string {
  return /^`([^`]+)`$/.exec(cell ?? '')?.[1] ?? `not a name: ${cell}`;
}

/** All that a cell has in code. */
export function namesIn(cell = ''): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
}

/** Targets of the relative links of a page, as they stand there. */
function targetsOf(text: string): readonly string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** Files that a page links to, from the root. */
export function linksOf({ path, text }: Page): readonly string[] {
  const files = targetsOf(text).map((target) => target.split('#')[0] ?? '');
  return files.filter((file) => file !== '').map((file) => join(dirname(path), file));
}

/** Where the links of a page go: files of the repository that are not there, and headings that are not in them. */
export function brokenLinks({ path, text }: Page): readonly string[] {
  const broken: string[] = [];
  for (const target of targetsOf(text)) {
    const [file = '', anchor] = target.split('#');
    const goal = file === '' ? join(root, path) : resolve(join(root, path), '..', file);
    if (!existsSync(goal)) broken.push(`${path}: ${target}`);
    else if (anchor !== undefined && !anchorsOf(goal).includes(anchor))
      broken.push(`${path}: ${target} (no such heading)`);
  }
  return broken;
}

function anchorsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}
