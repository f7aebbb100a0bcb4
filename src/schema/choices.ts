import { type Check, compile } from './compile.js';
import { generate } from './generate.js';
import { isStackOverflow, refuseDepth, unwrap } from './json-form.js';
import { isNode, listOf, type SchemaNode } from './keywords.js';
import { type LinkedSchema, withDefinitions } from './link.js';
import type { NormaliseOptions, Planner, Step } from './normalise.js';

/** A place in a schema where the value decides which schemas apply. */
export interface Choice {
  readonly number: number;
  readonly kind: 'union' | 'condition' | 'dependent';
  /** All schemas that may come to apply. */
  readonly branches: readonly SchemaNode[];
  readonly name?: string;
  readonly node: SchemaNode;
}

/** Decides choices for values, with a bounded number of trials for each value that is read. */
export interface Chooser {
  /** A value is read: it has its trials before it. */
  begin(): void;
  /** Whether there is anything to choose, or may be later. */
  isUsed(): boolean;
  expect(): void;
  choosing(
    planner: Planner,
    nodes: readonly SchemaNode[],
    choices: readonly Choice[],
    decided: ReadonlySet<Choice>,
  ): Step;
}

// A union inside a union inside … would be tried exponentially often: a caller must not be able to ask for that.
const maxTrials = 64;

const known = new WeakMap<SchemaNode, readonly Choice[]>();
let numbers = 0;

export function choicesOf(node: SchemaNode): readonly Choice[] {
  let choices = known.get(node);
  if (!choices) {
    choices = findChoices(node);
    known.set(node, choices);
  }
  return choices;
}

function findChoices(node: SchemaNode): readonly Choice[] {
  const choices: Choice[] = [];
  for (const union of [node.anyOf, node.oneOf]) {
    const branches = listOf(union).filter(isNode);
    if (branches.length > 0) choices.push({ number: numbers++, kind: 'union', branches, node });
  }
  if (isNode(node.if)) {
    const branches = [node.if, node.then, node.else].filter(isNode);
    choices.push({ number: numbers++, kind: 'condition', branches, node });
  }
  for (const map of [node.dependentSchemas, node.dependencies]) {
    if (!isNode(map)) continue;
    for (const name of Object.keys(map)) {
      const branch = map[name];
      if (isNode(branch)) choices.push({ number: numbers++, kind: 'dependent', branches: [branch], name, node });
    }
  }
  return choices;
}

type Trial = (branch: SchemaNode, value: unknown, depth: number) => unknown;
type Pick = (value: unknown, depth: number, picked: SchemaNode[]) => void;

export function createChooser(schema: LinkedSchema, { source, defaults }: NormaliseOptions): Chooser {
  const checks = new Map<SchemaNode, (value: unknown) => boolean>();
  let trials = 0;
  let isExpected = false;

  function choosing(
    planner: Planner,
    nodes: readonly SchemaNode[],
    choices: readonly Choice[],
    decided: ReadonlySet<Choice>,
  ): Step {
    expect();
    const picks = choices.map((choice) => makePick(choice, planner, nodes, decided));
    const byKey = new Map<string, Step>();
    const byNode = new Map<SchemaNode | undefined, Step>();
    const stepFor = (picked: readonly SchemaNode[]) => {
      const step = planner.planOf([...nodes, ...picked], decided);
      return planner.options.keepsIdentity ? step : generate(step);
    };
    return function choose(given, depth) {
      const value = source === 'value' ? unwrap(given) : given;
      const picked: SchemaNode[] = [];
      for (const pick of picks) pick(value, depth, picked);
      let step: Step | undefined;
      if (picked.length < 2) {
        step = byNode.get(picked[0]);
        if (!step) {
          step = stepFor(picked);
          byNode.set(picked[0], step);
        }
      } else {
        const key = picked.map(planner.idOf).join();
        step = byKey.get(key);
        if (!step) {
          step = stepFor(picked);
          byKey.set(key, step);
        }
      }
      return step(value, depth);
    };
  }

  function makePick(
    choice: Choice,
    planner: Planner,
    nodes: readonly SchemaNode[],
    decided: ReadonlySet<Choice>,
  ): Pick {
    const tryOut = makeTrial(planner, nodes, decided);
    if (choice.kind === 'dependent') {
      const name = choice.name!;
      return function pickDependent(value, _depth, picked) {
        if (isNode(value) && Object.hasOwn(value, name) && value[name] !== undefined) picked.push(choice.branches[0]!);
      };
    }
    if (choice.kind === 'condition') {
      const {
        if: condition,
        then,
        else: otherwise,
      } = choice.node as { if: SchemaNode; then?: unknown; else?: unknown };
      return function pickCondition(value, depth, picked) {
        const holds = checkOf(condition)(tryOut(condition, value, depth));
        if (holds) picked.push(condition);
        const next = holds ? then : otherwise;
        if (isNode(next)) picked.push(next);
      };
    }
    return unionPick(choice, planner, tryOut);
  }

  function unionPick(choice: Choice, planner: Planner, tryOut: Trial): Pick {
    const { branches } = choice;
    const tag = tagOf(branches, planner);
    const kinds = branches.map((branch) => kindsOf(branch, planner));
    const trialHelps = source === 'text' || (defaults && hasDefault(branches, schema.definitions));
    // In their JSON form all values can be checked as they are.
    const plain = source === 'value' ? planner.keeping.planOf([]) : undefined;
    return function pickBranch(given, depth, picked) {
      if (tag && isNode(given) && Object.hasOwn(given, tag.name)) {
        const branch = tag.branches.get(source === 'text' ? String(given[tag.name]) : given[tag.name]);
        if (branch) picked.push(branch);
        return;
      }
      const kind = kindOf(given);
      // Text may stand for a value of any kind.
      const fits = (index: number) => kinds[index] === undefined || kinds[index]!.has(kind);
      const isText = source === 'text' && kind === 'string';
      const fitting = isText ? branches : branches.filter((_, index) => fits(index));
      if (fitting.length === 1 && !isText) {
        picked.push(fitting[0]!);
        return;
      }
      if (fitting.length === 0) return;
      const value = plain ? plain(given, depth) : given;
      const before = picked.length;
      for (const branch of fitting) if (checkOf(branch)(value)) picked.push(branch);
      if (picked.length > before || !trialHelps) return;
      for (const branch of fitting) if (checkOf(branch)(tryOut(branch, value, depth))) picked.push(branch);
    };
  }

  /** What a value would be if a schema applied to it. */
  function makeTrial(planner: Planner, nodes: readonly SchemaNode[], decided: ReadonlySet<Choice>): Trial {
    const steps = new Map<SchemaNode, Step>();
    return function tryOut(branch, value, depth) {
      if (trials <= 0) return value;
      trials--;
      let step = steps.get(branch);
      if (!step) {
        step = planner.keeping.planOf([...nodes, branch], decided);
        steps.set(branch, step);
      }
      return step(value, depth);
    };
  }

  function checkOf(branch: SchemaNode): (value: unknown) => boolean {
    let check = checks.get(branch);
    if (!check) {
      const compiled = compile(withDefinitions(branch, schema.definitions));
      check = (value) => guarded(compiled, value);
      checks.set(branch, check);
    }
    return check;
  }

  function begin(): void {
    trials = maxTrials;
  }

  function expect(): void {
    isExpected = true;
  }

  return { begin, isUsed: () => isExpected, expect, choosing };
}

function guarded(check: Check, value: unknown): boolean {
  try {
    return check(value);
  } catch (error) {
    if (isStackOverflow(error)) refuseDepth();
    throw error;
  }
}

interface Tag {
  readonly name: string;
  readonly branches: ReadonlyMap<unknown, SchemaNode>;
}

/** The required property that tells the branches of a union apart by its literals, with the branch for each literal. */
function tagOf(branches: readonly SchemaNode[], planner: Planner): Tag | undefined {
  if (branches.length < 2) return undefined;
  const flat = branches.map((branch) => planner.flatten([branch]));
  for (const name of new Set(flat[0]!.flatMap((node) => Object.keys(isNode(node.properties) ? node.properties : {})))) {
    const found = new Map<unknown, SchemaNode>();
    const isTag = flat.every((nodes, index) => {
      const literals = literalsOf(nodes, name, planner);
      if (!literals || !nodes.some((node) => listOf(node.required).includes(name))) return false;
      return literals.every((literal) => {
        const key = planner.options.source === 'text' ? String(literal) : literal;
        if (found.has(key) || typeof literal === 'object') return false;
        found.set(key, branches[index]!);
        return true;
      });
    });
    if (isTag) return { name, branches: found };
  }
  return undefined;
}

function literalsOf(nodes: readonly SchemaNode[], name: string, planner: Planner): readonly unknown[] | undefined {
  for (const { properties } of nodes) {
    if (!isNode(properties) || !Object.hasOwn(properties, name)) continue;
    for (const node of planner.flatten([properties[name]])) {
      if ('const' in node) return [node.const];
      if (Array.isArray(node.enum)) return node.enum;
      const union = [...listOf(node.anyOf), ...listOf(node.oneOf)];
      if (union.length > 0 && union.every((one) => isNode(one) && 'const' in one)) {
        return union.map((one) => (one as SchemaNode).const);
      }
    }
  }
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** The kinds of value that a schema lets through, or undefined where it does not say. */
function kindsOf(branch: SchemaNode, planner: Planner): ReadonlySet<string> | undefined {
  for (const node of planner.flatten([branch])) {
    const types = typeof node.type === 'string' ? [node.type] : listOf(node.type);
    if (types.length > 0) return new Set(types.map((type) => (type === 'integer' ? 'number' : String(type))));
    if ('const' in node) return new Set([kindOf(node.const)]);
    if (Array.isArray(node.enum)) return new Set(node.enum.map(kindOf));
  }
  return undefined;
}

function hasDefault(schemas: readonly unknown[], definitions: Readonly<Record<string, unknown>>): boolean {
  const seen = new Set<unknown>();
  // Looks into annotations too: a false yes costs a trial.
  function visit(value: unknown): boolean {
    if (typeof value !== 'object' || value === null || seen.has(value)) return false;
    seen.add(value);
    if ('default' in value) return true;
    const { $ref } = value as { $ref?: unknown };
    if (typeof $ref === 'string' && visit(definitions[$ref.slice('#/$defs/'.length)])) return true;
    return Object.values(value).some(visit);
  }
  return schemas.some(visit);
}
