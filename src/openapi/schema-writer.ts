import { FusioError } from '../base/errors.js';
import { isNode, keywords, listOf, locators, type SchemaNode } from '../schema/keywords.js';
import type { Resource } from '../schema/references.js';
import { type ComponentNames, idName, nameOfId } from './component-names.js';
import { type Json, pascal } from './openapi.js';
import { requestName } from './request-and-response.js';
import type { Located, SchemaLookup } from './schema-lookup.js';
import { type Discriminated, simplify, union } from './simplify.js';

/**
 * Writes schemas in the form of the document, for one side of it: in a request, a property with a default may be left out.
 * Schemas that have a name become components of this side.
 */
export class SchemaWriter {
  /** Component by name; undefined while it is being made, so that it may refer to itself. */
  readonly components = new Map<string, Json | undefined>();
  readonly #side: 'request' | 'response';
  readonly #names: ComponentNames;
  readonly #lookup: SchemaLookup;

  constructor(side: 'request' | 'response', names: ComponentNames, lookup: SchemaLookup) {
    this.#side = side;
    this.#names = names;
    this.#lookup = lookup;
  }

  /** Writes a schema that stands on its own: a reference, or in place. `hint` begins the names of those that have none. */
  use(schema: object, hint: string): Json {
    const { node, inside } = this.#lookup.rootOf(schema);
    return this.write(node, inside, hint);
  }

  /** Writes any schema, at the top or inside another one. */
  write(schema: unknown, inside: Resource, hint: string): Json {
    // JSON Schema has `true` and `false`; generators like them less.
    if (!isNode(schema)) return schema === false ? { not: {} } : {};
    const original = this.#names.original(schema);
    const wish = this.#names.wishOf(original);
    if (wish !== undefined) return this.#component(this.#names.place(original, wish), this.#lookup.rootOf(original));
    if (schema.$id !== undefined) return this.#writeInner({ node: schema, inside }, idName(schema) ?? hint);
    return this.#content({ node: schema, inside }, hint);
  }

  /** Adds a component, unless there is one of this name, and returns the reference to it. */
  add(name: string, make: () => Json): Json {
    if (!this.components.has(name)) {
      this.#names.write(name);
      this.components.set(name, undefined);
      this.components.set(name, make());
    }
    return { $ref: `#/components/schemas/${this.#side === 'request' ? requestName(name) : name}` };
  }

  #component(name: string, located: Located): Json {
    return this.add(name, () => this.#content(located, name));
  }

  /** Makes a component of a schema that stands inside another one. */
  #writeInner(located: Located, wish: string): Json {
    const name = this.#names.placeInner(located.node, wish, () => this.#lookup.textOf(located));
    return this.#component(name, located);
  }

  /** Writes the keywords of one node, and all below it through `write`. */
  #content(located: Located, hint: string): Json {
    const { node } = located;
    const inside = this.#lookup.enter(located);
    const content: Json = {};
    for (const [key, value] of Object.entries(node)) {
      if (!isInternal(key, value)) Object.assign(content, this.#keyword(key, value, node, inside, hint));
    }
    return union(simplify(content));
  }

  #keyword(key: string, value: unknown, node: SchemaNode, inside: Resource, hint: string): Json {
    switch (keywords.get(key)) {
      case 'reference':
        // A recursive reference of another kind means the same here: no schema extends another one dynamically.
        return this.#refer(String(value), inside, hint);
      case 'names':
        return this.#required(node, inside);
      case 'dependencies':
        return isNode(value) ? this.#dependencies(value, inside, hint) : { [key]: plain(value) };
      case 'schemaMap':
      case 'patternMap':
        return { [key]: isNode(value) ? this.#map(value, inside, hint) : plain(value) };
      case 'schemas':
        return { [key]: this.#list(key, listOf(value), inside, hint) };
      case 'items':
        if (Array.isArray(value)) return { prefixItems: this.#list(key, value, inside, hint) };
        return { [key]: isNode(value) ? this.write(value, inside, `${hint}Item`) : plain(value) };
      case 'schema':
        return { [key]: isNode(value) ? this.write(value, inside, hint) : plain(value) };
      default:
        return { [key]: plain(value) };
    }
  }

  /** Lists the properties that must be there. In a request these are not the ones that the server fills in. */
  #required(node: SchemaNode, inside: Resource): Json {
    const names = listOf(node.required);
    if (this.#side === 'response') return { required: [...names] };
    const maps = [node, ...listOf(node.allOf).filter(isNode)].map(({ properties }) => properties).filter(isNode);
    const required = names.filter((name) => {
      return !maps.some((own) => Object.hasOwn(own, name) && this.#lookup.hasDefault(own[name], inside));
    });
    // Draft 4 and its like want one name at least.
    return required.length > 0 || names.length === 0 ? { required } : {};
  }

  #map(schemas: Readonly<Record<string, unknown>>, inside: Resource, hint: string): Json {
    return Object.fromEntries(
      Object.entries(schemas).map(([name, child]) => [name, this.write(child, inside, `${hint}${pascal(name)}`)]),
    );
  }

  /** Divides the one keyword of draft 7 into the two of later drafts. */
  #dependencies(value: object, inside: Resource, hint: string): Json {
    const entries = Object.entries(value);
    const names = entries.filter(([, one]) => Array.isArray(one));
    const schemas = entries.filter(([, one]) => !Array.isArray(one));
    return {
      ...(names.length > 0 && { dependentRequired: Object.fromEntries(names) }),
      ...(schemas.length > 0 && { dependentSchemas: this.#map(Object.fromEntries(schemas), inside, hint) }),
    };
  }

  #list(key: string, schemas: readonly unknown[], inside: Resource, hint: string): Json[] | Discriminated {
    if (key !== 'anyOf' && key !== 'oneOf')
      return schemas.map((schema, index) => this.write(schema, inside, `${hint}${index + 1}`));
    const discriminated = this.#discriminated(schemas, inside, hint);
    return discriminated ?? schemas.map((schema, index) => this.write(schema, inside, `${hint}Option${index + 1}`));
  }

  /** Writes variants that a required constant tells apart as components, which a discriminator can name (OpenAPI 3.1, 4.8.25). */
  #discriminated(schemas: readonly unknown[], inside: Resource, hint: string): Discriminated | undefined {
    const nodes = schemas.filter(isNode).filter(({ type }) => type !== 'null');
    const variants = nodes.map((node) => ({ node, tags: this.#lookup.tagsOf({ node, inside }) }));
    const [first] = variants;
    if (!first || variants.length < 2) return undefined;
    const name = [...first.tags.keys()].find((key) => {
      const values = variants.flatMap(({ tags }) => tags.get(key) ?? []);
      return values.length === variants.length && new Set(values).size === values.length;
    });
    if (name === undefined) return undefined;
    const refs: Json[] = [];
    const mapping: Json = {};
    for (const { node, tags } of variants) {
      const value = tags.get(name) ?? '';
      const wish = `${hint}${pascal(value)}`;
      const written = this.write(node, inside, wish);
      const { $ref } = typeof written.$ref === 'string' ? written : this.#writeInner({ node, inside }, wish);
      refs.push({ $ref });
      mapping[value] = $ref;
    }
    const discriminator = { propertyName: name, mapping };
    return { refs, discriminator, isNullable: variants.length < schemas.length };
  }

  #refer(reference: string, inside: Resource, hint: string): Json {
    const found = this.#lookup.find(reference, inside);
    if (!found) {
      throw new FusioError(
        'SCHEMA_INVALID',
        `openapi: ${hint} has $ref "${reference}", which is neither in its $defs nor a schema named with fusio.schema()`,
      );
    }
    if (this.#names.wishOf(found.node) !== undefined) return { $ref: this.write(found.node, found.inside, hint).$ref };
    return this.#writeInner(found, nameOfId(found.name) ?? hint);
  }
}

function isInternal(key: string, value: unknown): boolean {
  // `$id` would change what `#/components/…` means, and `$defs` have become components.
  const isHidden = key.startsWith('~') || key === '$comment' || locators.has(key);
  return isHidden || value === undefined || typeof value === 'function' || typeof value === 'symbol';
}

/** Leaves out of a value all that JSON does not have. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? Number(one) : one));
  return text === undefined ? undefined : JSON.parse(text);
}
