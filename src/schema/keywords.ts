/** What a keyword of JSON Schema holds. The keywords that hold schemas are walked; all others are only checked for shape. */
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

/** All keywords of draft 7, 2019-09 and 2020-12, and OpenAPI's annotations. */
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

/** A schema that is an object; the other kind is `true` or `false`. */
export type SchemaNode = Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Calls `visit` for every schema that stands directly in a keyword of this one. */
export function eachSubschema(node: SchemaNode, visit: (schema: unknown) => void): void {
  for (const key of Object.keys(node)) {
    const value = node[key];
    switch (keywords.get(key)) {
      case 'schema':
        visit(value);
        break;
      case 'schemas':
        for (const one of listOf(value)) visit(one);
        break;
      case 'items':
        if (Array.isArray(value)) for (const one of value) visit(one);
        else visit(value);
        break;
      case 'schemaMap':
      case 'patternMap':
      case 'definitions':
      case 'dependencies':
        if (isNode(value)) for (const name of Object.keys(value)) visit(value[name]);
        break;
    }
  }
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
