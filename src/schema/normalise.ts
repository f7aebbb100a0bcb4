import { isBare } from '../base/plain-record.js';
import { type Choice, type Chooser, choicesOf, createChooser } from './choices.js';
import { type Coerce, coercionOf } from './coerce.js';
import { canGenerate, generate, same, withRecipe } from './generate.js';
import {
  isPlain,
  isStackOverflow,
  maxValueDepth,
  put,
  refuseBigint,
  refuseDepth,
  Unreadable,
  unwrap,
} from './json-form.js';
import { isNode, listOf, type SchemaNode } from './keywords.js';
import type { LinkedSchema } from './link.js';

export interface NormaliseOptions {
  readonly source: 'text' | 'json' | 'value';
  readonly drop: boolean;
  readonly defaults: boolean;
  /** A value in which nothing changes must come back as the very same one. Costs generated code. */
  readonly keepsIdentity?: boolean;
}

/** Turns a value into the normalised one; the same reference where nothing changes, else copies along the way to the change. */
export type Step = (value: unknown, depth: number) => unknown;

/** Makes steps for the schemas that apply to one place in the value, all together. */
export interface Planner {
  readonly options: NormaliseOptions;
  planOf(schemas: readonly unknown[], decided?: ReadonlySet<Choice>): Step;
  /** The same planner, one that drops nothing: for trying what a schema would make of a value. */
  readonly keeping: Planner;
  /** All schemas that apply wherever these do: through `$ref` and `allOf`. */
  flatten(schemas: readonly unknown[]): readonly SchemaNode[];
  idOf(node: SchemaNode): number;
}

/**
 * Makes the function that reads a value by a schema: coerces text, fills defaults, drops what is not declared, takes the JSON
 * form. It goes by keywords alone, so both TypeBox packages and plain JSON Schema are read alike. Nothing is changed in place:
 * a value that does not fit is left for the check to report.
 */
export function createNormaliser(schema: LinkedSchema, options: NormaliseOptions): (value: unknown) => unknown {
  if (options.source === 'json' && !options.drop && !options.defaults) return (value) => value;
  const chooser = createChooser(schema, options);
  const planner = createPlanner(schema.definitions, options, chooser);
  const plan = planner.planOf([schema.root]);
  const step = options.keepsIdentity ? plan : generate(plan);
  const fallback = options.defaults ? defaultOf(planner.flatten([schema.root])) : undefined;
  return normaliserOf(step, fallback, chooser.isUsed() ? chooser.begin : undefined);
}

function normaliserOf(step: Step, fallback: unknown, begin: (() => void) | undefined): (value: unknown) => unknown {
  return function normalise(value) {
    try {
      begin?.();
      return step(value === undefined && fallback !== undefined ? structuredClone(fallback) : value, 0);
    } catch (error) {
      if (error instanceof Unreadable) return error;
      if (isStackOverflow(error)) return new Unreadable('is nested too deeply');
      throw error;
    }
  };
}

function createPlanner(definitions: LinkedSchema['definitions'], options: NormaliseOptions, chooser: Chooser): Planner {
  const { source, drop, defaults } = options;
  const plans = new Map<string, Plan>();
  const ids = new Map<SchemaNode, number>();
  let keeping: Planner | undefined;
  let leaf: Step | undefined;
  const planner: Planner = {
    options,
    planOf,
    flatten,
    idOf,
    get keeping() {
      keeping ??= drop ? createPlanner(definitions, { ...options, drop: false }, chooser) : planner;
      return keeping;
    },
  };
  return planner;

  function planOf(schemas: readonly unknown[], decided: ReadonlySet<Choice> = none): Step {
    const nodes = flatten(schemas);
    const key = `${nodes.map(idOf).join()}|${[...decided].map((choice) => choice.number).join()}`;
    const known = plans.get(key);
    // A recursive schema meets its own plan while that is being made.
    if (known) return known.step ?? laterStep(known);
    const plan: Plan = { step: undefined };
    plans.set(key, plan);
    plan.step = makePlan(nodes, decided);
    return plan.step;
  }

  function flatten(schemas: readonly unknown[]): readonly SchemaNode[] {
    const nodes = new Set<SchemaNode>();
    function visit(schema: unknown): void {
      if (!isNode(schema) || nodes.has(schema)) return;
      nodes.add(schema);
      if (typeof schema.$ref === 'string') visit(definitions[schema.$ref.slice('#/$defs/'.length)]);
      for (const one of listOf(schema.allOf)) visit(one);
    }
    for (const schema of schemas) visit(schema);
    return [...nodes];
  }

  function idOf(node: SchemaNode): number {
    let id = ids.get(node);
    if (id === undefined) {
      id = ids.size;
      ids.set(node, id);
    }
    return id;
  }

  function makePlan(nodes: readonly SchemaNode[], decided: ReadonlySet<Choice>): Step {
    const open = nodes.flatMap(choicesOf).filter((choice) => !decided.has(choice));
    const choices = open.filter((choice) => !isInert(choice));
    if (choices.length > 0) return chooser.choosing(planner, nodes, choices, new Set([...decided, ...choices]));
    const mentioned = open.flatMap((choice) => flatten(choice.branches)).flatMap(namesIn);
    if (source === 'value') return planValue(nodes, mentioned);
    const coercions = source === 'text' ? nodes.map(coercionOf).filter((one) => one !== undefined) : [];
    return wireStep(coercions, planObject(nodes, mentioned), planArray(nodes));
  }

  /** Whether it makes no difference to the value which branch is taken. */
  function isInert(choice: Choice, seen = new Set<Choice>()): boolean {
    if (seen.has(choice)) return true;
    seen.add(choice);
    return flatten(choice.branches).every(
      (node) =>
        !shaping.some((key) => key in node) &&
        !(source === 'text' && coercionOf(node)) &&
        choicesOf(node).every((inner) => isInert(inner, seen)),
    );
  }

  function planValue(nodes: readonly SchemaNode[], mentioned: readonly string[]): Step {
    if (nodes.length === 0 || nodes.some(hasShape)) {
      return valueStep(planObject(nodes, mentioned), planArray(nodes), nodes.some(isTyped));
    }
    // Most places hold text or a number: they share one step.
    if (!nodes.some(isTyped)) return planOf([]);
    leaf ??= withRecipe(valueStep(planObject([], []), planArray([]), true), { kind: 'leaf' });
    return leaf;
  }

  function planObject(nodes: readonly SchemaNode[], mentioned: readonly string[]): Step {
    const shapes = nodes.map(shapeOf);
    const declared = new Set(shapes.flatMap((shape) => Object.keys(shape.properties)));
    const drops = drop && declared.size > 0 && !shapes.some((shape) => shape.isOpen);
    // Without a prototype: "constructor" is no known property unless it is declared.
    const steps: Record<string, Step> = Object.create(null);
    const fills: Fill[] = [];
    for (const name of declared) {
      const schemas = shapes.flatMap((shape) => schemasFor(shape, name));
      const step = planOf(schemas);
      steps[name] = step;
      const fallback = defaults ? defaultOf(flatten(schemas)) : undefined;
      if (fallback !== undefined) fills.push({ name, fallback, step });
    }
    // A property that is required or depended upon is known, even where nothing says what it is.
    for (const name of [...nodes.flatMap(namesIn), ...mentioned]) steps[name] ??= planOf([]);

    const isValue = source === 'value';
    if (shapes.some((shape) => shape.patterns.length > 0)) {
      // What their members are is planned when there are some: there may be choices among them.
      chooser.expect();
      return objectStep(steps, restByPattern(shapes, drops), fills, isValue);
    }
    const rest = planOf(shapes.flatMap((shape) => schemasFor(shape, undefined)));
    const isIdle = rest === same && fills.length === 0 && Object.values(steps).every((step) => step === same);
    if (isIdle && !drops && !isValue) return same;
    const slow = objectStep(steps, always(drops ? undefined : rest), fills, isValue);
    if (!drops || options.keepsIdentity) return slow;
    const names = Object.keys(steps);
    if (!canGenerate(names)) return slow;
    const members = names.map((name) => [name, steps[name]!] as const);
    return withRecipe(slow, {
      kind: 'object',
      members,
      fills: new Map(fills.map((fill) => [fill.name, fill.fallback])),
      isValue,
    });
  }

  /** The step for a property that is not declared by name, by the patterns that its name matches; undefined: drop it. */
  function restByPattern(shapes: readonly Shape[], drops: boolean): (name: string) => Step | undefined {
    const patterns = shapes.flatMap((shape) => shape.patterns);
    const byMatch = new Map<string, Step | undefined>();
    return function rest(name) {
      let match = '';
      for (const { pattern } of patterns) match += pattern.test(name) ? '1' : '0';
      if (byMatch.has(match)) return byMatch.get(match);
      const isKnown = match.includes('1');
      const step = isKnown || !drops ? planOf(shapes.flatMap((shape) => schemasFor(shape, name))) : undefined;
      byMatch.set(match, step);
      return step;
    };
  }

  function planArray(nodes: readonly SchemaNode[]): Step {
    const lists = nodes.map(tupleOf);
    const length = Math.max(0, ...lists.map((list) => list.first.length));
    const first = Array.from({ length }, (_, index) =>
      planOf(lists.map((list) => (index < list.first.length ? list.first[index] : list.rest))),
    );
    const rest = planOf(lists.map((list) => list.rest));
    if (source !== 'value' && rest === same && first.every((step) => step === same)) return same;
    return length === 0 ? withRecipe(arrayStep(first, rest), { kind: 'list', rest }) : arrayStep(first, rest);
  }
}

const none: ReadonlySet<Choice> = new Set();

interface Plan {
  /** Undefined while it is being made. */
  step: Step | undefined;
}

// Out here, like every step: a function that is made in the planner would keep all of its plans for as long as it lives.
function laterStep(plan: Plan): Step {
  return withRecipe((value, depth) => plan.step!(value, depth), { kind: 'later', resolve: () => plan.step! });
}

function always(step: Step | undefined): () => Step | undefined {
  return () => step;
}

// Keywords by which a schema has a say in what its value looks like.
const shaping = [
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
];

function hasShape(node: SchemaNode): boolean {
  return shaping.some((key) => key in node) || namesIn(node).length > 0;
}

function isTyped(node: SchemaNode): boolean {
  return 'type' in node || 'const' in node || 'enum' in node;
}

function defaultOf(nodes: readonly SchemaNode[]): unknown {
  return nodes.find((node) => node.default !== undefined)?.default;
}

interface Fill {
  readonly name: string;
  readonly fallback: unknown;
  readonly step: Step;
}

/** What one schema says about the members of an object. */
interface Shape {
  readonly properties: SchemaNode;
  readonly patterns: readonly { readonly pattern: RegExp; readonly schema: unknown }[];
  readonly additional: unknown;
  readonly unevaluated: unknown;
  /** It says something about members that it does not declare: then they are not ours to drop. */
  readonly isOpen: boolean;
}

function shapeOf(node: SchemaNode): Shape {
  const patterns = isNode(node.patternProperties) ? Object.entries(node.patternProperties) : [];
  return {
    properties: isNode(node.properties) ? node.properties : {},
    patterns: patterns.map(([pattern, schema]) => ({ pattern: new RegExp(pattern, 'u'), schema })),
    additional: node.additionalProperties,
    unevaluated: node.unevaluatedProperties,
    isOpen: node.additionalProperties !== undefined || node.unevaluatedProperties !== undefined,
  };
}

/** The schemas of one shape that apply to a member; undefined stands for a name that nothing declares. */
function schemasFor(
  { properties, patterns, additional, unevaluated }: Shape,
  name: string | undefined,
): readonly unknown[] {
  const found: unknown[] = [];
  if (name !== undefined) {
    if (Object.hasOwn(properties, name)) found.push(properties[name]);
    for (const { pattern, schema } of patterns) if (pattern.test(name)) found.push(schema);
  }
  if (found.length === 0) found.push(additional);
  if (name === undefined) found.push(unevaluated);
  return found.filter(isNode);
}

/** Names of properties that a schema speaks of without declaring them: dropping one would change what it says. */
function namesIn(node: SchemaNode): readonly string[] {
  const names = listOf(node.required) as readonly string[];
  const maps = [node.dependentRequired, node.dependencies, node.dependentSchemas].filter(isNode);
  if (maps.length === 0 && !isNode(node.if)) return names;
  const dependent = maps.flatMap((map) => [...Object.keys(map), ...Object.values(map).flatMap(listOf)]) as string[];
  const condition = isNode(node.if) ? [...namesIn(node.if), ...Object.keys(shapeOf(node.if).properties)] : [];
  return [...names, ...dependent, ...condition];
}

function tupleOf(node: SchemaNode): { readonly first: readonly unknown[]; readonly rest: unknown } {
  if (Array.isArray(node.prefixItems)) return { first: node.prefixItems, rest: node.items ?? node.unevaluatedItems };
  // Draft 7, and both TypeBox packages.
  if (Array.isArray(node.items)) return { first: node.items, rest: node.additionalItems ?? node.unevaluatedItems };
  return { first: [], rest: node.items ?? node.unevaluatedItems };
}

/** Reads what came over the wire: text and parsed JSON. */
function wireStep(coercions: readonly Coerce[], object: Step, array: Step): Step {
  if (coercions.length === 0 && object === same && array === same) return same;
  function readWire(given: unknown, depth: number): unknown {
    let value = given;
    for (const coerce of coercions) value = coerce(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return array(value, depth);
    // Something of the host's own, as a file of a form is, stays what it is.
    return isBare(value) || isPlain(value) ? object(value, depth) : value;
  }
  return withRecipe(readWire, { kind: 'wire', coercions, object, array });
}

/** Reads what somebody's code made, in its JSON form. */
function valueStep(object: Step, array: Step, hasType: boolean): Step {
  function readValue(given: unknown, depth: number): unknown {
    if (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean') return given;
    const value = unwrap(given);
    if (typeof value === 'object' && value !== null)
      return Array.isArray(value) ? array(value, depth) : object(value, depth);
    // Where a type is declared, the check says what is wrong and where.
    if (typeof value === 'bigint' && !hasType) refuseBigint();
    return value;
  }
  return withRecipe(readValue, { kind: 'value', object, array });
}

function objectStep(
  steps: Readonly<Record<string, Step>>,
  rest: (name: string) => Step | undefined,
  fills: readonly Fill[],
  copiesInstances: boolean,
): Step {
  return function readObject(given, depth) {
    if (depth > maxValueDepth) refuseDepth();
    const value = given as Record<string, unknown>;
    const isOurs = !copiesInstances || isPlain(value);
    let copy: Record<string, unknown> | undefined = isOurs ? undefined : {};
    for (const key in value) {
      let step = steps[key];
      if (step === undefined || !isOurs) {
        if (!Object.hasOwn(value, key)) continue;
        step ??= rest(key);
      }
      const item = value[key];
      const next = step === undefined ? undefined : step === same ? item : step(item, depth + 1);
      if (copy === undefined) {
        if (next === item && next !== undefined) continue;
        copy = copyBefore(value, key);
      }
      if (next !== undefined) put(copy, key, next);
    }
    for (const { name, fallback, step } of fills) {
      const now = copy ?? value;
      if (Object.hasOwn(now, name) && now[name] !== undefined) continue;
      copy ??= { ...value };
      put(copy, name, step(structuredClone(fallback), depth + 1));
    }
    return copy ?? value;
  };
}

/** The members before this one, which are all as they were. */
function copyBefore(value: Readonly<Record<string, unknown>>, end: string): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    if (key === end) break;
    if (Object.hasOwn(value, key)) put(copy, key, value[key]);
  }
  return copy;
}

function arrayStep(first: readonly Step[], rest: Step): Step {
  return function readArray(given, depth) {
    if (depth > maxValueDepth) refuseDepth();
    const value = given as readonly unknown[];
    let copy: unknown[] | undefined;
    for (let index = 0; index < value.length; index++) {
      const step = index < first.length ? first[index]! : rest;
      const item = value[index];
      const next = step === same ? item : step(item, depth + 1);
      if (next === item && next !== undefined) continue;
      copy ??= value.slice();
      // JSON has no holes: what it has no word for is null in a list.
      copy[index] = next === undefined ? null : next;
    }
    return copy ?? value;
  };
}
