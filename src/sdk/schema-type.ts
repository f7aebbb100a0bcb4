import { decodePointer, escapePointer, findPart } from '../base/json-pointer.js';
import type { Names } from './names.js';
import { byText, comment, key, quote, typeName } from './text.js';

/** Node of a document. */
export type Node = Readonly<Record<string, unknown>>;

/** Type as text, and whether it needs parentheses inside another one. */
interface Written {
  readonly text: string;
  readonly level: 'atom' | 'intersection' | 'union';
}

/** Writes JSON Schema as TypeScript. References become names; their targets are declared once, also recursive ones. */
export class SchemaTypes {
  readonly #document: Node;
  readonly #names: Names;
  /** Type names by reference, in the order in which they are declared. */
  readonly #refs = new Map<string, string>();

  constructor(document: Node, names: Names) {
    this.#document = document;
    this.#names = names;
    const { schemas } = nodeOf(nodeOf(document).components);
    for (const name of Object.keys(nodeOf(schemas)).sort(byText))
      this.#nameOf(`#/components/schemas/${escapePointer(name)}`);
  }

  /** Writes the type of a schema; further lines begin with `indent`. */
  typeOf(schema: unknown, indent: string): string {
    return this.#write(schema, indent).text;
  }

  /** Writes all declarations. Call it last: each type that is written may refer to more. */
  declarations(): string {
    const texts: string[] = [];
    // A Map that grows while it is read yields the added entries, too.
    for (const [ref, name] of this.#refs) texts.push(this.#declare(ref, name));
    return texts.join('\n');
  }

  /** Follows references to their target; returns the node itself where it is none. */
  resolve(node: unknown): Node {
    let found = nodeOf(node);
    // A circle of references ends nowhere.
    for (let depth = 0; typeof found.$ref === 'string' && depth < 32; depth++) found = nodeOf(this.#find(found.$ref));
    return found;
  }

  #declare(ref: string, name: string): string {
    const schema = this.#find(ref);
    const doc = comment(notes(nodeOf(schema)), '');
    if (isPlainObject(schema)) return `${doc}export interface ${name} ${this.#object(nodeOf(schema), '').text}\n`;
    return `${doc}export type ${name} = ${this.#write(schema, '', ref).text};\n`;
  }

  #nameOf(ref: string): string {
    const known = this.#refs.get(ref);
    if (known !== undefined) return known;
    this.#find(ref);
    const name = this.#names.claim(typeName(decodePointer(ref.slice(ref.lastIndexOf('/') + 1)) || 'Root'));
    this.#refs.set(ref, name);
    return name;
  }

  #find(ref: string): unknown {
    if (!ref.startsWith('#')) throw new Error(`sdk: $ref "${ref}" leads out of the document`);
    const found = findPart(this.#document, ref);
    if (found === undefined) throw new Error(`sdk: $ref "${ref}" leads nowhere`);
    return found;
  }

  /** Writes a schema. `alias`: the reference whose type is being written, with nothing in between (TypeScript refuses `type A = A | null`). */
  #write(schema: unknown, indent: string, alias?: string): Written {
    if (schema === false) return atom('never');
    if (!isNode(schema)) return atom('unknown');
    const node = schema;
    const parts: Written[] = [];
    if (typeof node.$ref === 'string') parts.push(this.#reference(node.$ref, alias));
    for (const one of listOf(node.allOf)) parts.push(this.#write(one, indent, alias));
    for (const list of [node.anyOf, node.oneOf]) {
      if (Array.isArray(list)) parts.push(union(list.map((one) => this.#write(one, indent, alias))));
    }
    const own = this.#own(node, indent, parts.length > 0);
    if (own) parts.push(own);
    const written = intersection(parts);
    return node.nullable === true ? union([written, atom('null')]) : written;
  }

  #reference(ref: string, alias: string | undefined): Written {
    const name = this.#nameOf(ref);
    return atom(alias !== undefined && this.#reaches(ref, alias, new Set()) ? 'unknown' : name);
  }

  #reaches(from: string, to: string, seen: Set<string>): boolean {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return bareRefs(this.#find(from)).some((ref) => this.#reaches(ref, to, seen));
  }

  /** Writes the node without its references and combinations. */
  #own(node: Node, indent: string, hasParts: boolean): Written | undefined {
    if ('const' in node) return literal(node.const);
    if (Array.isArray(node.enum)) return union(node.enum.map(literal));
    if (Array.isArray(node.type)) return union(node.type.map((type) => this.#typed(String(type), node, indent)));
    if (node.type === 'object' && hasParts && !hasKeys(node)) return undefined;
    if (typeof node.type === 'string') return this.#typed(node.type, node, indent);
    if (hasKeys(node)) return this.#object(node, indent);
    return node.items !== undefined || node.prefixItems !== undefined ? this.#array(node, indent) : undefined;
  }

  #typed(type: string, node: Node, indent: string): Written {
    if (type === 'string') return atom(node.format === 'binary' ? 'Blob' : 'string');
    if (type === 'number' || type === 'integer') return atom('number');
    if (type === 'boolean' || type === 'null') return atom(type);
    if (type === 'array') return this.#array(node, indent);
    return type === 'object' ? this.#object(node, indent) : atom('unknown');
  }

  #array({ items, prefixItems, minItems }: Node, indent: string): Written {
    if (!Array.isArray(prefixItems)) return atom(`${wrapped(this.#write(items, indent))}[]`);
    const least = typeof minItems === 'number' ? minItems : prefixItems.length;
    const parts = prefixItems.map((item, index) => {
      const written = this.#write(item, indent);
      return index < least ? written.text : `${wrapped(written)}?`;
    });
    if (typeof items === 'object' && items !== null) parts.push(`...${wrapped(this.#write(items, indent))}[]`);
    return atom(`[${parts.join(', ')}]`);
  }

  #object(node: Node, indent: string): Written {
    const inner = `${indent}  `;
    const properties = nodeOf(node.properties);
    const required = new Set(listOf(node.required).map(String));
    const values: Written[] = [];
    const lines: string[] = [];
    for (const name of new Set([...Object.keys(properties), ...required])) {
      const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
      const written = this.#write(schema, inner);
      values.push(written);
      const doc = comment(notes(nodeOf(schema)), inner);
      lines.push(`${doc}${inner}${key(name)}${required.has(name) ? '' : '?'}: ${written.text};\n`);
    }
    const others = this.#others(node, inner, lines.length > 0);
    if (others.length > 0) {
      // An index signature speaks of the declared properties as well.
      const hasOptional = Object.keys(properties).some((name) => !required.has(name));
      const all = union([...others, ...values, ...(hasOptional ? [atom('undefined')] : [])]);
      lines.push(`${inner}[name: string]: ${all.text};\n`);
    }
    return atom(lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`);
  }

  /** Writes the types of properties that are not declared; empty where there may be none. */
  #others(node: Node, indent: string, hasDeclared: boolean): Written[] {
    const patterns = Object.values(nodeOf(node.patternProperties)).map((one) => this.#write(one, indent));
    const { additionalProperties: rest } = node;
    if (typeof rest === 'object' && rest !== null) return [...patterns, this.#write(rest, indent)];
    if (rest === true) return [atom('unknown')];
    if (patterns.length > 0) return patterns;
    if (hasDeclared) return [];
    return [atom(rest === false ? 'never' : 'unknown')];
  }
}

/** Lists the lines of the doc comment of a schema. */
export function notes(node: Node): (string | false)[] {
  const { description, title, deprecated } = node;
  const text = typeof description === 'string' ? description : title;
  return [
    typeof text === 'string' && text,
    node.default !== undefined && `@default ${JSON.stringify(node.default)}`,
    deprecated === true && '@deprecated',
  ];
}

export function nodeOf(value: unknown): Node {
  return isNode(value) ? value : {};
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function atom(text: string): Written {
  return { text, level: 'atom' };
}

function wrapped({ text, level }: Written): string {
  return level === 'atom' ? text : `(${text})`;
}

function union(parts: readonly Written[]): Written {
  const texts = [...new Set(parts.map(({ text, level }) => (level === 'intersection' ? `(${text})` : text)))];
  if (texts.includes('unknown')) return atom('unknown');
  const some = texts.filter((text) => text !== 'never');
  const [only = 'never'] = some;
  if (some.length > 1) return { text: some.join(' | '), level: 'union' };
  return parts.find(({ text }) => text === only) ?? atom(only);
}

function intersection(parts: readonly Written[]): Written {
  const known = parts.filter(({ text }) => text !== 'unknown');
  const texts = [...new Set(known.map(wrapped))];
  const [only = atom('unknown')] = known;
  return texts.length < 2 ? only : { text: texts.join(' & '), level: 'intersection' };
}

function literal(value: unknown): Written {
  if (typeof value === 'string') return atom(quote(value));
  if (Array.isArray(value)) return atom(`[${value.map((one) => literal(one).text).join(', ')}]`);
  if (typeof value !== 'object' || value === null) return atom(String(value));
  return atom(
    `{ ${Object.entries(value)
      .map(([name, one]) => `${key(name)}: ${literal(one).text}`)
      .join('; ')} }`,
  );
}

/** Lists references with nothing in between: not those in a property or an item. */
function bareRefs(schema: unknown): string[] {
  const { $ref, allOf, anyOf, oneOf } = nodeOf(schema);
  const own = typeof $ref === 'string' ? [$ref] : [];
  return [...own, ...[allOf, anyOf, oneOf].flatMap(listOf).flatMap(bareRefs)];
}

function isPlainObject(schema: unknown): boolean {
  const node = nodeOf(schema);
  if (['$ref', 'allOf', 'anyOf', 'oneOf', 'const', 'enum'].some((name) => name in node)) return false;
  return node.nullable !== true && (node.type === 'object' || (node.type === undefined && hasKeys(node)));
}

function hasKeys({ properties, required, additionalProperties, patternProperties }: Node): boolean {
  return [properties, required, additionalProperties, patternProperties].some(
    (one) => one !== undefined && one !== false,
  );
}
