import { createHash } from 'node:crypto';
import type { Issue } from '../base/errors.js';
import { type Check, compile } from './compile.js';
import { issuesOf } from './issues.js';
import { isNode, type SchemaNode } from './keywords.js';
import { type Formats, type LinkedSchema, linkSchema } from './link.js';
import { createNormaliser, type Normalise } from './normalise.js';
import { type Recursion, recursionOf } from './recursion.js';
import type { References } from './references.js';
import type { NormaliseOptions } from './step.js';

/** Functions of one schema, which all of its readers share. Each is made when it is needed at first. */
export interface Compiled {
  readonly check: Check;
  /** Lists the mistakes of a value; see `issuesOf`. */
  issues(value: unknown, prefix: string): Issue[];
  normaliser(options: NormaliseOptions): Normalise;
}

export interface Compiler {
  compiled(schema: SchemaNode): Compiled;
}

/** Compiles each schema once for all operations and slots that use it; schemas of the same text are one. */
export function createCompiler(references: References, formats: Formats): Compiler {
  const bySchema = new WeakMap<SchemaNode, Compiled>();
  const byText = new Map<string, Compiled>();

  function compileByText(schema: SchemaNode): Compiled {
    const key = isOnlyJson(schema) ? hash(JSON.stringify(schema)) : undefined;
    const known = key === undefined ? undefined : byText.get(key);
    if (known) return known;
    const linked = linkSchema(schema, references, formats);
    const compiled = createCompiled(linked, recursionOf(linked));
    if (key !== undefined) byText.set(key, compiled);
    return compiled;
  }

  return {
    compiled(schema) {
      let compiled = bySchema.get(schema);
      if (!compiled) {
        compiled = compileByText(schema);
        bySchema.set(schema, compiled);
      }
      return compiled;
    },
  };
}

function createCompiled(linked: LinkedSchema, recursion: Recursion | undefined): Compiled {
  // A list: there are one or two.
  const made: (readonly [key: string, normalise: Normalise])[] = [];
  const plain = compile((recursion?.cut ?? linked).root);
  return {
    check: recursion ? (value) => recursion.within(value, true, () => plain(value)) : plain,
    issues(value, prefix) {
      if (!recursion) return issuesOf(linked, value, prefix);
      return recursion.within(value, true, () => issuesOf(recursion.cut, value, prefix, recursion.places));
    },
    normaliser(options) {
      const { source, drop, defaults, keepsIdentity } = options;
      const key = `${source} ${drop} ${defaults} ${keepsIdentity}`;
      const known = made.find(([one]) => one === key);
      if (known) return known[1];
      const normalise = createNormaliser(linked, options, recursion);
      made.push([key, normalise]);
      return normalise;
    },
  };
}

/**
 * Tells whether the JSON text of a schema says everything about it. A `default` may be any value, such as a Date, and a refinement
 * is a function, which typebox hides from `Object.keys`.
 */
function isOnlyJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isOnlyJson);
  if (isNode(value)) {
    const isPlain = Object.getPrototypeOf(value) === Object.prototype && !Object.hasOwn(value, '~refine');
    return isPlain && Object.keys(value).every((key) => isOnlyJson(value[key]));
  }
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

// The text itself would take more memory than the compiled functions.
function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
