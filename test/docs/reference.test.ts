import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Format } from 'typebox/format';
import { errors } from '../../src/base/errors.js';
import { optionsSchema } from '../../src/fusio/options.js';
import { groupSchema, operationSchema } from '../../src/operation/options.js';
import { keywords } from '../../src/schema/keywords.js';
import { createSchemas } from '../../src/schema/schemas.js';
import { exceptions, figures } from '../schema/conformance.js';
import { brokenLinks, nameIn, namesIn, readPage, readPages, readRows, root } from './pages.js';

describe('the references', () => {
  it('lists every error with its status, and no other', () => {
    const rows = readRows(readPage('docs/reference/errors.md'), 'code');

    const documented = rows.map(([code, status]) => `${nameIn(code)} ${status}`);

    const known = Object.entries(errors).map(([code, [status]]) => `${code} ${status}`);
    expect(documented).toEqual(known);
    expect(rows.filter((row) => row.length !== 4 || row.some((cell) => cell === ''))).toEqual([]);
  });

  it('lists every signal, and no other', () => {
    const rows = readRows(readPage('docs/reference/signals.md'), 'signal');

    const documented = rows.map(([name]) => nameIn(name));

    expect(documented).toEqual(signalsOf(readPage('src/signal/signals.ts')));
  });

  it('lists every option of createFusio and of an operation, and no other', () => {
    const [, ofFusio = '', ofOperation = '', ofGroup = ''] = readPage('docs/reference/options.md').split(/^## /m);

    const documented = [ofFusio, ofOperation].map((text) => readRows(text, 'option').map(([name]) => nameIn(name)));

    expect(documented[0]!.sort()).toEqual(keysOf(optionsSchema).sort());
    expect(documented[1]!.sort()).toEqual(keysOf(operationSchema).sort());
    const ofGroups = readRows(ofGroup, 'option').flatMap(([names]) => namesIn(names));
    expect(ofGroups.sort()).toEqual(Object.keys(groupSchema.properties).sort());
  });

  it('shows the help of the command as it is', () => {
    const help = execFileSync(process.execPath, [join(root, 'dist/cli.js'), '--help'], { encoding: 'utf8' });

    const shown = /^```text\n([\s\S]*?)^```$/m.exec(readPage('docs/reference/command.md'))?.[1];

    expect(shown).toBe(help);
  });

  it('names in the lifecycle only codes that there are', () => {
    const named = [...readPage('docs/reference/lifecycle.md').matchAll(/`([A-Z]+(?:_[A-Z]+)+|STOPPED)`/g)].map(
      ([, code]) => code!,
    );

    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((code) => !Object.hasOwn(errors, code))).toEqual([]);
  });

  it('has no link that leads nowhere', () => {
    expect(readPages().flatMap(brokenLinks)).toEqual([]);
  });
});

describe('the reference of schemas', () => {
  const page = readPage('docs/reference/schemas.md');

  it('lists every keyword, and no other', () => {
    const documented = readRows(page, 'keyword').flatMap(([names]) => namesIn(names));

    expect(documented.sort()).toEqual([...keywords.keys()].sort());
  });

  it('lists every format, and no other', () => {
    const documented = readRows(page, 'format').flatMap(([names]) => namesIn(names));

    expect(documented).toEqual(expect.arrayContaining(Format.Entries().map(([name]) => name)));
    const schemas = createSchemas();
    for (const format of documented) expect(() => schemas.lint({ type: 'string', format }, format)).not.toThrow();
  });

  it('lists only types that are known', () => {
    const documented = readRows(page, 'type').map(([name]) => nameIn(name));

    expect(documented).toHaveLength(7);
    for (const type of documented) expect(() => createSchemas().lint({ type }, type)).not.toThrow();
  });

  it.each(readRows(page, 'declared').slice(0, 4))('reads text as %s as it says', (declared, read, refused) => {
    const schema = { type: nameIn(declared) };
    const reader = createSchemas().reader(schema, { where: 'test', source: 'text', unknown: 'drop', defaults: true });

    expect(namesIn(read).map((text) => reader.check(reader.read(text)))).not.toContain(false);
    expect(namesIn(refused).map((text) => reader.check(reader.read(text)))).not.toContain(true);
  });

  it('has the figures of the JSON-Schema-Test-Suite', () => {
    const documented = readRows(page, 'tests').map(([at, ...cells]) => [nameIn(at), ...cells]);

    const known = Object.entries(figures).map(([at, [passed, of]]) => {
      return [at, `${passed}`, `${of}`, `${Number(((100 * passed) / of).toFixed(1))} %`];
    });
    expect(documented).toEqual(known);
  });

  it('has every exception of the JSON-Schema-Test-Suite, and no other', () => {
    const documented = readRows(page, 'file').map(([file, cases, reason]) => `${nameIn(file)} ${cases} ${reason}`);

    const known = Object.entries(exceptions).flatMap(([reason, cases]) => {
      const files = cases.map((name) => name.split(' | ')[0]!);
      return [...new Set(files)].map((file) => `${file} ${files.filter((one) => one === file).length} ${reason}`);
    });
    expect(documented).toEqual(known);
    // What fails is what is missing in the figures.
    const missing = Object.values(figures).map(([passed, of]) => of - passed);
    expect(missing.reduce((sum, one) => sum + one)).toBe(Object.values(exceptions).flat().length);
  });
});

describe('the tree', () => {
  it('is drawn with every folder of the source', () => {
    const [, drawing = ''] = readPage('docs/contributing.md').split('## The tree')[1]!.split('```');

    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? `${entry.name}/` : entry.name,
    );
    expect(folders.filter((folder) => !drawing.split(/\s+/).includes(folder))).toEqual([]);
  });
});

describe('the glossary', () => {
  const words = readRows(readPage('docs/glossary.md'), 'word').map(([word]) => word!);

  it('has a word once, with its meaning', () => {
    const meanings = readRows(readPage('docs/glossary.md'), 'word').map(([, meaning]) => meaning);

    expect(new Set(words).size).toBe(words.length);
    expect(meanings.filter((meaning) => !meaning)).toEqual([]);
  });

  it.each([
    'operation',
    'action',
    'schema',
    'connection',
    'context',
    'scope',
    'signal',
    'problem',
    'host',
    'invocation',
  ])('has the word %s, which the guides use', (word) => expect(words).toContain(word));

  it('keeps its synonyms out of the guides', () => {
    const guides = readPages().filter(({ path }) => path.startsWith('docs/guide/'));

    const slips = guides.flatMap(({ path, text }) =>
      [...text.matchAll(/\b(endpoint|easy|easily|simply|just)\b/gi)].map(([word]) => `${path}: ${word}`),
    );

    expect(slips).toEqual([]);
  });
});

/** The keys of the interface `Signals`, from its source. */
function signalsOf(source: string): string[] {
  const body = /export interface Signals \{\n([\s\S]*?)\n\}/.exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {2}'?([\w:]+)'?:/gm)].map(([, name]) => name!);
}

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly items?: Node;
}

/** The options of a schema, with those inside them: `cors`, `cors.origins`. */
function keysOf(schema: object, prefix = ''): string[] {
  const { properties = {}, additionalProperties: others, anyOf = [], items } = schema as Node;
  const own = Object.entries(properties).flatMap(([name, inner]) => [
    prefix + name,
    ...keysOf(inner, `${prefix}${name}.`),
  ]);
  // A record: `*` stands for its names.
  const named = typeof others === 'object' ? keysOf(others, `${prefix}*.`) : [];
  const inner = [...anyOf, ...(items ? [items] : [])].flatMap((one) => keysOf(one, prefix));
  return [...new Set([...own, ...named, ...inner])];
}
