import { isNode, listOf, type SchemaNode } from '../schema/keywords.js';
import type { Schemas } from '../schema/schemas.js';
import { byText } from './openapi.js';

/** Names of components: each is given once, and the same schema has the same name wherever it appears. */
export class ComponentNames {
  readonly #schemas: Pick<Schemas, 'nameOf'>;
  readonly #taken = new Set<string>();
  /** Names of components that were written, of a request or of a response. */
  readonly #written = new Set<string>();
  readonly #bySchema = new Map<object, string>();
  /** Names that schemas would like, should they become a component. */
  readonly #wishes = new Map<object, string>();
  /** Schemas by their text, for copies; undefined where several have the same. */
  readonly #byText = new Map<string, SchemaNode | undefined>();
  /** Names of schemas inside other ones by their text: copies, as each part of a module has them, share one. */
  readonly #inner = new Map<string, string>();

  constructor({ named, nameOf }: Pick<Schemas, 'named' | 'nameOf'>) {
    this.#schemas = { nameOf };
    for (const [name, schema] of [...named].sort(([a], [b]) => byText(a, b))) {
      this.#taken.add(nameFrom(name));
      this.#remember(schema);
    }
  }

  /** Gives a schema that is the whole of something a name of its own, where it is an object or a union of some. */
  claim(schema: object, name: string): void {
    if (!isNode(schema) || this.wishOf(schema) !== undefined || !isComposite(schema)) return;
    this.#wishes.set(schema, idName(schema) ?? name);
    this.#remember(schema);
  }

  /** Returns the name that a schema should have: its name of `fusio.schema`, or the claimed one. */
  wishOf(schema: object): string | undefined {
    const name = this.#schemas.nameOf(schema);
    return name === undefined ? this.#wishes.get(schema) : nameFrom(name);
  }

  /** Returns a name that no component has. */
  free(name: string): string {
    let free = name;
    for (let count = 2; this.#taken.has(free); count++) free = `${name}${count}`;
    return free;
  }

  /** Takes a free name. */
  take(name: string): string {
    const free = this.free(name);
    this.#taken.add(free);
    return free;
  }

  /** Marks a name as that of a component. */
  write(name: string): void {
    this.#taken.add(name);
    this.#written.add(name);
  }

  /** Names a schema that has a wish. */
  place(schema: object, wish: string): string {
    return this.#name(schema, () => {
      const isNamed = this.#schemas.nameOf(schema) !== undefined && !this.#written.has(wish);
      return isNamed ? wish : this.free(nameFrom(wish));
    });
  }

  /** Names a schema inside another one; the same for schemas with the same text. */
  placeInner(schema: object, wish: string, textOf: () => string): string {
    return this.#name(schema, () => {
      const key = `${wish} ${textOf()}`;
      const name = this.#inner.get(key) ?? this.free(nameFrom(wish));
      this.#inner.set(key, name);
      return name;
    });
  }

  #name(schema: object, make: () => string): string {
    const name = this.#bySchema.get(schema) ?? make();
    this.#bySchema.set(schema, name);
    return name;
  }

  /** Finds the registered schema that this is a copy of: `Type.Optional(Todo)` is a clone of `Todo`. */
  original(node: SchemaNode): SchemaNode {
    const found = isCopy(node) ? this.#byText.get(JSON.stringify(node)) : undefined;
    return found && (this.#schemas.nameOf(found) !== undefined || sharesParts(node, found)) ? found : node;
  }

  #remember(schema: SchemaNode): void {
    const text = JSON.stringify(schema);
    this.#byText.set(text, this.#byText.has(text) && this.#byText.get(text) !== schema ? undefined : schema);
  }
}

/** OpenAPI 3.1, 4.8.7: a component's name has only these characters. */
function nameFrom(text: string): string {
  return text.replace(/[^a-zA-Z0-9._-]+/g, '_');
}

export function idName({ $id }: SchemaNode): string | undefined {
  return typeof $id === 'string' ? nameOfId($id) : undefined;
}

/** Takes a name out of an `$id`: the last part of a URL. TypeBox numbers recursive types by a counter of the process: that is no name. */
export function nameOfId(id: string): string | undefined {
  const path = id.replace(/[#?].*$/, '');
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/(\.schema)?\.json$/, '');
  return name === '' || /^T\d+$/.test(name) ? undefined : name;
}

/** Tells whether a whole body of this schema deserves a name. */
function isComposite({ type, properties, allOf, anyOf, oneOf, $ref }: SchemaNode): boolean {
  if ($ref !== undefined) return false;
  if (type === 'object' || properties) return isNode(properties) && Object.keys(properties).length > 0;
  // A schema that is only made nullable keeps its own name.
  const others = [allOf, anyOf, oneOf].flatMap(listOf).filter((part) => !isNode(part) || part.type !== 'null');
  return others.length > 1 && others.some((part) => isNode(part) && (part.$ref !== undefined || isComposite(part)));
}

/** Tells whether TypeBox has copied this schema to mark it as optional or read-only: `~optional`, and a symbol in the older package. */
function isCopy(node: object): boolean {
  if (Object.hasOwn(node, '~optional') || Object.hasOwn(node, '~readonly')) return true;
  return Object.getOwnPropertySymbols(node).some((symbol) =>
    /^TypeBox\.(Optional|Readonly)$/.test(symbol.description ?? ''),
  );
}

/** TypeBox copies a schema and not its parts: an unrelated one with the same text has parts of its own. */
function sharesParts(copy: SchemaNode, original: SchemaNode): boolean {
  return Object.entries(copy).some(([key, value]) => {
    return typeof value === 'object' && value !== null && original[key] === value;
  });
}
