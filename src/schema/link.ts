import { Format } from 'typebox/format';
import { Guard } from 'typebox/guard';
import { listing, manyLiterals } from './enum.js';
import type { FormatTest } from './formats.js';
import { eachSubschema, isNode, keywords, kindOf, listOf, locators, type SchemaNode, typesOf } from './keywords.js';
import type { References, Resource } from './references.js';
import { uniqueness } from './unique.js';

/**
 * Schema in which every reference is `#/$defs/…` of the root. Named schemas, `$id`s, anchors and dynamic references are resolved
 * here, so that the compiler and the normaliser cannot disagree about them.
 */
export interface LinkedSchema {
  readonly root: SchemaNode;
  readonly definitions: Readonly<Record<string, unknown>>;
}

export type Formats = ReadonlyMap<string, FormatTest>;

/** Place of the traversal: the resource, and those through which it came, the outermost first (for `$dynamicRef`). */
interface Scope {
  readonly resource: Resource;
  readonly dynamic: readonly Resource[];
}

/** Prefix by which `issues.ts` tells a format of the application from a refinement. */
export const formatMark = 'fusio:format:';

export function linkSchema(schema: SchemaNode, references: References, formats: Formats): LinkedSchema {
  const definitions: Record<string, unknown> = {};
  const names = new Map<unknown, Map<string, string>>();

  function link(node: unknown, from: Scope): unknown {
    return isNode(node) ? linkNode(node, from) : node;
  }

  function linkNode(node: SchemaNode, from: Scope): SchemaNode {
    const scope = enter(references.opened(node, from.resource), from);
    if (scope.resource.isLegacy && typeof node.$ref === 'string') return { $ref: refer(node.$ref, scope) };

    const copy: Record<string, unknown> = {};
    const targets: string[] = [];
    let isChanged = false;
    for (const key of Object.keys(node)) {
      const value = node[key];
      if (locators.has(key)) {
        isChanged = true;
      } else if (key === '$ref' && typeof value === 'string') {
        targets.push(refer(value, scope));
        isChanged = true;
      } else if ((key === '$dynamicRef' || key === '$recursiveRef') && typeof value === 'string') {
        targets.push(referDynamically(value, key, scope));
        isChanged = true;
      } else if (key === 'format' && typeof value === 'string' && formatOf(node, formats)) {
        isChanged = true;
      } else if (key === 'pattern' && typeof value === 'string' && node.maxLength !== undefined) {
        copy[key] = boundedPattern(value, textTest(node));
        isChanged = true;
      } else if (key === 'uniqueItems') {
        isChanged = true;
      } else {
        const linked = linkKeyword(key, value, scope);
        if (linked !== value) isChanged = true;
        copy[key] = linked;
      }
    }
    for (const key of ['anyOf', 'oneOf'] as const) {
      const constants = 'enum' in copy ? undefined : constantsOf(listOf(node[key]));
      if (!constants) continue;
      delete copy[key];
      copy.enum = constants;
      isChanged = true;
    }
    const literals = listOf(copy.enum);
    if (literals.length > manyLiterals) {
      delete copy.enum;
      copy['~enum'] = literals;
      isChanged = true;
    }
    if (isInteger(node)) {
      // 9007199254740993 is read as …992, and a driver's 18446744073709551615 is written as 18446744073709552000.
      copy.maximum ??= Number.MAX_SAFE_INTEGER;
      copy.minimum ??= Number.MIN_SAFE_INTEGER;
      isChanged = true;
    }
    if (!isChanged) return node;
    if (targets.length === 1) copy.$ref = targets[0];
    // Two kinds of reference in one schema: both count.
    if (targets.length > 1) copy.allOf = [...listOf(copy.allOf), ...targets.map(($ref) => ({ $ref }))];
    const own = listOf(node['~refine']);
    if (own.length > 0) copy['~refine'] = own;
    // Not beside `own`: typebox runs refinements only where all else fits, and each mistake is to be found.
    const refined = refinementsOf(node, copy['~enum'], formats).map((one) => ({ '~refine': [one] }));
    if (refined.length > 0) copy.allOf = [...listOf(copy.allOf), ...refined];
    return copy;
  }

  function linkKeyword(key: string, value: unknown, scope: Scope): unknown {
    switch (keywords.get(key)) {
      case 'schema':
        return link(value, scope);
      case 'schemas':
        return linkList(listOf(value), scope);
      case 'items':
        return Array.isArray(value) ? linkList(value, scope) : link(value, scope);
      case 'patternMap':
        return isNode(value) ? withEveryName(linkMap(value, scope)) : value;
      case 'schemaMap':
      case 'dependencies':
        return isNode(value) ? linkMap(value, scope) : value;
      default:
        return value;
    }
  }

  function linkList(list: readonly unknown[], scope: Scope): readonly unknown[] {
    const linked = list.map((one) => link(one, scope));
    return linked.some((one, index) => one !== list[index]) ? linked : list;
  }

  function linkMap(map: SchemaNode, scope: Scope): SchemaNode {
    const entries = Object.keys(map).map((name): [string, unknown] => [name, link(map[name], scope)]);
    // fromEntries defines properties: a property named __proto__ stays one.
    return entries.some(([name, one]) => one !== map[name]) ? Object.fromEntries(entries) : map;
  }

  function refer(reference: string, scope: Scope): string {
    const target = references.resolve(reference, scope.resource);
    return target ? define(target.schema, enter(target.resource, scope)) : define(false, scope);
  }

  function referDynamically(reference: string, keyword: string, scope: Scope): string {
    const target = references.resolve(reference, scope.resource);
    if (!target) return define(false, scope);
    const name = keyword === '$recursiveRef' ? '' : reference.slice(reference.indexOf('#') + 1);
    const found = isNode(target.schema) && target.resource.dynamicAnchors.get(name) === target.schema;
    const outermost = found ? scope.dynamic.find((resource) => resource.dynamicAnchors.has(name)) : undefined;
    return outermost
      ? define(outermost.dynamicAnchors.get(name), enter(outermost, scope))
      : define(target.schema, enter(target.resource, scope));
  }

  function define(node: unknown, scope: Scope): string {
    const key = keyOf(scope);
    let byScope = names.get(node);
    if (!byScope) {
      byScope = new Map();
      names.set(node, byScope);
    }
    let name = byScope.get(key);
    if (name === undefined) {
      name = `d${Object.keys(definitions).length}`;
      byScope.set(key, name);
      definitions[name] = true;
      definitions[name] = link(node, scope);
    }
    return `#/$defs/${name}`;
  }

  // An index of the whole schema is kept for as long as the schema: one without references needs none.
  const { resource } = references.documentOf(hasReferences(schema) ? schema : nothing);
  const linked = linkNode(schema, { resource, dynamic: [resource] });
  if (Object.keys(definitions).length === 0) return { root: linked, definitions };
  return { root: withDefinitions(linked, definitions), definitions };
}

/**
 * Lets the pattern that `Type.Record(Type.String(), …)` of either package writes match every name. The dot does not match a line
 * break: a name with one would be undeclared.
 */
function withEveryName(patterns: SchemaNode): SchemaNode {
  const known = everyName.find((pattern) => Object.hasOwn(patterns, pattern));
  if (known === undefined) return patterns;
  const { [known]: schema, ...others } = patterns;
  return { ...others, '^[^]*$': schema };
}

const everyName = ['^.*$', '^(.*)$'];

const nothing: SchemaNode = {};

function hasReferences(node: SchemaNode): boolean {
  if (Object.keys(node).some((key) => keywords.get(key) === 'reference')) return true;
  let found = false;
  eachSubschema(node, (schema) => {
    found ||= isNode(schema) && hasReferences(schema);
  });
  return found;
}

/** Finds the schema that a reference of a linked schema names. */
export function definitionOf({ definitions }: Pick<LinkedSchema, 'definitions'>, reference: string): unknown {
  return definitions[reference.slice('#/$defs/'.length)];
}

/** Makes a part of a linked schema a schema of its own. */
export function withDefinitions(node: SchemaNode, definitions: Readonly<Record<string, unknown>>): SchemaNode {
  // With $schema the compiler takes '#/$defs/…' as it stands and searches for no draft 4 base.
  const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', $defs: definitions };
  const copy = { ...node, ...head };
  const refine = node['~refine'];
  return refine === undefined ? copy : Object.assign(copy, { '~refine': refine });
}

function enter(resource: Resource, scope: Scope): Scope {
  if (resource === scope.resource) return scope;
  return { resource, dynamic: scope.dynamic.includes(resource) ? scope.dynamic : [...scope.dynamic, resource] };
}

function keyOf({ resource, dynamic }: Scope): string {
  const numbers = dynamic.flatMap((one) => (one.dynamicAnchors.size > 0 ? [one.number] : []));
  return `${resource.number}:${numbers.join()}`;
}

/** Lists the literals of a large union of nothing else: as one `enum` it has one issue, and no branch has to be tried. */
function constantsOf(branches: readonly unknown[]): readonly unknown[] | undefined {
  if (branches.length <= manyLiterals) return undefined;
  const literals = new Set<unknown>();
  for (const branch of branches) {
    if (!isNode(branch) || !Object.keys(branch).every((key) => key === 'const' || key === 'type')) return undefined;
    const { const: literal, type } = branch;
    if (!('const' in branch) || '~refine' in branch || typeof literal === 'object') return undefined;
    if (type !== undefined && type !== kindOf(literal)) return undefined;
    literals.add(literal);
  }
  // With the same literal twice, `oneOf` refuses it.
  return literals.size === branches.length ? [...literals] : undefined;
}

interface Refinement {
  check(value: unknown): boolean;
  error(value: unknown): unknown;
}

function isInteger(node: SchemaNode): boolean {
  const types = typesOf(node);
  return types.includes('integer') && !types.includes('number');
}

/** Makes refinements of the keywords that typebox does not check as we do: formats, `uniqueItems` and a large `enum`. */
function refinementsOf(node: SchemaNode, literals: unknown, formats: Formats): readonly Refinement[] {
  const refinements: Refinement[] = [];
  if (Array.isArray(literals)) refinements.push(listing(literals));
  const test = formatOf(node, formats);
  if (test) {
    const isTested = textTest(node);
    refinements.push({
      check: (value) => !isTested(value) || test(value) === true,
      error: () => `${formatMark}${node.format}`,
    });
  }
  if (node.uniqueItems === true) refinements.push(uniqueness);
  return refinements;
}

/** The test of a format that is ours or the application's, or stands beside `maxLength`; undefined where typebox tests it. */
function formatOf({ format, maxLength }: SchemaNode, formats: Formats): FormatTest | undefined {
  if (format === undefined) return undefined;
  return formats.get(format) ?? (maxLength === undefined ? undefined : Format.Get(format));
}

/** Tells the texts that a format or a pattern looks at. One longer than `maxLength` is refused for that, and may be of any length. */
function textTest({ maxLength }: SchemaNode): (value: unknown) => value is string {
  if (typeof maxLength !== 'number') return (value) => typeof value === 'string';
  return (value): value is string => typeof value === 'string' && Guard.IsMaxLength(value, maxLength);
}

function boundedPattern(source: string, isTested: (value: unknown) => boolean): RegExp {
  const inner = new RegExp(source, 'u');
  return Object.assign(new RegExp(source, 'u'), {
    test: (text: string) => !isTested(text) || inner.test(text),
    // For the message: the text of a RegExp has slashes around it.
    toString: () => source,
  });
}
