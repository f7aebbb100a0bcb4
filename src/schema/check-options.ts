import { type ErrorCode, FusioError, type Issue } from '../base/errors.js';
import { memberOf, unescapePointer } from '../base/json-pointer.js';
import { didYouMean } from '../base/suggest.js';
import { createSchemas, type Reader } from './schemas.js';

const readers = new WeakMap<object, Reader>();

/**
 * Checks the options that a developer passes and throws `code` with every mistake: `operation "todo.create": status must be …`.
 * An unknown key names the nearest known one, unless it is among `later`: the options that come with later versions.
 */
export function checkOptions(
  schema: object,
  value: unknown,
  where: string,
  code: ErrorCode,
  later: readonly string[] = [],
): void {
  let reader = readers.get(schema);
  if (!reader) {
    reader = createSchemas().reader(schema, { where: 'options', source: 'json', unknown: 'keep', defaults: false });
    readers.set(schema, reader);
  }
  if (reader.check(value)) return;
  const issues = reader.issues(value, '');
  throw new FusioError(code, `${where}: ${faultsOf(issues, schema, value, later).join('; ')}`, { errors: issues });
}

/** Writes issues for a developer, with the nearest known name where a name or a word is not known. */
export function faultsOf(
  issues: readonly Issue[],
  schema: object,
  value: unknown,
  later: readonly string[] = [],
): readonly string[] {
  return issues.map(({ pointer, message, code }) => {
    const path = pointer.split('/').slice(1).map(unescapePointer);
    if (code !== 'UNKNOWN_PROPERTY') {
      return `${path.join('.') || 'options'} ${message}${didYouMean(String(path.reduce(memberOf, value)), wordsOf(schema, path))}`;
    }
    const key = path.pop() ?? '';
    if (path.length === 0 && later.includes(key)) return `the option "${key}" is not in this version of fusio yet`;
    return `unknown option "${[...path, key].join('.')}"${didYouMean(key, keysOf(schema, path))}`;
  });
}

function keysOf(schema: object, path: readonly string[]): readonly string[] {
  return schemasAt(schema, path).flatMap(({ properties = {} }) => Object.keys(properties));
}

function wordsOf(schema: object, path: readonly string[]): readonly string[] {
  return schemasAt(schema, path).flatMap(({ enum: words = [] }) => words.filter((word) => typeof word === 'string'));
}

/** Members of a schema of options that lead to others. */
interface Branching {
  readonly properties?: Readonly<Record<string, Branching>>;
  readonly additionalProperties?: Branching | boolean;
  readonly items?: Branching;
  readonly anyOf?: readonly Branching[];
  readonly enum?: readonly unknown[];
}

/** The schemas of the value at a path, those of every form that it may have. */
function schemasAt(schema: Branching, [key, ...rest]: readonly string[]): readonly Branching[] {
  const all = [schema, ...(schema.anyOf ?? []).flatMap((form) => schemasAt(form, []))];
  if (key === undefined) return all;
  return all.flatMap(({ properties = {}, items, additionalProperties }) => {
    const named = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const members = [named ?? additionalProperties, /^\d+$/.test(key) ? items : undefined];
    return members.flatMap((member) => (typeof member === 'object' ? schemasAt(member, rest) : []));
  });
}
