import type { Choice } from './choice.js';
import { type Check, compile } from './compile.js';
import { generate } from './generate.js';
import { isStackOverflow, refuseDepth, unwrap } from './json-form.js';
import { isNode, kindOf, listOf, literalsOf, type SchemaNode, typesOf } from './keywords.js';
import { type LinkedSchema, withDefinitions } from './link.js';
import type { Recursion } from './recursion.js';
import { defaultOf, schemasFor, shapeOf } from './shape.js';
import { anyValue, type Step, type StepMaker } from './step.js';

/**
 * Trials of the value that is being read. What a trial made of an object is remembered while the value is read: a union inside a union
 * inside … would be tried exponentially often, and a caller must not be able to ask for that.
 */
export interface Trials {
  /** How many trials the present one is inside of. */
  depth: number;
  results: Map<Step, Map<unknown, unknown>> | undefined;
}

/** Makes the step that decides choices by the value, and then reads it by the schemas that were chosen. */
export type Choose = (
  maker: StepMaker,
  nodes: readonly SchemaNode[],
  choices: readonly Choice[],
  decided: ReadonlySet<Choice>,
) => Step;

type Trial = (branch: SchemaNode, value: unknown, depth: number) => boolean;
/** Adds the schemas that apply; returns false where that cannot be told of a value that is not in its JSON form. */
type Pick = (value: unknown, depth: number, picked: SchemaNode[]) => boolean;

export function createChoose(schema: LinkedSchema, trials: Trials, recursion: Recursion | undefined): Choose {
  const checks = new Map<SchemaNode, Check>();

  function chooseStep(...[maker, nodes, choices, decided]: Parameters<Choose>): Step {
    const within = new Set([...decided, ...choices]);
    const picks = choices.map((choice) => makePick(choice, maker, makeTrial(maker, nodes, within)));
    const isValue = maker.options.source === 'value';
    const byKey = new Map<string, Step>();
    const byNode = new Map<SchemaNode | undefined, Step>();
    let jsonStep: Step | undefined;
    function stepFor(picked: readonly SchemaNode[]): Step {
      const make = () => maker.stepFor([...nodes, ...picked], within);
      return maker.options.keepsIdentity ? make() : generate(make);
    }
    function stepOf(picked: readonly SchemaNode[]): Step {
      if (picked.length < 2) return byNode.get(picked[0]) ?? remember(byNode, picked[0], stepFor(picked));
      const key = picked.map(maker.idOf).join();
      return byKey.get(key) ?? remember(byKey, key, stepFor(picked));
    }
    function decide(given: unknown, depth: number): unknown {
      recursion?.step();
      const value = isValue ? unwrap(given) : given;
      const picked: SchemaNode[] = [];
      for (const pick of picks) {
        if (pick(value, depth, picked)) continue;
        // In their JSON form all values can be checked as they are, and so can all that is in them.
        jsonStep ??= maker.json.stepFor(nodes, decided);
        return jsonStep(anyValue(value, depth), depth);
      }
      return stepOf(picked)(value, depth);
    }
    return function choose(given, depth) {
      if (trials.depth === 0) return decide(given, depth);
      trials.results ??= new Map();
      const results = trials.results.get(choose) ?? remember(trials.results, choose, new Map<unknown, unknown>());
      if (results.has(given)) return results.get(given);
      // A text may stand for a list of one text: where lists hold lists, the trial of one would not come to an end.
      results.set(given, given);
      return remember(results, given, decide(given, depth));
    };
  }

  function makePick(choice: Choice, maker: StepMaker, fitsWhenRead: Trial): Pick {
    if (choice.kind === 'union') return unionPick(choice.branches, maker, fitsWhenRead);
    if (choice.kind === 'dependent') {
      const { name, branch } = choice;
      return function pickDependent(value, _depth, picked) {
        if (isNode(value) && Object.hasOwn(value, name) && value[name] !== undefined) picked.push(branch);
        return true;
      };
    }
    const { condition, then, otherwise } = choice;
    if (maker.options.source === 'value') return needsJson;
    return function pickCondition(value, depth, picked) {
      const holds = fitsWhenRead(condition, value, depth);
      if (holds) picked.push(condition);
      const next = holds ? then : otherwise;
      if (isNode(next)) picked.push(next);
      return true;
    };
  }

  function unionPick(branches: readonly SchemaNode[], maker: StepMaker, fitsWhenRead: Trial): Pick {
    const { source, defaults } = maker.options;
    const tag = tagOf(branches, maker);
    const forms = branches.map((branch) => ({ branch, kinds: kindsOf(branch, maker) }));
    const byKind = new Map<string, typeof forms>();
    const formsOf = (kind: string) =>
      byKind.get(kind) ??
      remember(
        byKind,
        kind,
        forms.filter(({ kinds }) => !kinds || kinds.has(kind)),
      );
    const trialHelps = source === 'text' || (defaults && hasDefault(branches, schema.definitions));
    return function pickBranch(value, depth, picked) {
      if (tag && isNode(value) && Object.hasOwn(value, tag.name)) {
        const branch = tag.branches.get(source === 'text' ? String(value[tag.name]) : value[tag.name]);
        if (branch) picked.push(branch);
        return true;
      }
      const kind = kindOf(value);
      // Text may stand for a value of any kind.
      const isText = source === 'text' && kind === 'string';
      const fitting = isText ? forms : formsOf(kind);
      const [only] = fitting;
      if (!only) return true;
      if (fitting.length === 1 && !isText) {
        picked.push(only.branch);
        return true;
      }
      if (source === 'value') return false;
      const before = picked.length;
      for (const { branch } of fitting) if (checkOf(branch)(value)) picked.push(branch);
      if (picked.length > before || !trialHelps) return true;
      for (const { branch } of fitting) if (fitsWhenRead(branch, value, depth)) picked.push(branch);
      return true;
    };
  }

  /** Tells whether a value fits a schema once it is read as if that applied to it. */
  function makeTrial(maker: StepMaker, nodes: readonly SchemaNode[], decided: ReadonlySet<Choice>): Trial {
    const steps = new Map<SchemaNode, Step>();
    const needs = new Map<SchemaNode, readonly string[]>();
    return function fitsWhenRead(branch, value, depth) {
      recursion?.step();
      const needed = needs.get(branch) ?? remember(needs, branch, neededNames(branch, nodes, maker));
      // In a list of thousands of objects, reading each by every branch would take seconds.
      if (isNode(value) && needed.some((name) => !(name in value))) return false;
      const step = steps.get(branch) ?? remember(steps, branch, maker.keeping.stepFor([...nodes, branch], decided));
      trials.depth++;
      try {
        return checkOf(branch)(step(value, depth));
      } finally {
        trials.depth--;
      }
    };
  }

  function checkOf(branch: SchemaNode): Check {
    const known = checks.get(branch);
    if (known) return known;
    const alone = recursion ? recursion.alone(branch) : withDefinitions(branch, schema.definitions);
    return remember(checks, branch, guarded(compile(alone)));
  }

  return chooseStep;
}

/** Lists required properties that no default can fill in: an object without one of them does not fit. */
function neededNames(branch: SchemaNode, nodes: readonly SchemaNode[], maker: StepMaker): readonly string[] {
  const own = maker.flatten([branch]);
  // The schemas of a choice may have defaults, too.
  if (own.some(hasChoice)) return [];
  const shapes = maker.flatten([...nodes, branch]).map(shapeOf);
  const hasDefault = (name: string) =>
    defaultOf(maker.flatten(shapes.flatMap((shape) => schemasFor(shape, name)))) !== undefined;
  return own.flatMap((node) => listOf(node.required)).filter((name) => !hasDefault(name));
}

function hasChoice(node: SchemaNode): boolean {
  return ['anyOf', 'oneOf', 'if', 'dependentSchemas', 'dependencies'].some((key) => key in node);
}

function needsJson(): boolean {
  return false;
}

function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): Value {
  map.set(key, value);
  return value;
}

function guarded(check: Check): Check {
  return function checkBranch(value) {
    try {
      return check(value);
    } catch (error) {
      if (isStackOverflow(error)) refuseDepth();
      throw error;
    }
  };
}

interface Tag {
  readonly name: string;
  readonly branches: ReadonlyMap<unknown, SchemaNode>;
}

/** Finds the required property that tells the branches of a union apart by its literals, with the branch for each literal. */
function tagOf(branches: readonly SchemaNode[], maker: StepMaker): Tag | undefined {
  const flat = branches.map((branch) => ({ branch, nodes: maker.flatten([branch]) }));
  const [first, ...others] = flat;
  if (!first || others.length === 0) return undefined;
  for (const name of new Set(
    first.nodes.flatMap((node) => Object.keys(isNode(node.properties) ? node.properties : {})),
  )) {
    const byLiteral = new Map<unknown, SchemaNode>();
    const isTag = flat.every(({ branch, nodes }) => {
      const literals = literalsAt(nodes, name, maker);
      if (!literals || !nodes.some((node) => listOf(node.required).includes(name))) return false;
      return literals.every((literal) => {
        const key = maker.options.source === 'text' ? String(literal) : literal;
        if (byLiteral.has(key) || typeof literal === 'object') return false;
        byLiteral.set(key, branch);
        return true;
      });
    });
    if (isTag) return { name, branches: byLiteral };
  }
  return undefined;
}

function literalsAt(nodes: readonly SchemaNode[], name: string, maker: StepMaker): readonly unknown[] | undefined {
  for (const { properties } of nodes) {
    if (!isNode(properties) || !Object.hasOwn(properties, name)) continue;
    for (const node of maker.flatten([properties[name]])) {
      const literals = literalsOf(node);
      if (literals) return literals;
      const union = [...listOf(node.anyOf), ...listOf(node.oneOf)];
      const constants = union.flatMap((one) => (isNode(one) && 'const' in one ? [one.const] : []));
      if (union.length > 0 && constants.length === union.length) return constants;
    }
  }
  return undefined;
}

/** Lists the kinds of value that a schema lets through; undefined where it does not say. */
function kindsOf(branch: SchemaNode, maker: StepMaker): ReadonlySet<string> | undefined {
  for (const node of maker.flatten([branch])) {
    const types = typesOf(node);
    if (types.length > 0) return new Set(types.map((type) => (type === 'integer' ? 'number' : type)));
    const literals = literalsOf(node);
    if (literals) return new Set(literals.map(kindOf));
  }
  return undefined;
}

function hasDefault(schemas: readonly unknown[], definitions: LinkedSchema['definitions']): boolean {
  const seen = new Set<unknown>();
  // Looks into annotations too: a false yes costs a trial.
  function visit(value: unknown): boolean {
    if (typeof value !== 'object' || value === null || seen.has(value)) return false;
    seen.add(value);
    if ('default' in value) return true;
    if ('$ref' in value && typeof value.$ref === 'string' && visit(definitions[value.$ref.slice('#/$defs/'.length)]))
      return true;
    return Object.values(value).some(visit);
  }
  return schemas.some(visit);
}
