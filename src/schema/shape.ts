import { isNode, listOf, literalsOf, type SchemaNode } from './keywords.js';

/** Declarations of one schema about the members of an object. */
export interface Shape {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly patterns: readonly { readonly pattern: RegExp; readonly schema: unknown }[];
  readonly additional: unknown;
  readonly unevaluated: unknown;
  /** It has rules for members that it does not declare: then these must not be dropped. */
  readonly isOpen: boolean;
}

export function shapeOf(node: SchemaNode): Shape {
  const patterns = isNode(node.patternProperties) ? Object.entries(node.patternProperties) : [];
  return {
    properties: isNode(node.properties) ? node.properties : {},
    patterns: patterns.map(([pattern, schema]) => ({ pattern: new RegExp(pattern, 'u'), schema })),
    additional: node.additionalProperties,
    unevaluated: node.unevaluatedProperties,
    isOpen: node.additionalProperties !== undefined || node.unevaluatedProperties !== undefined,
  };
}

/** Lists the schemas of one shape that apply to a member; undefined stands for a name that nothing declares. */
export function schemasFor(
  { properties, patterns, additional, unevaluated }: Shape,
  name: string | undefined,
): readonly SchemaNode[] {
  const found: unknown[] = [];
  if (name !== undefined) {
    if (Object.hasOwn(properties, name)) found.push(properties[name]);
    for (const { pattern, schema } of patterns) if (pattern.test(name)) found.push(schema);
  }
  if (found.length === 0) found.push(additional);
  if (name === undefined) found.push(unevaluated);
  return found.filter(isNode);
}

/** Lists names of properties that a schema speaks of without declaring them: dropping one would change what it says. */
export function namesIn(node: SchemaNode): readonly string[] {
  const names = listOf(node.required);
  const maps = [node.dependentRequired, node.dependencies, node.dependentSchemas].filter((map) => isNode(map));
  if (maps.length === 0 && !isNode(node.if)) return names;
  const dependent = maps.flatMap((map) => [...Object.keys(map), ...Object.values(map).flatMap(listOf).map(String)]);
  const condition = isNode(node.if) ? [...namesIn(node.if), ...Object.keys(shapeOf(node.if).properties)] : [];
  return [...names, ...dependent, ...condition];
}

const memberKeywords = ['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties'];
const itemKeywords = ['items', 'prefixItems', 'additionalItems', 'unevaluatedItems'];

/** Tells whether a schema has a keyword that decides the form of its value. */
export function hasShapingKeyword(node: SchemaNode): boolean {
  return [...memberKeywords, ...itemKeywords].some((key) => key in node);
}

/** Tells whether a schema says anything about the members of its value. */
export function hasMembers(node: SchemaNode): boolean {
  return memberKeywords.some((key) => key in node) || namesIn(node).length > 0;
}

/** Tells whether a schema says anything about the items of its value. */
export function hasItems(node: SchemaNode): boolean {
  return itemKeywords.some((key) => key in node);
}

export function isTyped(node: SchemaNode): boolean {
  return 'type' in node || literalsOf(node) !== undefined;
}

const readKeywords: ReadonlySet<string> = new Set([
  ...memberKeywords,
  ...itemKeywords,
  'type',
  'const',
  'enum',
  '~enum',
  'required',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'anyOf',
  'oneOf',
  'if',
]);

/** Tells whether a schema has, beside `$ref`, `allOf` and `default`, a keyword by which a value is read. */
export function isRead(node: SchemaNode): boolean {
  return Object.keys(node).some((key) => readKeywords.has(key));
}

/** Splits the schemas of items into those of the first ones and that of all further ones. */
export function tupleOf(node: SchemaNode): { readonly first: readonly unknown[]; readonly rest: unknown } {
  if (Array.isArray(node.prefixItems)) return { first: node.prefixItems, rest: node.items ?? node.unevaluatedItems };
  // Draft 7, and both TypeBox packages.
  if (Array.isArray(node.items)) return { first: node.items, rest: node.additionalItems ?? node.unevaluatedItems };
  return { first: [], rest: node.items ?? node.unevaluatedItems };
}

export function defaultOf(nodes: readonly SchemaNode[]): unknown {
  return nodes.find((node) => node.default !== undefined)?.default;
}
