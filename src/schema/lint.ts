import { Format } from 'typebox/format';
import { FusioError } from '../base/errors.js';
import { escapePointer } from '../base/json-pointer.js';
import { didYouMean } from '../base/suggest.js';
import { eachSubschemaIn, isNode, keywords, listOf, type SchemaNode } from './keywords.js';
import type { References, Resource } from './references.js';

const maxDepth = 64;
const maxNodes = 10_000;
// Beyond this a schema is compiled at registration, so that one that cannot be is refused there.
const manyParts = 500;

const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'];
const knownTypes = new Set(types);

/** Formats of OpenAPI that say something about a type and nothing that can be checked in a text. */
const annotationFormats = new Set(['int32', 'int64', 'float', 'double', 'password', 'byte', 'binary']);

/** Types of TypeBox that no JSON can have, with a hint at what to write in their place. */
const foreignTypes: ReadonlyMap<string, string> = new Map([
  ['Date', "use Type.String({ format: 'date-time' })"],
  ['Uint8Array', "use Type.String({ contentEncoding: 'base64' })"],
  ['RegExp', 'use Type.String({ pattern: … })'],
  ['bigint', 'use Type.String({ pattern: … }) or Type.Integer()'],
  ['undefined', 'use Type.Optional() on the property'],
  ['void', 'leave the schema out'],
  ['symbol', ''],
  ['function', ''],
  ['Function', ''],
  ['constructor', ''],
  ['Constructor', ''],
  ['Promise', ''],
  ['Iterator', ''],
  ['AsyncIterator', ''],
]);

const transform = Symbol.for('TypeBox.Transform');

export interface LintOptions {
  readonly where: string;
  readonly formats: ReadonlyMap<string, unknown>;
}

/** Schema whose shape is sound. */
export interface Linted {
  readonly node: SchemaNode;
  readonly hasReferences: boolean;
  readonly hasDefaults: boolean;
  /** It has so many parts, or so many names in a list, that it may be too large to compile. */
  readonly isLarge: boolean;
}

/**
 * Throws `SCHEMA_INVALID` for a schema that cannot be checked as JSON, or that says something JSON Schema does not know:
 * a validator would take both for "anything goes".
 */
export function lintShape(schema: unknown, { where, formats }: LintOptions): Linted {
  let nodes = 0;
  let hasReferences = false;
  let hasDefaults = false;
  let isLarge = false;
  const path: string[] = [];

  function refuse(message: string): never {
    const at = path.length === 0 ? '' : ` at "/${path.map(escapePointer).join('/')}"`;
    throw new FusioError('SCHEMA_INVALID', `${where}: the schema${at} ${message}`);
  }

  function visitAt(key: string, sub: unknown): void {
    path.push(key);
    visit(sub);
    path.pop();
  }

  function visit(node: unknown): void {
    if (++nodes > maxNodes) refuse(`is too large: a schema may have ${maxNodes} parts`);
    if (path.length > maxDepth * 2) refuse(`is nested too deeply, or holds itself: use $ref for recursion`);
    if (typeof node !== 'boolean') visitNode(node);
  }

  function visitNode(node: unknown): SchemaNode {
    const vendor = vendorOf(node);
    if (vendor !== undefined) refuse(`is one of ${vendor}, and JSON Schema is needed: ${jsonSchemaBy(vendor)}`);
    if (!isNode(node)) refuse(`must be an object with JSON Schema, got ${describe(node)}`);
    if (transform in node) refuse('is a Transform, which does not exist in JSON: convert in the action');
    if (path.length === 0 && isShorthand(node)) {
      const [first] = Object.keys(node);
      refuse(`is an object of properties: write Type.Object({ ${first}: … })`);
    }
    for (const key of Object.keys(node)) lintKeyword(node, key, node[key]);
    for (const [least, most] of bounds) lintBounds(node, least, most);
    // typebox hides its own keys from Object.keys.
    if ('~codec' in node) refuse('has a codec, which does not exist in JSON: convert in the action');
    return node;
  }

  function lintBounds(node: SchemaNode, least: string, most: string): void {
    const { [least]: from, [most]: to } = node;
    if (typeof from !== 'number' || typeof to !== 'number' || from <= to) return;
    refuse(`allows nothing: "${least}" is ${from}, and "${most}" is ${to}`);
  }

  function lintKeyword(node: SchemaNode, key: string, value: unknown): void {
    if (value === undefined) return;
    switch (keywords.get(key)) {
      case 'type':
        if (typeof value === 'string' && knownTypes.has(value)) return;
        lintType(value);
        return;
      case 'schemaMap':
      case 'definitions':
        if (!isNode(value)) refuse(`needs an object of schemas in "${key}", got ${describe(value)}`);
        path.push(key);
        for (const name of Object.keys(value)) visitAt(name, value[name]);
        path.pop();
        return;
      case 'names':
        lintNames(key, value);
        return;
      case 'schema':
        visitAt(key, value);
        return;
      case 'items':
        if (Array.isArray(value)) visitList(key, value);
        else visitAt(key, value);
        return;
      case 'schemas':
        if (!Array.isArray(value) || (value.length === 0 && key !== 'prefixItems')) {
          refuse(`needs a list of schemas in "${key}", got ${describe(value)}`);
        }
        visitList(key, value);
        return;
      case 'patternMap':
        if (!isNode(value)) refuse(`needs an object of schemas in "${key}", got ${describe(value)}`);
        path.push(key);
        for (const pattern of Object.keys(value)) {
          lintPattern(pattern);
          visitAt(pattern, value[pattern]);
        }
        path.pop();
        return;
      case 'dependencies':
        if (!isNode(value)) refuse(`needs an object in "${key}", got ${describe(value)}`);
        path.push(key);
        for (const name of Object.keys(value)) {
          if (Array.isArray(value[name])) lintNames(name, value[name]);
          else visitAt(name, value[name]);
        }
        path.pop();
        return;
      case 'nameMap':
        if (!isNode(value)) refuse(`needs an object of lists in "${key}", got ${describe(value)}`);
        for (const name of Object.keys(value)) lintNames(key, value[name]);
        return;
      case 'reference':
        if (typeof value !== 'string') refuse(`needs a text in "${key}", got ${describe(value)}`);
        hasReferences = true;
        return;
      case 'pattern':
        lintPattern(value);
        return;
      case 'format':
        if (typeof value !== 'string') refuse(`needs a text in "format", got ${describe(value)}`);
        if (formats.has(value) || Format.Has(value) || annotationFormats.has(value)) return;
        refuse(
          `has the unknown format "${value}"${didYouMean(value, [...formats.keys(), ...Format.Entries().map(([name]) => name)])}; ` +
            'define it with the option "formats"',
        );
        return;
      case 'enum':
        if (!Array.isArray(value) || value.length === 0)
          refuse(`needs a list of values in "enum", got ${describe(value)}`);
        for (const one of value) lintLiteral(key, one);
        return;
      case 'literal':
        lintLiteral(key, value);
        return;
      case 'number':
        if (typeof value !== 'number' || !Number.isFinite(value))
          refuse(`needs a number in "${key}", got ${describe(value)}`);
        if (key === 'multipleOf' && value <= 0) refuse('needs a number above 0 in "multipleOf"');
        return;
      case 'count':
        if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
          refuse(`needs a whole number of 0 or more in "${key}", got ${describe(value)}`);
        }
        return;
      case 'boolean':
        if (typeof value !== 'boolean') refuse(`needs true or false in "${key}", got ${describe(value)}`);
        return;
      case 'string':
        if (typeof value !== 'string') refuse(`needs a text in "${key}", got ${describe(value)}`);
        return;
      case 'annotation':
        hasDefaults ||= key === 'default';
        return;
      default:
        lintUnknown(node, key);
    }
  }

  function lintUnknown(node: SchemaNode, key: string): void {
    if (key.startsWith('x-') || (key.startsWith('~') && key !== '~codec')) return;
    if (key === '~codec') refuse('has a codec, which does not exist in JSON: convert in the action');
    if (key === 'nullable') {
      const type = typeof node.type === 'string' ? node.type : '…';
      refuse(`has "nullable", which JSON Schema does not know: write type: ['${type}', 'null']`);
    }
    refuse(`has the unknown keyword "${key}"${didYouMean(key, keywords.keys())}; keywords of your own begin with "x-"`);
  }

  function lintType(value: unknown): void {
    const list = Array.isArray(value) ? value : [value];
    if (list.length === 0) refuse('has no type in "type"');
    for (const one of list) {
      if (knownTypes.has(one)) continue;
      if (typeof one !== 'string') refuse(`needs a text in "type", got ${describe(one)}`);
      const hint = foreignTypes.get(one);
      if (hint !== undefined) refuse(`has the type "${one}", which does not exist in JSON${hint && `: ${hint}`}`);
      refuse(`has the unknown type "${one}"${didYouMean(one, types)}`);
    }
  }

  function lintNames(key: string, value: unknown): void {
    if (!Array.isArray(value)) refuse(`needs a list of property names in "${key}", got ${describe(value)}`);
    isLarge ||= value.length > manyParts;
    for (const name of value) {
      if (typeof name !== 'string') refuse(`needs a list of property names in "${key}", got ${describe(name)}`);
    }
  }

  function lintPattern(value: unknown): void {
    if (value instanceof RegExp) refuse(`needs a text in "pattern": write ${JSON.stringify(value.source)}`);
    if (typeof value !== 'string') refuse(`needs a text in "pattern", got ${describe(value)}`);
    try {
      new RegExp(value, 'u');
    } catch (error) {
      refuse(`has a pattern that is no regular expression: ${error instanceof Error ? error.message : error}`);
    }
  }

  function lintLiteral(key: string, value: unknown): void {
    const kind = typeof value;
    if (kind === 'bigint' || kind === 'symbol' || kind === 'function' || kind === 'undefined') {
      refuse(`has ${describe(value)} in "${key}", which does not exist in JSON`);
    }
  }

  function visitList(key: string, list: readonly unknown[]): void {
    path.push(key);
    for (let index = 0; index < list.length; index++) visitAt(String(index), list[index]);
    path.pop();
  }

  const node = visitNode(schema);
  return { node, hasReferences, hasDefaults, isLarge: isLarge || nodes > manyParts };
}

const bounds = [
  ['minimum', 'maximum'],
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
  ['minProperties', 'maxProperties'],
] as const;

/** Tells a map of properties, which other libraries take, from a schema: `{ page: Type.Integer() }`. */
function isShorthand(node: SchemaNode): boolean {
  const entries = Object.entries(node);
  if (entries.length === 0 || '~kind' in node) return false;
  return (
    entries.every(([, value]) => isNode(value) && ('~kind' in value || knownTypes.has(String(value.type)))) &&
    entries.some(([key, value]) => {
      const kind = keywords.get(key);
      if (kind === 'schema' || kind === 'items') return false;
      // The value of these may look like a schema. That of TypeBox is one.
      return (kind !== 'annotation' && kind !== 'literal') || '~kind' in Object(value);
    })
  );
}

/** Names the library of a Standard Schema. One of arktype is a function. */
function vendorOf(schema: unknown): string | undefined {
  if ((typeof schema !== 'object' && typeof schema !== 'function') || schema === null || !('~standard' in schema))
    return undefined;
  const { vendor } = Object(schema['~standard']);
  return typeof vendor === 'string' ? vendor : 'another library';
}

function jsonSchemaBy(vendor: string): string {
  const ways: Readonly<Record<string, string>> = {
    zod: 'give z.toJSONSchema(schema)',
    valibot: 'give toJsonSchema(schema) of @valibot/to-json-schema',
    arktype: 'give schema.toJsonSchema()',
  };
  return (Object.hasOwn(ways, vendor) ? ways[vendor] : undefined) ?? 'give what the library converts it to';
}

/** Throws `SCHEMA_INVALID` for a reference that leads nowhere, in this schema or in a named one that it leads to. */
export function lintReferences(
  schema: SchemaNode,
  where: string,
  references: References,
  named: ReadonlyMap<string, object>,
  sound: WeakSet<object>,
): void {
  const visited = new Set<SchemaNode>();
  const endless = loopFinder(references);

  function visitDocument(root: SchemaNode): void {
    if (sound.has(root)) return;
    sound.add(root);
    try {
      visit(root, references.documentOf(root).resource, '');
    } catch (error) {
      sound.delete(root);
      throw error;
    }
  }

  function visit(node: unknown, inside: Resource, pointer: string): void {
    if (!isNode(node) || visited.has(node)) return;
    visited.add(node);
    const resource = references.opened(node, inside);
    if (endless(node, inside)) {
      const at = pointer === '' ? '' : ` at "${pointer}"`;
      throw new FusioError('SCHEMA_INVALID', `${where}: the schema${at} refers to itself without end`);
    }
    for (const key of Object.keys(node)) {
      const value = node[key];
      // Draft 2020-12, 8.2.3.2: a $dynamicRef needs a place that it leads to at first, like a $ref.
      if (keywords.get(key) === 'reference' && typeof value === 'string') follow(value, resource, pointer, key);
      eachSubschemaIn(key, value, (schema, member) => {
        visit(schema, resource, `${pointer}/${key}${member === undefined ? '' : `/${escapePointer(member)}`}`);
      });
    }
  }

  function follow(reference: string, from: Resource, pointer: string, keyword: string): void {
    const target = references.resolve(reference, from);
    if (!target) {
      const name = reference.replace('#/components/schemas/', '');
      const at = pointer === '' ? '' : ` at "${pointer}"`;
      throw new FusioError(
        'SCHEMA_INVALID',
        `${where}: the schema${at} has the ${keyword} "${reference}", which leads nowhere${didYouMean(name, named.keys())}; ` +
          'name a schema with fusio.schema() before it is used',
      );
    }
    const { documentRoot } = target.resource;
    if (documentRoot !== from.documentRoot) visitDocument(documentRoot);
  }

  visitDocument(schema);
}

/** Tells whether a schema applies itself to the very value that it checks: no check of it would come to an end. */
function loopFinder(references: References): (node: SchemaNode, inside: Resource) => boolean {
  const finite = new Set<SchemaNode>();
  const open = new Set<SchemaNode>();

  return function isEndless(node: SchemaNode, inside: Resource): boolean {
    if (finite.has(node)) return false;
    if (open.has(node)) return true;
    open.add(node);
    const resource = references.opened(node, inside);
    const found =
      ['$ref', '$dynamicRef', '$recursiveRef'].some((key) => {
        const reference = node[key];
        const target = typeof reference === 'string' ? references.resolve(reference, resource) : undefined;
        return target !== undefined && isNode(target.schema) && isEndless(target.schema, target.resource);
      }) || inPlace(node).some((schema) => isNode(schema) && isEndless(schema, resource));
    open.delete(node);
    if (!found) finite.add(node);
    return found;
  };
}

/** Lists the schemas that a schema applies to the same value as itself. */
function inPlace(node: SchemaNode): readonly unknown[] {
  const dependent = [node.dependentSchemas, node.dependencies].flatMap((map) =>
    isNode(map) ? Object.values(map) : [],
  );
  const lists = [node.allOf, node.anyOf, node.oneOf].flatMap(listOf);
  return [...lists, node.not, node.if, node.then, node.else, ...dependent];
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'string') return `"${value.slice(0, 40)}"`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'object' || typeof value === 'undefined' ? String(typeof value) : `a ${typeof value}`;
}
