import { FusioError } from '../base/errors.js';
import { createCompiler } from './compiled.js';
import { faultOfDefaults } from './defaults.js';
import { boundedFormats } from './formats.js';
import { isNode, type SchemaNode } from './keywords.js';
import { linkSchema } from './link.js';
import { lintReferences, lintShape } from './lint.js';
import { createReader, type Reader, type ReaderOptions, type SchemaReader } from './reader.js';
import { createReferences } from './references.js';
import { createTextForm, type TextForm } from './text-form.js';

export type { Reader, ReaderOptions } from './reader.js';

export interface SchemasOptions {
  /** String formats of the application, beside the built-in ones and before them. */
  readonly formats?: Readonly<Record<string, (value: string) => boolean>> | undefined;
}

/** Schemas of one fusio instance: named ones, formats, and the readers made from them. */
export interface Schemas {
  /** Names a schema, so that `{ $ref: 'Todo' }` finds it. A named schema may refer to one that is named later. */
  name(name: string, schema: object): void;
  readonly named: ReadonlyMap<string, SchemaNode>;
  nameOf(schema: object): string | undefined;
  /** Returns a schema that is sound. Throws `SCHEMA_INVALID` for one that cannot be checked, with the place in the schema. */
  lint(schema: unknown, where: string): SchemaNode;
  reader(schema: object, options: ReaderOptions): Reader;
  /** Answers about the text that can come by a schema that was linted. */
  readonly textForm: TextForm;
}

export function createSchemas(options: SchemasOptions = {}): Schemas {
  const formats = new Map([...boundedFormats, ...Object.entries(options.formats ?? {})]);
  for (const [name, test] of formats) {
    if (typeof test !== 'function')
      throw new FusioError('OPTIONS_INVALID', `formats.${name} must be a function (text) => boolean`);
  }
  const named = new Map<string, SchemaNode>();
  const names = new Map<object, string>();
  const references = createReferences(named);
  const compiler = createCompiler(references, formats);
  // Each schema is linted once, however many readers it has.
  const linted = new WeakSet<object>();
  const sound = new WeakSet<object>();
  let namedHaveDefaults = false;
  // Those in which a default may be found, here or in a named schema that they refer to.
  const unchecked = new WeakSet<object>();
  let namedAreLarge = false;
  const large = new WeakSet<object>();

  function lint(schema: unknown, where: string): SchemaNode {
    if (isNode(schema) && linted.has(schema)) return schema;
    const { node, hasReferences, hasDefaults, isLarge } = lintShape(schema, { where, formats });
    if (hasReferences) lintReferences(node, where, references, named, sound);
    if (hasDefaults || (hasReferences && namedHaveDefaults)) unchecked.add(node);
    if (isLarge || (hasReferences && namedAreLarge)) large.add(node);
    linted.add(node);
    return node;
  }

  function lintDefaults(node: SchemaNode, where: string): void {
    if (!unchecked.has(node)) return;
    const fault = faultOfDefaults(linkSchema(node, references, formats));
    if (fault !== undefined) throw new FusioError('SCHEMA_INVALID', `${where}: the schema${fault}`);
    unchecked.delete(node);
  }

  /** Compiles a schema before the first value comes: if that fails, no value can ever be read. */
  function prepare(reader: SchemaReader, where: string): void {
    try {
      reader.prepare();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `${where}: the schema is too large to be compiled, divide it: ${reason}`;
      throw new FusioError('SCHEMA_INVALID', message, { cause });
    }
  }

  return {
    named,
    name(name, schema) {
      if (typeof name !== 'string' || !/^[A-Za-z0-9_.-]+$/.test(name)) {
        const got = typeof name === 'string' ? `"${name}"` : typeof name;
        throw new FusioError('NAME_INVALID', `schema: the name must be letters, digits, "_", "-" and ".", got ${got}`);
      }
      const known = named.get(name);
      if (known === schema) return;
      if (known)
        throw new FusioError(
          'NAME_TAKEN',
          `schema "${name}" is registered already, with another schema; names are unique`,
        );
      const { node, hasDefaults, isLarge } = lintShape(schema, { where: `schema "${name}"`, formats });
      namedHaveDefaults ||= hasDefaults;
      namedAreLarge ||= isLarge;
      named.set(name, node);
      if (!names.has(schema)) names.set(schema, name);
    },
    nameOf: (schema) => names.get(schema),
    textForm: createTextForm(references),
    lint,
    reader(schema, { where, ...rest }) {
      const node = lint(schema, where);
      if (rest.defaults) lintDefaults(node, where);
      const reader = createReader(node, rest, compiler);
      if (large.has(node)) prepare(reader, where);
      return reader;
    },
  };
}
