import { type Choice, type ChoicesOf, createChoices } from './choice.js';
import { type Choose, createChoose, type Trials } from './choose.js';
import { coercionOf } from './coerce.js';
import { canGenerate, generate } from './generate.js';
import { isStackOverflow, Unreadable } from './json-form.js';
import { isNode, listOf, type SchemaNode } from './keywords.js';
import type { LinkedSchema } from './link.js';
import type { Recursion } from './recursion.js';
import {
  defaultOf,
  hasItems,
  hasMembers,
  hasShapingKeyword,
  isRead,
  isTyped,
  namesIn,
  type Shape,
  schemasFor,
  shapeOf,
  tupleOf,
} from './shape.js';
import {
  anyOnWire,
  anythingInValue,
  anythingOnWire,
  anyValue,
  arrayStep,
  type Fill,
  type Inside,
  type NormaliseOptions,
  objectStep,
  type Step,
  type StepMaker,
  valueStep,
  wireStep,
  withParts,
} from './step.js';

export type Normalise = (value: unknown) => unknown;

/**
 * Makes the function that reads a value by a schema: coerces text, fills defaults, drops undeclared members, takes the JSON form.
 * It goes by keywords alone, so both TypeBox packages and plain JSON Schema are read alike. Nothing is changed in place: a value
 * that does not fit is left for the check to report.
 */
export function createNormaliser(
  schema: LinkedSchema,
  options: NormaliseOptions,
  recursion: Recursion | undefined,
): Normalise {
  if (options.source === 'json' && !options.drop && !options.defaults) return (value) => value;
  const trials: Trials = { depth: 0, results: undefined };
  const makeMaker = () => {
    return createStepMaker(schema.definitions, options, createChoices(), createChoose(schema, trials, recursion));
  };
  const makeStep = () => makeMaker().stepFor([schema.root]);
  const step = options.keepsIdentity ? makeStep() : generate(makeStep);
  const fallback = options.defaults ? defaultOf(makeMaker().flatten([schema.root])) : undefined;
  const normalise = normaliserOf(step, fallback, trials);
  return recursion ? bounded(normalise, options.source === 'value', recursion) : normalise;
}

function bounded(normalise: Normalise, isValue: boolean, { within }: Recursion): Normalise {
  // A JavaScript value comes from the app itself, and its size is not known before its getters and toJSON have run.
  return (value) => within(value, !isValue, () => normalise(value));
}

// Not inside `createNormaliser`: a function that is made there would keep all of its variables for as long as it lives.
function normaliserOf(step: Step, fallback: unknown, trials: Trials): Normalise {
  return function normalise(value) {
    try {
      return step(value === undefined && fallback !== undefined ? structuredClone(fallback) : value, 0);
    } catch (error) {
      if (error instanceof Unreadable) return error;
      if (isStackOverflow(error)) return new Unreadable('is nested too deeply');
      throw error;
    } finally {
      trials.results = undefined;
    }
  };
}

function createStepMaker(
  definitions: LinkedSchema['definitions'],
  options: NormaliseOptions,
  choicesOf: ChoicesOf,
  choose: Choose,
): StepMaker {
  const { source, drop, defaults } = options;
  const anything = source === 'value' ? anyValue : anyOnWire;
  const made = new Map<string, Made>();
  const ids = new Map<SchemaNode, number>();
  let keeping: StepMaker | undefined;
  let json: StepMaker | undefined;
  const maker: StepMaker = {
    options,
    stepFor,
    flatten,
    idOf,
    get keeping() {
      keeping ??= drop ? createStepMaker(definitions, { ...options, drop: false }, choicesOf, choose) : maker;
      return keeping;
    },
    get json() {
      json ??= createStepMaker(definitions, { ...options, source: 'json' }, choicesOf, choose);
      return json;
    },
  };
  return maker;

  function stepFor(schemas: readonly unknown[], decided: ReadonlySet<Choice> = none): Step {
    // Without those that only refer or describe: all places with the same schemas have one step.
    const nodes = flatten(schemas).filter(isRead);
    if (nodes.length === 0) return anything;
    const key = `${nodes.map(idOf).join()}|${[...decided].map((choice) => choice.number).join()}`;
    const known = made.get(key);
    // A recursive schema meets its own step while that is being made.
    if (known) return known.step ?? laterStep(known);
    const own: Made = { step: undefined };
    made.set(key, own);
    own.step = makeStep(nodes, decided);
    return own.step;
  }

  function flatten(schemas: readonly unknown[]): readonly SchemaNode[] {
    const nodes = new Set<SchemaNode>();
    function add(schema: unknown): void {
      if (!isNode(schema) || nodes.has(schema)) return;
      nodes.add(schema);
      if (typeof schema.$ref === 'string') add(definitions[schema.$ref.slice('#/$defs/'.length)]);
      for (const one of listOf(schema.allOf)) add(one);
    }
    for (const schema of schemas) add(schema);
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

  function makeStep(nodes: readonly SchemaNode[], decided: ReadonlySet<Choice>): Step {
    const open = nodes.flatMap(choicesOf).filter((choice) => !decided.has(choice));
    const choices = open.filter((choice) => !isInert(choice));
    if (choices.length > 0) return choose(maker, nodes, choices, decided);
    const mentioned = open.flatMap((choice) => flatten(choice.branches)).flatMap(namesIn);
    const inside = makeInside(nodes, mentioned);
    if (source === 'value') return valueStep(inside, nodes.some(isTyped));
    const coercions = source === 'text' ? nodes.map(coercionOf).filter((one) => one !== undefined) : [];
    return wireStep(coercions, inside);
  }

  /** Tells whether all branches leave the value the same. */
  function isInert(choice: Choice, seen = new Set<Choice>()): boolean {
    if (seen.has(choice)) return true;
    seen.add(choice);
    return flatten(choice.branches).every(
      (node) =>
        !hasShapingKeyword(node) &&
        !(source === 'text' && coercionOf(node)) &&
        choicesOf(node).every((inner) => isInert(inner, seen)),
    );
  }

  function makeInside(nodes: readonly SchemaNode[], mentioned: readonly string[]): Inside | undefined {
    if (!nodes.some((node) => hasMembers(node) || hasItems(node))) return undefined;
    const { object, array } = source === 'value' ? anythingInValue : anythingOnWire;
    return {
      object: nodes.some(hasMembers) ? makeObjectStep(nodes, mentioned) : object,
      array: nodes.some(hasItems) ? makeArrayStep(nodes) : array,
    };
  }

  function makeObjectStep(nodes: readonly SchemaNode[], mentioned: readonly string[]): Step {
    const shapes = nodes.map(shapeOf);
    const declared = new Set(shapes.flatMap((shape) => Object.keys(shape.properties)));
    const hasPatterns = shapes.some((shape) => shape.patterns.length > 0);
    const drops = drop && (declared.size > 0 || hasPatterns) && !shapes.some((shape) => shape.isOpen);
    // Without a prototype: "constructor" is no known property unless it is declared.
    const steps: Record<string, Step> = Object.create(null);
    const fills: Fill[] = [];
    const required = new Set(nodes.flatMap((node) => listOf(node.required)));
    for (const name of declared) {
      const schemas = shapes.flatMap((shape) => schemasFor(shape, name));
      const step = stepFor(schemas);
      steps[name] = step;
      const fillsIn = defaults === 'required' ? required.has(name) : defaults;
      const fallback = fillsIn ? defaultOf(flatten(schemas)) : undefined;
      if (fallback !== undefined) fills.push({ name, fallback, step });
    }
    // A property that is required or depended upon is known, even where no schema declares it.
    for (const name of [...nodes.flatMap(namesIn), ...mentioned]) steps[name] ??= anything;

    const isValue = source === 'value';
    const spokenOf = nodes.flatMap((node) => (isNode(node.if) ? shapeOf(node.if).patterns : []));
    if (hasPatterns || spokenOf.length > 0) {
      return objectStep(steps, restByPattern(shapes, drops, spokenOf), fills, isValue);
    }
    const rest = stepFor(shapes.flatMap((shape) => schemasFor(shape, undefined)));
    const step = objectStep(steps, always(drops ? undefined : rest), fills, isValue);
    if (!drops || options.keepsIdentity) return step;
    const members = Object.entries(steps);
    if (!canGenerate(members.map(([name]) => name))) return step;
    return withParts(step, {
      kind: 'object',
      members,
      fills: new Map(fills.map((fill) => [fill.name, fill.fallback])),
      isValue,
    });
  }

  /**
   * Finds the step for a property that is not declared by name, by the patterns that its name matches; undefined: drop it. What matches
   * a pattern of a condition, `spokenOf`, is known: without it the condition could hold where it did not.
   */
  function restByPattern(
    shapes: readonly Shape[],
    drops: boolean,
    spokenOf: Shape['patterns'],
  ): (name: string) => Step | undefined {
    const patterns = [...shapes.flatMap((shape) => shape.patterns), ...spokenOf];
    const byMatch = new Map<string, Step | undefined>();
    return function rest(name) {
      let match = '';
      for (const { pattern } of patterns) match += pattern.test(name) ? '1' : '0';
      if (byMatch.has(match)) return byMatch.get(match);
      const isKnown = match.includes('1');
      const step = isKnown || !drops ? stepFor(shapes.flatMap((shape) => schemasFor(shape, name))) : undefined;
      byMatch.set(match, step);
      return step;
    };
  }

  function makeArrayStep(nodes: readonly SchemaNode[]): Step {
    const lists = nodes.map(tupleOf);
    const length = Math.max(0, ...lists.map((list) => list.first.length));
    const first = Array.from({ length }, (_, index) =>
      stepFor(lists.map((list) => (index < list.first.length ? list.first[index] : list.rest))),
    );
    const rest = stepFor(lists.map((list) => list.rest));
    return length === 0 ? withParts(arrayStep(first, rest), { kind: 'list', rest }) : arrayStep(first, rest);
  }
}

const none: ReadonlySet<Choice> = new Set();

interface Made {
  /** Undefined while it is being made. */
  step: Step | undefined;
}

// Not inside the maker, like every step: a function that is made there would keep all of its steps for as long as it lives.
function laterStep(made: Made): Step {
  function resolve(): Step {
    if (!made.step) throw new Error('a step was run while it was being made');
    return made.step;
  }
  return withParts((value, depth) => resolve()(value, depth), { kind: 'later', resolve });
}

function always(step: Step | undefined): () => Step | undefined {
  return () => step;
}
