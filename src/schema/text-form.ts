import { isNode, kindOf, listOf, literalsOf, type SchemaNode, typesOf } from './keywords.js';
import type { References, Resource } from './references.js';

/** Answers about the text of parameters, headers and forms: what it can become under a schema. */
export interface TextForm {
  /** Finds a property (or a pattern of names) that only an object fits, or a list of objects: no text becomes one. */
  unsendable(schema: object): string | undefined;
  /** Tells whether a schema is of objects, or of anything. */
  isOfObjects(schema: object): boolean;
  /** Lists the properties that are lists, and never text themselves. */
  listsIn(schema: object): readonly string[];
  /** Finds a property that is meant to be bytes, or a list of such: `format: 'binary'`, as OpenAPI has it. */
  binaryIn(schema: object): string | undefined;
  /** Tells whether a property of this name is declared. */
  declares(schema: object, name: string): boolean;
}

/** Schema, and the resource in which its references are read. */
type Place = readonly [schema: unknown, inside: Resource];
type Kinds = ReadonlySet<unknown> | undefined;

export function createTextForm(references: References): TextForm {
  /** Lists a schema and all that apply to the same value for certain: through `$ref` and `allOf`. */
  function certain(start: Place): readonly (readonly [node: SchemaNode, inside: Resource])[] {
    const found = new Map<SchemaNode, Resource>();
    function visit([schema, outside]: Place): void {
      if (!isNode(schema) || found.has(schema)) return;
      const inside = references.opened(schema, outside);
      const target = typeof schema.$ref === 'string' ? references.resolve(schema.$ref, inside) : undefined;
      if (target) visit([target.schema, target.resource]);
      // In old drafts nothing beside a reference counts.
      if (target && inside.isLegacy) return;
      found.set(schema, inside);
      for (const part of listOf(schema.allOf)) visit([part, inside]);
    }
    visit(start);
    return [...found];
  }

  function unionsOf(node: SchemaNode): readonly (readonly unknown[])[] {
    return [node.anyOf, node.oneOf].map(listOf).filter((branches) => branches.length > 0);
  }

  /** Lists the kinds of JSON that fit; undefined where the schema does not say. */
  function kindsOf(place: Place): Kinds {
    let kinds: Kinds;
    for (const [node, inside] of certain(place)) {
      const branches = unionsOf(node).map((union) => join(union.map((branch) => kindsOf([branch, inside]))));
      for (const some of [ownKinds(node), ...branches]) kinds = meet(kinds, some);
    }
    return kinds;
  }

  /** Tells whether some text fits. A schema that no value fits counts as well: it is meant so. */
  function canBeText(place: Place, seen: ReadonlySet<unknown> = new Set()): boolean {
    const kinds = kindsOf(place);
    if (!kinds || kinds.size === 0 || seen.has(place[0])) return true;
    if ([...kinds].some((kind) => kind !== 'object' && kind !== 'array')) return true;
    if (!kinds.has('array')) return false;
    const within = new Set([...seen, place[0]]);
    return certain(place).every(([node, inside]) => {
      // A list that is sent has one value at least.
      const first = listOf(node.prefixItems)[0] ?? (Array.isArray(node.items) ? node.items[0] : node.items);
      const unions = unionsOf(node);
      return (
        canBeText([first, inside], within) &&
        unions.every((union) => union.some((branch) => canBeText([branch, inside], within)))
      );
    });
  }

  function isBinary(place: Place, seen: ReadonlySet<unknown> = new Set()): boolean {
    if (seen.has(place[0])) return false;
    const within = new Set([...seen, place[0]]);
    return certain(place).some(([node, inside]) => {
      const parts = [...unionsOf(node).flat(), ...listOf(node.prefixItems), node.items].flat();
      return node.format === 'binary' || parts.some((part) => isBinary([part, inside], within));
    });
  }

  function propertiesOf(schema: object): readonly (readonly [name: string, place: Place])[] {
    if (!isNode(schema)) return [];
    return certain([schema, references.documentOf(schema).resource]).flatMap(([node, inside]) =>
      Object.entries(node.properties ?? {}).map(([name, property]) => [name, [property, inside]] as const),
    );
  }

  function rootsOf(schema: object): ReturnType<typeof certain> {
    if (!isNode(schema) || hasOnlyScalars(schema)) return [];
    return certain([schema, references.documentOf(schema).resource]);
  }

  return {
    isOfObjects(schema) {
      if (!isNode(schema) || hasOnlyScalars(schema)) return true;
      const place: Place = [schema, references.documentOf(schema).resource];
      const kinds = kindsOf(place);
      if (kinds) return kinds.has('object');
      const keys = new Set(certain(place).flatMap(([node]) => Object.keys(node)));
      return objectKeywords.some((key) => keys.has(key)) || !otherKeywords.some((key) => keys.has(key));
    },
    unsendable(schema) {
      for (const [node, inside] of rootsOf(schema)) {
        for (const [name, property] of membersOf(node)) if (!canBeText([property, inside])) return name;
      }
      return undefined;
    },
    listsIn(schema) {
      return rootsOf(schema).flatMap(([node, inside]) => {
        return Object.entries(isNode(node.properties) ? node.properties : {}).flatMap(([name, property]) => {
          const kinds = kindsOf([property, inside]);
          return kinds?.has('array') && !kinds.has('string') ? [name] : [];
        });
      });
    },
    binaryIn: (schema) => propertiesOf(schema).find(([, place]) => isBinary(place))?.[0],
    declares: (schema, name) => propertiesOf(schema).some(([own]) => own === name),
  };
}

const objectKeywords = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'required',
  'anyOf',
  'oneOf',
  'if',
  'not',
];

// Without a type they say nothing of an object, and are meant for another value.
const otherKeywords = [
  'items',
  'prefixItems',
  'contains',
  'pattern',
  'format',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
];

/** Tells whether a schema is like nearly all are: nothing has to be resolved, so no index of it is made and kept. */
function hasOnlyScalars({ $ref, allOf, properties, patternProperties, additionalProperties }: SchemaNode): boolean {
  if ($ref !== undefined || allOf !== undefined || isNode(patternProperties) || isNode(additionalProperties))
    return false;
  return isNode(properties) && Object.values(properties).every((one) => isNode(one) && scalars.has(one.type));
}

const scalars: ReadonlySet<unknown> = new Set(['string', 'number', 'integer', 'boolean']);

function membersOf({
  properties,
  patternProperties,
  additionalProperties,
}: SchemaNode): (readonly [name: string, schema: unknown])[] {
  const maps = [properties, patternProperties].flatMap((map) => (isNode(map) ? Object.entries(map) : []));
  return isNode(additionalProperties) ? [...maps, ['*', additionalProperties]] : maps;
}

function ownKinds(node: SchemaNode): Kinds {
  const types = typesOf(node);
  const literals = literalsOf(node) ?? [];
  return meet(
    types.length > 0 ? new Set(types) : undefined,
    literals.length > 0 ? new Set(literals.map(kindOf)) : undefined,
  );
}

function meet(a: Kinds, b: Kinds): Kinds {
  if (!a || !b) return a ?? b;
  // An integer is a number too; both are read from text.
  return new Set([...a].filter((kind) => b.has(kind) || (kind === 'integer' && b.has('number'))));
}

function join(all: readonly Kinds[]): Kinds {
  const known = all.filter((kinds) => kinds !== undefined);
  return known.length < all.length ? undefined : new Set(known.flatMap((kinds) => [...kinds]));
}

/**
 * Divides a header field at its commas (RFC 9110, 5.6.1), not at those in a quoted text, and leaves out empty elements. An element
 * that is a quoted text (5.6.4) is what it quotes, but for entity tags (8.8.3), which have quotes of their own.
 */
export function splitList(name: string, text: string): readonly string[] {
  const elements: string[] = [];
  const isTags = /^if-(none-)?match$/i.test(name);
  // A lone quotation mark quotes nothing.
  const lastQuote = text.lastIndexOf('"');
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (isQuoted && character === '\\') at++;
    else if (character === '"') isQuoted = !isQuoted && at < lastQuote;
    else if (at === text.length || (character === ',' && !isQuoted)) {
      const element = text.slice(start, at).trim();
      if (element !== '') elements.push(isTags ? element : unquoted(element));
      start = at + 1;
    }
  }
  return elements;
}

function unquoted(element: string): string {
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(element)?.[1];
  return quoted === undefined ? element : quoted.replace(/\\(.)/gs, '$1');
}
