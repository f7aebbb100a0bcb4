import type { Issue } from '../base/errors.js';
import { escapePointer, memberOf } from '../base/json-pointer.js';
import type { Compiled, Compiler } from './compiled.js';
import { addIssue, maxIssues } from './issues.js';
import { isStackOverflow, Unreadable } from './json-form.js';
import type { SchemaNode } from './keywords.js';
import type { Normalise } from './normalise.js';

export interface ReaderOptions {
  /** Owner of the schema, for messages: `operation "todo.create" body`. */
  readonly where: string;
  /**
   * `text`: text is coerced (params, query, headers, forms). `json`: parsed JSON, never coerced. `value`: a JavaScript value of an
   * action or a caller, taken in its JSON form. The value itself is never changed: parts that have to change are copied.
   */
  readonly source: 'text' | 'json' | 'value';
  /** Decides about properties that the schema does not declare. */
  readonly unknown: 'drop' | 'reject' | 'keep';
  /** Whether `default`s are filled in. `required`: only those of required properties, and that of the whole value. */
  readonly defaults: boolean | 'required';
}

/** Reads and checks values by one schema. Nothing is compiled before the first value, or `prepare`. */
export interface Reader {
  readonly schema: object;
  /** Normalises a value. A value that does not fit stays as it is, for `check` to refuse. */
  read(value: unknown): unknown;
  /** Tells whether a normalised value fits. */
  check(value: unknown): boolean;
  /** Lists the mistakes of a normalised value; never empty where `check` says no, and one more than `shownIssues` shows at most. */
  issues(value: unknown, pointer: string): Issue[];
}

export class SchemaReader implements Reader {
  readonly schema: SchemaNode;
  readonly #compiler: Compiler;
  readonly #options: Omit<ReaderOptions, 'where'>;
  #compiled: Compiled | undefined;
  #normalise: Normalise | undefined;
  #closed: Normalise | undefined;

  constructor(schema: SchemaNode, options: Omit<ReaderOptions, 'where'>, compiler: Compiler) {
    this.schema = schema;
    this.#options = options;
    this.#compiler = compiler;
  }

  /** Compiles the schema. Throws where that cannot be done. */
  prepare(): void {
    this.#normalise ??= this.#makeNormaliser();
  }

  read(value: unknown): unknown {
    this.#normalise ??= this.#makeNormaliser();
    return this.#normalise(value);
  }

  check(value: unknown): boolean {
    const compiled = this.#compile();
    if (value instanceof Unreadable) return false;
    try {
      return compiled.check(value) && this.#isClosed(value);
    } catch (error) {
      if (isStackOverflow(error)) return false;
      throw error;
    }
  }

  issues(value: unknown, pointer: string): Issue[] {
    if (value instanceof Unreadable) return [{ pointer, message: value.message, code: 'NOT_JSON' }];
    const compiled = this.#compile();
    try {
      const issues = compiled.issues(value, pointer);
      if (this.#options.unknown === 'reject') addUnknown(value, this.#drop(value), pointer, issues);
      if (issues.length > 0 || compiled.check(value)) return issues;
    } catch (error) {
      if (!isStackOverflow(error)) throw error;
      return [{ pointer, message: 'is nested too deeply', code: 'NOT_JSON' }];
    }
    return [{ pointer, message: 'is not valid', code: 'INVALID' }];
  }

  #compile(): Compiled {
    this.#compiled ??= this.#compiler.compiled(this.schema);
    return this.#compiled;
  }

  #makeNormaliser(): Normalise {
    const { source, unknown, defaults } = this.#options;
    return this.#compile().normaliser({ source, drop: unknown === 'drop', defaults });
  }

  /** Drops undeclared properties; returns the same value where it has none. */
  #drop(value: unknown): unknown {
    const options = { source: 'json', drop: true, defaults: false, keepsIdentity: true } as const;
    this.#closed ??= this.#compile().normaliser(options);
    return this.#closed(value);
  }

  #isClosed(value: unknown): boolean {
    return this.#options.unknown !== 'reject' || this.#drop(value) === value;
  }
}

export function createReader(
  schema: SchemaNode,
  options: Omit<ReaderOptions, 'where'>,
  compiler: Compiler,
): SchemaReader {
  return new SchemaReader(schema, options, compiler);
}

/** Adds an issue for each property that dropping took away. */
function addUnknown(value: unknown, kept: unknown, pointer: string, issues: Issue[]): void {
  const known = new Set(issues.map((issue) => issue.pointer));
  /** Returns false where the list needs no further issues. */
  function add(part: unknown, keptPart: unknown, at: string): boolean {
    if (part === keptPart || typeof part !== 'object' || part === null) return true;
    if (typeof keptPart !== 'object' || keptPart === null) return true;
    return Object.keys(part).every((name) => {
      const below = `${at}/${escapePointer(name)}`;
      if (Object.hasOwn(keptPart, name)) return add(memberOf(part, name), memberOf(keptPart, name), below);
      return known.has(below) || addIssue(issues, { pointer: below, message: 'is unknown', code: 'UNKNOWN_PROPERTY' });
    });
  }
  if (issues.length <= maxIssues) add(value, kept, pointer);
}
