import { FusioError } from '../base/errors.js';
import { type Check, compile } from './compile.js';
import {
  eachSubschema,
  eachSubschemaIn,
  isNode,
  type KeywordKind,
  keywords,
  listOf,
  literalsOf,
  type SchemaNode,
  typesOf,
} from './keywords.js';
import { definitionOf, type LinkedSchema, withDefinitions } from './link.js';
import { sharingNumbers, uniqueness } from './unique.js';

/**
 * Recursive schema in which a value may be checked by several schemas at once, as those of a union. Each of them comes back to the
 * same members, so checking as the schema stands takes twice as long for each level of the value. Here the schema is cut at the
 * places where a member leads back into a cycle: what one place decided of an object is remembered for as long as that value is read.
 */
export interface Recursion {
  /** The schema in which each place is a refinement: nothing in it is recursive. */
  readonly cut: LinkedSchema;
  /** By the number in the message of a place's refinement. */
  readonly places: readonly LinkedSchema[];
  /** Cuts a part of the schema, and makes it a schema of its own. */
  alone(node: SchemaNode): SchemaNode;
  /** Runs what reads or checks one value; its decisions are forgotten afterwards. `isBounded`: its steps are counted. */
  within<Result>(value: unknown, isBounded: boolean, run: () => Result): Result;
  /** Takes a step; throws `REQUEST_TOO_COMPLEX` where none is left: there are many times more than the size of the value needs. */
  step(): void;
}

/** Prefix by which `issues.ts` tells a place from a refinement. */
export const placeMark = 'fusio:place:';

/** Returns undefined for a schema that takes no more steps than the value has parts: nearly all are so. */
export function recursionOf(linked: LinkedSchema): Recursion | undefined {
  const cyclic = cyclicDefinitions(linked.definitions);
  if (cyclic.size === 0 || ![...cyclic].some((name) => isBranching(linked.definitions[name], linked))) return undefined;
  return createRecursion(linked, cyclic);
}

/** Decisions about one value. */
interface Memo {
  readonly value: unknown;
  left: number;
  /** The value is measured when these steps are taken: few values need as many. */
  isMeasured: boolean;
  /** By the number of the place. */
  readonly decided: (Map<object, boolean> | undefined)[];
}

function createRecursion(linked: LinkedSchema, cyclic: ReadonlySet<string>): Recursion {
  const places: LinkedSchema[] = [];
  const definitions: Record<string, unknown> = {};
  const byNode = new Map<unknown, SchemaNode>();
  let memo: Memo | undefined;

  function step(): void {
    if (memo === undefined || --memo.left >= 0) return;
    if (memo.isMeasured) throw new FusioError('REQUEST_TOO_COMPLEX');
    memo.isMeasured = true;
    memo.left = sizeOf(memo.value) * stepsPerMember;
  }

  /** Replaces a schema of a member or an item that leads back into a cycle. */
  function placeOf(node: SchemaNode): SchemaNode {
    const key = Object.keys(node).length === 1 && node.$ref !== undefined ? node.$ref : node;
    let place = byNode.get(key);
    if (!place) {
      const index = places.length;
      place = { '~refine': [{ check: checkPlace(index), error: () => `${placeMark}${index}` }] };
      byNode.set(key, place);
      places.push({ root: node, definitions });
      places[index] = { root: alone(node), definitions };
    }
    return place;
  }

  function checkPlace(index: number): Check {
    let check: Check | undefined;
    const test: Check = (value) => {
      check ??= compile(places[index]?.root ?? {});
      return check(value);
    };
    return (value) => {
      if (memo === undefined || typeof value !== 'object' || value === null) return test(value);
      memo.decided[index] ??= new Map();
      const decided = memo.decided[index];
      let fits = decided.get(value);
      if (fits === undefined) {
        step();
        fits = test(value);
        decided.set(value, fits);
      }
      return fits;
    };
  }

  function cut(node: unknown): unknown {
    return isNode(node) ? mapSubschemas(node, cutIn) : node;
  }

  function cutIn(keyword: string, node: unknown): unknown {
    return isNode(node) && !inPlace.has(keyword) && reaches(node, cyclic, linked) ? placeOf(node) : cut(node);
  }

  function alone(node: SchemaNode): SchemaNode {
    const part = cut(node);
    return withDefinitions(isNode(part) ? part : node, definitions);
  }

  for (const [name, node] of Object.entries(linked.definitions)) definitions[name] = cut(node);
  const { $defs: _, ...root } = linked.root;
  const stepsPerMember = 20 + 4 * countSchemas([root, ...Object.values(linked.definitions)]);
  return {
    cut: { root: alone(root), definitions },
    places,
    alone,
    step,
    within(value, isBounded, run) {
      const outer = memo;
      memo = { value, left: isBounded ? firstSteps : Number.POSITIVE_INFINITY, isMeasured: false, decided: [] };
      try {
        return sharingNumbers(run);
      } finally {
        memo = outer;
      }
    },
  };
}

const firstSteps = 10_000;

/** Keywords whose schemas apply to the value itself, and not to a member or an item. */
const inPlace: ReadonlySet<string> = new Set([
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentSchemas',
  'dependencies',
]);

/** Copies a schema with other schemas in its keywords; the same one where none changes. */
function mapSubschemas(node: SchemaNode, change: (keyword: string, schema: unknown) => unknown): SchemaNode {
  let copy: Record<string, unknown> | undefined;
  for (const key of Object.keys(node)) {
    const value = node[key];
    let changed: unknown = value;
    eachSubschemaIn(key, value, (schema, member) => {
      const next = change(key, schema);
      if (next === schema) return;
      if (member === undefined) changed = next;
      else {
        // A copy of a list or of a map, whose members go by these names.
        if (changed === value) changed = Array.isArray(value) ? [...value] : copyOf(value as SchemaNode);
        Object.defineProperty(changed, member, { value: next, enumerable: true, configurable: true, writable: true });
      }
    });
    if (changed === value) continue;
    copy ??= copyOf(node);
    copy[key] = changed;
  }
  return copy ?? node;
}

/** Copies an object, with the refinements that typebox hides. */
function copyOf(node: SchemaNode): Record<string, unknown> {
  const copy: Record<string, unknown> = Object.fromEntries(Object.entries(node));
  if (node['~refine'] !== undefined) copy['~refine'] = node['~refine'];
  return copy;
}

/** Tells whether a schema applies one of these definitions to the value itself. */
function reaches(
  node: SchemaNode,
  names: ReadonlySet<string>,
  linked: LinkedSchema,
  seen = new Set<SchemaNode>(),
): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  if (node.$ref !== undefined) {
    if (names.has(nameOf(node.$ref))) return true;
    const target = definitionOf(linked, node.$ref);
    if (isNode(target) && reaches(target, names, linked, seen)) return true;
  }
  let found = false;
  for (const keyword of inPlace) {
    eachSubschemaIn(keyword, node[keyword], (schema) => {
      found ||= isNode(schema) && reaches(schema, names, linked, seen);
    });
  }
  return found;
}

function nameOf(reference: string): string {
  return reference.slice('#/$defs/'.length);
}

/** Names the definitions that lead back to themselves. */
function cyclicDefinitions(definitions: LinkedSchema['definitions']): ReadonlySet<string> {
  const targets = new Map(Object.entries(definitions).map(([name, node]) => [name, referencesIn(node)]));
  const cyclic = new Set<string>();
  for (const name of targets.keys()) {
    const seen = new Set<string>();
    const open = [...(targets.get(name) ?? [])];
    for (let next = open.pop(); next !== undefined && !seen.has(name); next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(targets.get(next) ?? []));
    }
    if (seen.has(name)) cyclic.add(name);
  }
  return cyclic;
}

function referencesIn(node: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (!isNode(node)) return found;
  if (node.$ref !== undefined) found.add(nameOf(node.$ref));
  eachSubschema(node, (schema) => referencesIn(schema, found));
  return found;
}

/** Keywords that may check a member or an item for a second time, or all that is in it. */
const repeating = [
  'not',
  'if',
  'dependentSchemas',
  'dependencies',
  'contains',
  'patternProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
];

const holders: ReadonlySet<KeywordKind | undefined> = new Set([
  'schema',
  'schemas',
  'schemaMap',
  'patternMap',
  'items',
  'dependencies',
]);

/** Tells whether a schema, or one that it leads to, may check the same value twice. */
function isBranching(node: unknown, linked: LinkedSchema, seen = new Set<unknown>()): boolean {
  if (!isNode(node) || seen.has(node)) return false;
  seen.add(node);
  if (repeating.some((keyword) => keyword in node) || listOf(node.allOf).some(isRepeating)) return true;
  if ([node.anyOf, node.oneOf].some((union) => isAmbiguous(listOf(union), linked))) return true;
  if (node.$ref !== undefined) {
    if (Object.keys(node).some((key) => holders.has(keywords.get(key)))) return true;
    if (isBranching(definitionOf(linked, node.$ref), linked, seen)) return true;
  }
  let found = false;
  eachSubschema(node, (schema) => {
    found ||= isBranching(schema, linked, seen);
  });
  return found;
}

/** Tells a part of `allOf` from a refinement, such as a format, that looks at nothing inside of the value. */
function isRepeating(node: unknown): boolean {
  if (!isNode(node)) return false;
  return Object.keys(node).some((key) => key !== '~refine') || listOf(node['~refine']).includes(uniqueness);
}

/** Tells whether an object or a list may fit more than one schema of a union, as far as their types say. */
function isAmbiguous(union: readonly unknown[], linked: LinkedSchema): boolean {
  const kinds = union.map((branch) => kindsOf(branch, linked));
  return ['object', 'array'].some((kind) => kinds.filter((one) => !one || one.includes(kind)).length > 1);
}

function kindsOf(schema: unknown, linked: LinkedSchema): readonly string[] | undefined {
  let node = schema;
  while (isNode(node)) {
    const types = typesOf(node);
    if (types.length > 0) return types;
    const literals = literalsOf(node);
    if (literals) return literals.some((one) => Object(one) === one) ? undefined : [];
    if (node.$ref === undefined) return undefined;
    node = definitionOf(linked, node.$ref);
  }
  return undefined;
}

function countSchemas(schemas: readonly unknown[]): number {
  let count = 0;
  function visit(schema: unknown): void {
    count++;
    if (isNode(schema)) eachSubschema(schema, visit);
  }
  schemas.forEach(visit);
  return count;
}

/** Counts the members and items of a value; those of a value that is too large to be a request's are not all counted. */
function sizeOf(value: unknown): number {
  let size = 0;
  const open = [value];
  while (open.length > 0 && size < 10_000_000) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    for (const member of Array.isArray(next) ? next : Object.values(next)) {
      size++;
      if (typeof member === 'object' && member !== null) open.push(member);
    }
  }
  return size;
}
