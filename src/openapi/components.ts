import { FusioError } from '../base/errors.js';
import type { Schemas } from '../schema/schemas.js';
import { byText, type Json, pascal } from './openapi.js';
import { enterReferenceScope, type ReferenceScope, referenceScopeOf, resolveRef } from './reference-scope.js';
import { joinSides, requestName } from './request-and-response.js';
import { simplify, type Tagged, union } from './simplify.js';

/** A property of a schema, with the schema that it came from. */
export interface Property {
  readonly node: object;
  readonly scope: ReferenceScope;
  readonly isRequired: boolean;
}

/**
 * Brings schemas into the form of the document and collects those that get a name: schemas named with `fusio.schema`, what
 * has an `$id` or stands in `$defs`, and whole bodies. The same object has the same name wherever it appears.
 */
export class Components {
  readonly #schemas: Pick<Schemas, 'named' | 'nameOf'>;
  /** Component by name; undefined while it is being made, so that it may refer to itself. */
  readonly #request = new Map<string, Json | undefined>();
  readonly #response = new Map<string, Json | undefined>();
  /** Where what is made now belongs: one of the two. */
  #parts = this.#response;
  readonly #taken = new Set<string>();
  /** The component's name by the schema it was made of. */
  readonly #names = new Map<object, string>();
  /** Schemas that become a component when they are met, with the name they would like. */
  readonly #wishes = new Map<object, string>();
  /** Schemas by their text, for copies; undefined where several have the same. */
  readonly #texts = new Map<string, object | undefined>();
  readonly #hoisted = new Map<string, string>();

  constructor(schemas: Pick<Schemas, 'named' | 'nameOf'>) {
    this.#schemas = schemas;
    for (const [name, schema] of [...schemas.named].sort(([a], [b]) => byText(a, b))) {
      this.#taken.add(nameFrom(name));
      this.#remember(schema);
    }
  }

  /** Says that a schema is the whole of something, and so gets a name of its own where it is an object or a union of some. */
  claim(schema: object, name: string): void {
    if (this.#schemas.nameOf(schema) !== undefined || this.#wishes.has(schema) || !isComposite(schema)) return;
    this.#wishes.set(schema, idName(schema) ?? name);
    this.#remember(schema);
  }

  /** The schema as the document shows it: a reference, or in place. `hint` begins the names of what has none. */
  use(schema: object, hint: string): Json {
    return this.translate(schema, referenceScopeOf(schema), hint);
  }

  /** Whatever is used within is part of a request: there a property with a default may be left out. */
  inRequest<Made>(make: () => Made): Made {
    this.#parts = this.#request;
    try {
      return make();
    } finally {
      this.#parts = this.#response;
    }
  }

  /** Adds a component of our own and returns the reference to it. */
  add(name: string, make: () => Json): Json {
    return this.#add(name, make);
  }

  /** A name that nobody has. */
  free(name: string): string {
    let free = name;
    for (let count = 2; this.#taken.has(free); count++) free = `${name}${count}`;
    return free;
  }

  /** All components, by name. What refers to them, in `parts`, is brought to their final names. */
  finish(parts: unknown): Record<string, Json> {
    return joinSides(this.#request, this.#response, parts, (name) => {
      const free = this.free(`${name}Input`);
      this.#taken.add(free);
      return free;
    });
  }

  /** The properties of an object schema, through references and `allOf`; undefined where it is not as plain as that. */
  propertiesOf(schema: object, scope = referenceScopeOf(schema)): Map<string, Property> | undefined {
    const [node, inner] = this.#resolved(schema, scope);
    const { properties, required = [], allOf, anyOf, oneOf, patternProperties } = node;
    if (anyOf || oneOf || patternProperties) return undefined;
    const all = new Map<string, Property>();
    for (const part of (allOf as object[] | undefined) ?? []) {
      const found = this.propertiesOf(part, inner);
      if (!found) return undefined;
      for (const [name, property] of found) all.set(name, property);
    }
    if (!properties && !allOf) return undefined;
    for (const [name, property] of Object.entries((properties as Record<string, object>) ?? {})) {
      const isRequired = (required as readonly string[]).includes(name);
      all.set(name, { node: property, scope: inner, isRequired });
    }
    return all;
  }

  /** Whether the server fills a value in where none comes. */
  hasDefault(schema: object | boolean, scope: ReferenceScope = referenceScopeOf(schema as object), depth = 0): boolean {
    if (!isObject(schema) || depth > 32) return false;
    const [node, inner] = this.#resolved(schema, scope);
    const parts = Array.isArray(node.allOf) ? (node.allOf as object[]) : [];
    // What stands beside a reference counts as well.
    if ((schema as Json).default !== undefined || node.default !== undefined) return true;
    return parts.some((part) => this.hasDefault(part, inner, depth + 1));
  }

  /** The node itself, after references. */
  resolve(schema: object, scope = referenceScopeOf(schema)): Json {
    return this.#resolved(schema, scope)[0];
  }

  /** Any schema, at the top or inside another one. */
  translate(node: object | boolean, scope: ReferenceScope, hint: string): Json {
    // JSON Schema has `true` and `false`; generators like them less.
    if (typeof node === 'boolean') return node ? {} : { not: {} };
    const original = this.#original(node);
    const named = this.#schemas.nameOf(original);
    if (named !== undefined) return this.#place(original, nameFrom(named), referenceScopeOf(original));
    const wish = this.#wishes.get(original);
    if (wish !== undefined) return this.#place(original, wish, referenceScopeOf(original));
    if (idName(node) !== undefined || (node as Json).$id !== undefined)
      return this.#hoist(node, idName(node) ?? hint, scope);
    return this.#content(node, scope, hint);
  }

  /** The one registered schema that this is a copy of: `Type.Optional(Todo)` is a clone of `Todo`. */
  #original(node: object): object {
    const found = isCopy(node) ? this.#texts.get(JSON.stringify(node)) : undefined;
    return found && (this.#schemas.nameOf(found) !== undefined || sharesParts(node, found)) ? found : node;
  }

  #remember(schema: object): void {
    const text = JSON.stringify(schema);
    this.#texts.set(text, this.#texts.has(text) && this.#texts.get(text) !== schema ? undefined : schema);
  }

  /** Makes a component of a schema, once. */
  #place(schema: object, name: string, scope: ReferenceScope): Json {
    const known = this.#names.get(schema);
    if (known !== undefined) return this.#make(schema, known, scope);
    const isNamed = this.#schemas.nameOf(schema) !== undefined && !this.#request.has(name) && !this.#response.has(name);
    return this.#make(schema, isNamed ? name : this.free(nameFrom(name)), scope);
  }

  /** Makes a component of what stands inside another schema. Copies of it, as each part of a module has them, share one. */
  #hoist(node: object, wish: string, scope: ReferenceScope): Json {
    const known = this.#names.get(node);
    if (known !== undefined) return this.#make(node, known, scope);
    const key = JSON.stringify([wish, node, [...scope.defs]]);
    const name = this.#hoisted.get(key) ?? this.free(nameFrom(wish));
    this.#hoisted.set(key, name);
    return this.#make(node, name, scope);
  }

  #make(schema: object, name: string, scope: ReferenceScope): Json {
    this.#names.set(schema, name);
    return this.#add(name, () => this.#content(schema, scope, name));
  }

  #add(name: string, make: () => Json): Json {
    const parts = this.#parts;
    if (!parts.has(name)) {
      this.#taken.add(name);
      parts.set(name, undefined);
      parts.set(name, make());
    }
    return { $ref: `#/components/schemas/${parts === this.#request ? requestName(name) : name}` };
  }

  /** The keywords of one node; what is below it through `translate`. */
  #content(node: object, outer: ReferenceScope, hint: string): Json {
    const scope = enterReferenceScope(outer, node);
    const content: Json = {};
    for (const [key, value] of Object.entries(node)) {
      if (isInternal(key, value)) continue;
      if (references.has(key)) content.$ref = this.#refer(String(value), scope, hint).$ref;
      else if (key === 'dependencies' && isObject(value))
        Object.assign(content, this.#dependencies(value, scope, hint));
      else if (key === 'required' && Array.isArray(value))
        Object.assign(content, this.#required(node as Json, value, scope));
      else if (maps.has(key) && isObject(value)) content[key] = this.#map(value, scope, hint);
      else if (lists.has(key) && Array.isArray(value)) content[key] = this.#list(key, value, scope, hint);
      else if (key === 'items' && Array.isArray(value)) content.prefixItems = this.#list(key, value, scope, hint);
      else if (singles.has(key) && isObject(value))
        content[key] = this.translate(value, scope, key === 'items' ? `${hint}Item` : hint);
      else content[key] = plain(value);
    }
    return union(simplify(content));
  }

  /** What must be there. In a request that is not what the server fills in. */
  #required(node: Json, names: readonly string[], scope: ReferenceScope): Json {
    if (this.#parts === this.#response) return { required: [...names] };
    const properties = [node, ...((node.allOf as Json[] | undefined) ?? [])].flatMap((part) => {
      return isObject(part.properties) ? [part.properties as Record<string, object>] : [];
    });
    const required = names.filter((name) => {
      return !properties.some((own) => Object.hasOwn(own, name) && this.hasDefault(own[name]!, scope));
    });
    // Draft 4 and its like want one name at least.
    return required.length > 0 || names.length === 0 ? { required } : {};
  }

  #map(value: object, scope: ReferenceScope, hint: string): Json {
    return Object.fromEntries(
      Object.entries(value).map(([name, child]) => [name, this.translate(child, scope, `${hint}${pascal(name)}`)]),
    );
  }

  /** Draft 7 has one keyword for what are two now. */
  #dependencies(value: object, scope: ReferenceScope, hint: string): Json {
    const entries = Object.entries(value);
    const names = entries.filter(([, one]) => Array.isArray(one));
    const schemas = entries.filter(([, one]) => !Array.isArray(one));
    return {
      ...(names.length > 0 && { dependentRequired: Object.fromEntries(names) }),
      ...(schemas.length > 0 && { dependentSchemas: this.#map(Object.fromEntries(schemas), scope, hint) }),
    };
  }

  #list(key: string, nodes: readonly (object | boolean)[], scope: ReferenceScope, hint: string): unknown {
    if (key === 'anyOf' || key === 'oneOf') {
      const tagged = this.#tagged(nodes, scope, hint);
      if (tagged) return tagged;
      return nodes.map((node, index) => this.translate(node, scope, `${hint}Option${index + 1}`));
    }
    return nodes.map((node, index) => this.translate(node, scope, `${hint}${index + 1}`));
  }

  /** Variants that a required constant tells apart, as components: what a discriminator can name (OpenAPI 3.1, 4.8.25). */
  #tagged(nodes: readonly (object | boolean)[], scope: ReferenceScope, hint: string): Tagged | undefined {
    const variants = nodes.filter((node): node is object => typeof node === 'object' && (node as Json).type !== 'null');
    if (variants.length < 2) return undefined;
    const tags = variants.map((node) => this.#tagsOf(node, scope));
    const name = [...tags[0]!.keys()].find(
      (key) => new Set(tags.map((of) => of.get(key))).size === tags.length && tags.every((of) => of.has(key)),
    );
    if (name === undefined) return undefined;
    const refs = variants.map((node, index) => {
      const translated = this.translate(node, scope, `${hint}${pascal(tags[index]!.get(name)!)}`);
      if (typeof translated.$ref === 'string') return { $ref: translated.$ref };
      return this.#hoist(node, `${hint}${pascal(tags[index]!.get(name)!)}`, scope);
    });
    const mapping = Object.fromEntries(refs.map(({ $ref }, index) => [tags[index]!.get(name)!, $ref]));
    return { refs, discriminator: { propertyName: name, mapping }, isNullable: variants.length < nodes.length };
  }

  #tagsOf(node: object, scope: ReferenceScope): Map<string, string> {
    const tags = new Map<string, string>();
    for (const [name, property] of this.propertiesOf(node, scope) ?? []) {
      const { const: constant } = this.resolve(property.node, property.scope);
      if (property.isRequired && typeof constant === 'string') tags.set(name, constant);
    }
    return tags;
  }

  #refer(ref: string, scope: ReferenceScope, hint: string): Json {
    const found = this.#find(ref, scope);
    if (!found) {
      throw new FusioError(
        'SCHEMA_INVALID',
        `openapi: ${hint} has $ref "${ref}", which is neither in its $defs nor a schema named with fusio.schema()`,
      );
    }
    const { node } = found;
    if (this.#schemas.nameOf(node) !== undefined || this.#wishes.has(node))
      return this.translate(node, found.scope, hint);
    return this.#hoist(node, nameOfId(found.name) ?? hint, found.scope);
  }

  /** What a reference means: a place in its own schema, or a schema that was named. */
  #find(ref: string, scope: ReferenceScope): Found | undefined {
    const own = resolveRef(ref, scope);
    if (own) return { ...own, scope };
    const [, name = '', pointer = ''] = /^(?:#\/components\/schemas\/)?([^/#]+)#?(\/.*)?$/.exec(ref) ?? [];
    const root = this.#schemas.named.get(name);
    if (!root) return undefined;
    const inner = referenceScopeOf(root);
    if (pointer === '') return { node: root, name, scope: inner };
    const part = resolveRef(`#${pointer}`, inner);
    return part && { node: part.node, name: `${name}${pascal(part.name)}`, scope: inner };
  }

  #resolved(schema: object, outer: ReferenceScope): [Json, ReferenceScope] {
    let node = schema as Json;
    let scope = enterReferenceScope(outer, schema);
    // A reference to itself ends nowhere.
    for (let depth = 0; typeof node.$ref === 'string' && depth < 32; depth++) {
      const found = this.#find(node.$ref, scope);
      if (!found) break;
      scope = enterReferenceScope(found.scope, found.node);
      node = found.node as Json;
    }
    return [node, scope];
  }
}

interface Found {
  readonly node: object;
  readonly name: string;
  readonly scope: ReferenceScope;
}

// A recursive reference of another kind means the same here: no schema extends another one dynamically.
const references = new Set(['$ref', '$dynamicRef', '$recursiveRef']);
const maps = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const lists = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const singles = new Set([
  'items',
  'additionalItems',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
  'contains',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
// `$id` would change what `#/components/…` means, and `$defs` have become components.
const dropped = new Set([
  '$id',
  '$schema',
  '$defs',
  'definitions',
  '$anchor',
  '$dynamicAnchor',
  '$recursiveAnchor',
  '$comment',
  '$vocabulary',
]);

function isInternal(key: string, value: unknown): boolean {
  return (
    key.startsWith('~') ||
    dropped.has(key) ||
    value === undefined ||
    typeof value === 'function' ||
    typeof value === 'symbol'
  );
}

/** OpenAPI 3.1, 4.8.7: a component's name has only these characters. */
function nameFrom(text: string): string {
  return text.replace(/[^a-zA-Z0-9._-]+/g, '_');
}

function idName(schema: object): string | undefined {
  const { $id } = schema as Json;
  return typeof $id === 'string' ? nameOfId($id) : undefined;
}

/** A name out of an `$id`: the last part of a URL. TypeBox numbers recursive types by a counter of the process: that is no name. */
function nameOfId(id: string): string | undefined {
  const name = id
    .replace(/[#?].*$/, '')
    .split('/')
    .at(-1)!
    .replace(/(\.schema)?\.json$/, '');
  return name === '' || /^T\d+$/.test(name) ? undefined : name;
}

/** Whether a whole body of this schema deserves a name. */
function isComposite(schema: object): boolean {
  const { type, properties, allOf, anyOf, oneOf, $ref } = schema as Json;
  if ($ref !== undefined) return false;
  if (type === 'object' || properties) return isObject(properties) && Object.keys(properties).length > 0;
  const parts = [allOf, anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? (list as Json[]) : []));
  // What is only made nullable keeps its own name.
  const others = parts.filter((part) => part.type !== 'null');
  return others.length > 1 && others.some((part) => part.$ref !== undefined || isComposite(part));
}

/** Whether TypeBox has copied this schema to mark it as optional or read-only: `~optional`, and a symbol in the older package. */
function isCopy(node: object): boolean {
  if (Object.hasOwn(node, '~optional') || Object.hasOwn(node, '~readonly')) return true;
  return Object.getOwnPropertySymbols(node).some((symbol) =>
    /^TypeBox\.(Optional|Readonly)$/.test(symbol.description ?? ''),
  );
}

/** TypeBox copies a schema and not what is in it: an unrelated one with the same text has parts of its own. */
function sharesParts(copy: object, original: object): boolean {
  return Object.entries(copy).some(([key, value]) => {
    return typeof value === 'object' && value !== null && (original as Json)[key] === value;
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value without anything that JSON does not have. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? Number(one) : one));
  return text === undefined ? undefined : JSON.parse(text);
}
