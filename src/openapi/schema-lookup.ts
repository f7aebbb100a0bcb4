import { decodePointer } from '../base/json-pointer.js';
import { eachSubschema, isNode, keywords, listOf, type SchemaNode } from '../schema/keywords.js';
import { createReferences, type References, type Resource } from '../schema/references.js';
import type { Schemas } from '../schema/schemas.js';
import { pascal } from './openapi.js';

/** Schema in its place: the node, and the resource in which its references are read. */
export interface Located {
  readonly node: SchemaNode;
  readonly inside: Resource;
}

/** Target of a reference, with the name that it has there. */
export interface Referred extends Located {
  readonly name: string;
}

/** Property of a schema, in the place that it came from. */
export interface Property {
  readonly schema: unknown;
  readonly inside: Resource;
  readonly isRequired: boolean;
}

// A reference to itself ends nowhere.
const maxHops = 32;

/** Answers questions about registered schemas, through their references. */
export class SchemaLookup {
  // An index of its own, which is freed with the document: the one for checking requests stays small.
  readonly #references: References;

  constructor({ named }: Pick<Schemas, 'named'>) {
    this.#references = createReferences(named);
  }

  /** Locates a schema that stands on its own. */
  rootOf(schema: object): Located {
    // Operations and events hold linted schemas, which are nodes.
    const node = isNode(schema) ? schema : {};
    return { node, inside: this.#references.documentOf(node).resource };
  }

  /** Returns the resource inside a node: its own one, where it has an `$id`. */
  enter({ node, inside }: Located): Resource {
    return this.#references.opened(node, inside);
  }

  /** Finds the target of a reference: a place in its own schema, or a schema that was named. */
  find(reference: string, from: Resource): Referred | undefined {
    const target = this.#references.resolve(reference, from);
    if (!target || !isNode(target.schema)) return undefined;
    return { node: target.schema, inside: target.resource, name: nameOfReference(reference) };
  }

  /** Follows the references of a schema to the end. */
  resolve(start: Located): Located {
    let found: Located = { node: start.node, inside: this.enter(start) };
    for (let hops = 0; typeof found.node.$ref === 'string' && hops < maxHops; hops++) {
      const target = this.find(found.node.$ref, found.inside);
      if (!target) break;
      found = { node: target.node, inside: this.enter(target) };
    }
    return found;
  }

  /** Lists the properties of an object schema, through references and `allOf`; undefined where it is not as plain as that. */
  propertiesOf(located: Located): Map<string, Property> | undefined {
    const { node, inside } = this.resolve(located);
    const { properties, required, allOf, anyOf, oneOf, patternProperties } = node;
    if (anyOf || oneOf || patternProperties) return undefined;
    const all = new Map<string, Property>();
    for (const part of listOf(allOf)) {
      const found = isNode(part) ? this.propertiesOf({ node: part, inside }) : undefined;
      if (!found) return undefined;
      for (const [name, property] of found) all.set(name, property);
    }
    if (!properties && !allOf) return undefined;
    for (const [name, schema] of Object.entries(properties ?? {})) {
      all.set(name, { schema, inside, isRequired: listOf(required).includes(name) });
    }
    return all;
  }

  /** Tells whether the server fills in a value where none comes. */
  hasDefault(schema: unknown, inside: Resource, depth = 0): boolean {
    if (!isNode(schema) || depth > maxHops) return false;
    const resolved = this.resolve({ node: schema, inside });
    // A default beside a reference counts as well.
    if (schema.default !== undefined || resolved.node.default !== undefined) return true;
    return listOf(resolved.node.allOf).some((part) => this.hasDefault(part, resolved.inside, depth + 1));
  }

  /** Writes down a schema and all that it refers to: schemas with the same text are the same. */
  textOf(start: Located): string {
    const seen = new Set<SchemaNode>();
    const texts: unknown[] = [];
    const add = (located: Located, reference = '') => {
      if (seen.has(located.node)) return;
      seen.add(located.node);
      texts.push(reference, located.node);
      follow(located);
    };
    const follow = (located: Located) => {
      const { node } = located;
      const inside = this.enter(located);
      for (const [key, value] of Object.entries(node)) {
        const target = keywords.get(key) === 'reference' ? this.find(String(value), inside) : undefined;
        if (target) add(target, String(value));
      }
      eachSubschema(node, (schema) => isNode(schema) && follow({ node: schema, inside }));
    };
    add(start);
    return JSON.stringify(texts);
  }

  /** Lists the required properties that hold a constant text, by which a discriminator tells schemas apart. */
  tagsOf(located: Located): Map<string, string> {
    const tags = new Map<string, string>();
    for (const [name, { schema, inside, isRequired }] of this.propertiesOf(located) ?? []) {
      if (!isRequired || !isNode(schema)) continue;
      const { node } = this.resolve({ node: schema, inside });
      if (typeof node.const === 'string') tags.set(name, node.const);
    }
    return tags;
  }
}

/** Takes the name of a schema out of a reference to it: of a definition, of a named schema, or of a part of one. */
function nameOfReference(reference: string): string {
  if (reference === '#') return '';
  const last = decodePointer(reference.slice(reference.lastIndexOf('/') + 1));
  const [, component, part] = /^#\/components\/schemas\/([^/#]+)(\/.*)?$/.exec(reference) ?? [];
  if (component !== undefined) return part === undefined ? component : `${component}${pascal(last)}`;
  if (reference.startsWith('#/')) return last;
  const [, named] = /^([^/#]+)#\/./.exec(reference) ?? [];
  return named === undefined ? reference : `${named}${pascal(last)}`;
}
