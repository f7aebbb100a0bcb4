/** Kind of value that a keyword holds. Keywords that hold schemas are followed; all others are only checked for their shape. */
export type KeywordKind =
  | 'schema'
  | 'schemas'
  | 'schemaMap'
  | 'patternMap'
  | 'items'
  | 'dependencies'
  | 'definitions'
  | 'type'
  | 'format'
  | 'pattern'
  | 'enum'
  | 'literal'
  | 'number'
  | 'count'
  | 'boolean'
  | 'string'
  | 'names'
  | 'nameMap'
  | 'reference'
  | 'annotation';

/** Keywords of draft 7, 2019-09 and 2020-12, and OpenAPI's annotations. */
export const keywords: ReadonlyMap<string, KeywordKind> = new Map<string, KeywordKind>([
  ['type', 'type'],
  ['properties', 'schemaMap'],
  ['required', 'names'],
  ['items', 'items'],
  ['enum', 'enum'],
  ['const', 'literal'],
  ['format', 'format'],
  ['description', 'string'],
  ['default', 'annotation'],

  ['additionalItems', 'schema'],
  ['additionalProperties', 'schema'],
  ['allOf', 'schemas'],
  ['anyOf', 'schemas'],
  ['contains', 'schema'],
  ['dependencies', 'dependencies'],
  ['dependentRequired', 'nameMap'],
  ['dependentSchemas', 'schemaMap'],
  ['else', 'schema'],
  ['exclusiveMaximum', 'number'],
  ['exclusiveMinimum', 'number'],
  ['if', 'schema'],
  ['maxContains', 'count'],
  ['maximum', 'number'],
  ['maxItems', 'count'],
  ['maxLength', 'count'],
  ['maxProperties', 'count'],
  ['minContains', 'count'],
  ['minimum', 'number'],
  ['minItems', 'count'],
  ['minLength', 'count'],
  ['minProperties', 'count'],
  ['multipleOf', 'number'],
  ['not', 'schema'],
  ['oneOf', 'schemas'],
  ['pattern', 'pattern'],
  ['patternProperties', 'patternMap'],
  ['prefixItems', 'schemas'],
  ['propertyNames', 'schema'],
  ['then', 'schema'],
  ['unevaluatedItems', 'schema'],
  ['unevaluatedProperties', 'schema'],
  ['uniqueItems', 'boolean'],

  ['$anchor', 'string'],
  ['$comment', 'string'],
  ['$defs', 'definitions'],
  ['$dynamicAnchor', 'string'],
  ['$dynamicRef', 'reference'],
  ['$id', 'string'],
  ['$recursiveAnchor', 'boolean'],
  ['$recursiveRef', 'reference'],
  ['$ref', 'reference'],
  ['$schema', 'string'],
  ['$vocabulary', 'annotation'],
  ['definitions', 'definitions'],

  ['contentEncoding', 'string'],
  ['contentMediaType', 'string'],
  ['contentSchema', 'annotation'],
  ['deprecated', 'boolean'],
  ['discriminator', 'annotation'],
  ['example', 'annotation'],
  ['examples', 'annotation'],
  ['externalDocs', 'annotation'],
  ['readOnly', 'boolean'],
  ['title', 'string'],
  ['writeOnly', 'boolean'],
  ['xml', 'annotation'],
]);

/** Keywords that say where a schema is found and not which values fit. They mean nothing once all references are resolved. */
export const locators: ReadonlySet<string> = new Set([
  '$id',
  '$anchor',
  '$dynamicAnchor',
  '$recursiveAnchor',
  '$defs',
  'definitions',
  '$schema',
  '$vocabulary',
]);

type Schemas = Readonly<Record<string, unknown>>;

/**
 * Schema that is an object; the other kind is `true` and `false`. The keywords that are listed have the shapes that `lintShape` lets
 * through, all others are `unknown`.
 */
export interface SchemaNode extends Schemas {
  readonly type?: string | readonly string[];
  readonly properties?: Schemas;
  readonly patternProperties?: Schemas;
  readonly dependentSchemas?: Schemas;
  readonly dependencies?: Schemas;
  readonly $defs?: Schemas;
  readonly definitions?: Schemas;
  readonly required?: readonly string[];
  readonly allOf?: readonly unknown[];
  readonly anyOf?: readonly unknown[];
  readonly oneOf?: readonly unknown[];
  readonly prefixItems?: readonly unknown[];
  readonly enum?: readonly unknown[];
  /** A large `enum` of a linked schema: typebox does not know this keyword. */
  readonly '~enum'?: readonly unknown[];
  readonly format?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly $anchor?: string;
  readonly $dynamicAnchor?: string;
  readonly $schema?: string;
}

/** Tells whether a value is an object with members: a schema, a map of schemas, or a JSON object. */
export function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Calls `visit` for every schema that stands directly in a keyword of this one. */
export function eachSubschema(node: SchemaNode, visit: (schema: unknown) => void): void {
  for (const key of Object.keys(node)) eachSubschemaIn(key, node[key], visit);
}

/** Calls `visit` for every schema in one keyword, with its name or index where the keyword holds several. */
export function eachSubschemaIn(
  keyword: string,
  value: unknown,
  visit: (schema: unknown, member?: string) => void,
): void {
  switch (keywords.get(keyword)) {
    case 'schema':
      visit(value);
      break;
    case 'items':
      if (!Array.isArray(value)) visit(value);
      else for (const index of value.keys()) visit(value[index], String(index));
      break;
    case 'schemas':
      for (const [index, one] of listOf(value).entries()) visit(one, String(index));
      break;
    case 'schemaMap':
    case 'patternMap':
    case 'definitions':
    case 'dependencies':
      if (isNode(value)) for (const name of Object.keys(value)) visit(value[name], name);
      break;
  }
}

/** Returns the value where it is a list, else an empty list. */
export function listOf<Item>(value: readonly Item[] | undefined): readonly Item[];
export function listOf(value: unknown): readonly unknown[];
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Lists the values that a schema lets through by `const` or `enum`; undefined where it lists none. */
export function literalsOf(node: SchemaNode): readonly unknown[] | undefined {
  return 'const' in node ? [node.const] : (node.enum ?? node['~enum']);
}

/** Lists the types that a schema declares; empty where it declares none. */
export function typesOf({ type }: SchemaNode): readonly string[] {
  return typeof type === 'string' ? [type] : listOf(type);
}

/** Names the type of a JSON value as the keyword `type` does; `number` for integers too. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
