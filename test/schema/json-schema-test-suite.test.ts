import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Meta } from 'typebox/schema';
import { createCompiler } from '../../src/schema/compiled.js';
import { isNode, type SchemaNode } from '../../src/schema/keywords.js';
import { createReader } from '../../src/schema/reader.js';
import { createReferences } from '../../src/schema/references.js';
import { exceptions, figures } from './conformance.js';

/**
 * The official JSON-Schema-Test-Suite, against the validator and against what `reader` does with a request's JSON.
 * What does not pass is pinned in conformance.ts with its reason.
 */

const suite =
  process.env.JSON_SCHEMA_TEST_SUITE ?? path.resolve(process.cwd(), '..', 'shared', 'data', 'json-schema-test-suite');
const isHere = existsSync(path.join(suite, 'tests'));

interface Group {
  readonly description: string;
  readonly schema: object | boolean;
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[];
}

interface Result {
  readonly name: string;
  readonly passes: boolean;
}

const dialects: Readonly<Record<string, string>> = {
  draft7: 'http://json-schema.org/draft-07/schema#',
  'draft2020-12': 'https://json-schema.org/draft/2020-12/schema',
};

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

function documents(): Map<string, SchemaNode> {
  const found = new Map<string, SchemaNode>();
  for (const [uri, schema] of Object.entries(Meta)) if (isNode(schema)) found.set(uri.replace(/#$/, ''), schema);
  const remotes = path.join(suite, 'remotes');
  if (!existsSync(remotes)) return found;
  for (const file of filesIn(remotes)) {
    const uri = `http://localhost:1234/${path.relative(remotes, file).split(path.sep).join('/')}`;
    const schema = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof schema === 'object') found.set(uri, schema);
  }
  return found;
}

/** Runs the files of a folder; each case through the validator and through read and check. */
function run(draft: string, folder: string): { validator: Result[]; reader: Result[] } {
  const references = createReferences(new Map(), documents());
  const validator: Result[] = [];
  const reader: Result[] = [];
  for (const entry of readdirSync(path.join(suite, 'tests', draft, folder), { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(suite, 'tests', draft, folder, entry.name);
    for (const group of JSON.parse(readFileSync(file, 'utf8')) as Group[]) {
      const compiler = createCompiler(references, new Map());
      const { $schema, ...rest } = Object(group.schema) as { $schema?: string };
      // Boolean schemas are no slots, and the files of draft 7 do not say which draft they are.
      const schema: SchemaNode =
        typeof group.schema === 'boolean'
          ? { allOf: [group.schema] }
          : { $schema: $schema ?? dialects[draft] ?? '', ...rest };
      const reads = createReader(schema, { source: 'json', unknown: 'keep', defaults: false }, compiler);
      for (const { description, data, valid } of group.tests) {
        const name = `${path.posix.join(draft, folder, entry.name)} | ${group.description} | ${description}`;
        validator.push({ name, passes: attempt(() => compiler.compiled(schema).check(data)) === valid });
        const normalised = attempt(() => reads.read(structuredClone(data)));
        const agrees = attempt(() => (reads.issues(normalised, '').length === 0) === valid);
        reader.push({ name, passes: attempt(() => reads.check(normalised)) === valid && agrees === true });
      }
    }
  }
  return { validator, reader };
}

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

const pinned = new Set(Object.values(exceptions).flat());

(isHere ? describe : describe.skip)('the JSON-Schema-Test-Suite', () => {
  it.each(Object.keys(figures))('passes for %s as the reference says', (at) => {
    const [draft = '', ...folders] = at.split('/');

    const { validator, reader } = run(draft, folders.join('/'));

    for (const results of [validator, reader]) {
      expect(results.filter((one) => !one.passes && !pinned.has(one.name)).map((one) => one.name)).toEqual([]);
      expect(results.filter((one) => one.passes && pinned.has(one.name)).map((one) => one.name)).toEqual([]);
      expect([results.filter((one) => one.passes).length, results.length]).toEqual(figures[at]);
    }
  });
});

// With FUSIO_REQUIRE_SERVERS=1 too: the suite is not in the repository.
if (!isHere) {
  process.stdout.write(
    `The JSON-Schema-Test-Suite is not at ${suite}: set JSON_SCHEMA_TEST_SUITE. Its tests are skipped.\n`,
  );
}
