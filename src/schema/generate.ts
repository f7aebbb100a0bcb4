import { isBare } from '../base/plain-record.js';
import type { Coerce } from './coerce.js';
import { isPlain, maxValueDepth, refuseDepth } from './json-form.js';
import type { Step } from './normalise.js';

/** What a step does, so that code can be made that does the same for a whole schema in one function after another. */
export type Recipe =
  /** Text and parsed JSON. */
  | { readonly kind: 'wire'; readonly coercions: readonly Coerce[]; readonly object: Step; readonly array: Step }
  /** Somebody's values. */
  | { readonly kind: 'value'; readonly object: Step; readonly array: Step }
  /** Somebody's value where text, a number or a boolean should be. */
  | { readonly kind: 'leaf' }
  /** An object whose undeclared members go: the members in the order in which they are written, and their defaults. */
  | {
      readonly kind: 'object';
      readonly members: readonly (readonly [name: string, step: Step])[];
      readonly fills: ReadonlyMap<string, unknown>;
      readonly isValue: boolean;
    }
  | { readonly kind: 'list'; readonly rest: Step }
  /** A step that a recursive schema has not made yet. */
  | { readonly kind: 'later'; readonly resolve: () => Step };

const recipes = new WeakMap<Step, Recipe>();

/** The step that changes nothing. */
export const same: Step = (value) => value;

/** Tells what a step does. The step itself stays the way without generated code, and the way for what is no plain object. */
export function withRecipe(step: Step, recipe: Recipe): Step {
  recipes.set(step, recipe);
  return step;
}

const mostMembers = 200;
// A schema of thousands of places would be compiled for a second: what is beyond goes the way without generated code.
const mostFunctions = 200;

/** Whether an object with these members can be read by one literal; a name that every object has cannot. */
export function canGenerate(names: readonly string[]): boolean {
  return (
    names.length > 0 &&
    names.length <= mostMembers &&
    !names.some((name) => name in Object.prototype || name === '__proto__')
  );
}

/**
 * Makes code for a step and all that it leads to. Closed objects become object literals: they all have one shape, which makes everything
 * after them fast (the check, the action, `JSON.stringify`), and a member more costs nothing to drop. A function for each place, in
 * place of closures that are shared by all places, is what lets the engine put one into the other.
 * Gives the step itself where nothing is gained, or where code may not be made of text (a Content Security Policy).
 */
export function generate(step: Step): Step {
  if (mayGenerate === false || !recipes.has(step)) return step;
  const emitter = new Emitter();
  const root = emitter.nameOf(step);
  if (!emitter.pays) return step;
  const constants = emitter.constants.map((_, index) => `c${index}`).join(', ');
  const code = `${constants && `const [${constants}] = constants;`}\n${emitter.functions.join('\n')}\nreturn ${root};`
    // The engine keeps the text for as long as the function.
    .replace(/\s*\n\s*/g, '\n');
  try {
    // Names enter the code as JSON texts only.
    const make = new Function('constants', ...Object.keys(environment), code) as (...values: unknown[]) => Step;
    const generated = make(emitter.constants, ...Object.values(environment));
    mayGenerate = true;
    return generated;
  } catch {
    mayGenerate ??= false;
    return step;
  }
}

let mayGenerate: boolean | undefined;

/** What the code may use, by the names that it uses. */
const environment = {
  isPlain,
  isOurs: (value: object) => isBare(value) || isPlain(value),
  prototypeOf: Object.getPrototypeOf,
  root: Object.prototype,
  isArray: Array.isArray,
  clone: structuredClone,
  maxDepth: maxValueDepth,
  refuse: refuseDepth,
};

/**
 * Code for the prototype of a value, to be compared with `root`. The accessor is settled by the value's shape, the function is a call;
 * an own member of that name is something else than `root`, unless the host makes one of just that. Node can be told to do without
 * the accessor (`--disable-proto`).
 */
function prototypeOf(name: string): string {
  return hasAccessor() ? `${name}.__proto__` : `prototypeOf(${name})`;
}

function hasAccessor(): boolean {
  try {
    // biome-ignore lint/suspicious/noProto: whether it is there is the question
    return ({} as { __proto__?: unknown }).__proto__ === Object.prototype;
  } catch {
    return false;
  }
}

/** What JSON writes as code does; not -0, for one. */
function isText(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || (Number.isFinite(value) && !Object.is(value, -0));
}

function isNoText(name: string): string {
  return `typeof ${name} !== 'string' && typeof ${name} !== 'number' && typeof ${name} !== 'boolean'`;
}

/** Writes the functions of steps, each once. */
class Emitter {
  readonly constants: unknown[] = [];
  readonly functions: string[] = [];
  /** Whether there is anything that generated code does better. */
  pays = false;
  readonly #names = new Map<Step, string>();
  readonly #constants = new Map<unknown, string>();

  /** The name of a function that does what the step does: a generated one, or the step itself as a constant. */
  nameOf(step: Step): string {
    const known = this.#names.get(step);
    if (known) return known;
    const recipe = recipes.get(step);
    if (recipe?.kind === 'later') return this.nameOf(recipe.resolve());
    if (!recipe || recipe.kind === 'leaf' || this.functions.length >= mostFunctions) return this.constant(step);
    const index = this.functions.length;
    const name = `f${index}`;
    this.#names.set(step, name);
    // The place is taken before the body is written: a recursive schema comes back to its own name.
    this.functions.push('');
    this.functions[index] = this.#write(name, step, recipe);
    return name;
  }

  /** The name of a value from outside, such as the step without generated code. */
  constant(value: unknown): string {
    let name = this.#constants.get(value);
    if (!name) {
      name = `c${this.constants.push(value) - 1}`;
      this.#constants.set(value, name);
    }
    return name;
  }

  #write(name: string, step: Step, recipe: Exclude<Recipe, { kind: 'later' | 'leaf' }>): string {
    if (recipe.kind === 'object') return this.#writeObject(name, step, recipe);
    if (recipe.kind === 'list') return this.#writeList(name, recipe.rest);
    return `function ${name}(value, depth) {
      ${this.#read('value', step, 'depth')}
      return value;
    }`;
  }

  #writeObject(name: string, step: Step, { members, fills, isValue }: Recipe & { kind: 'object' }): string {
    this.pays = true;
    const reads = members.map(([member, own], index) => {
      const m = `m${index}`;
      const read = this.#read(m, own, 'depth + 1');
      const fallback = fills.get(member);
      const fill = isText(fallback) ? JSON.stringify(fallback) : `clone(${this.constant(fallback)})`;
      return `let ${m} = value[${JSON.stringify(member)}];
      ${read}
      ${fills.has(member) ? `if (${m} === undefined) { ${m} = ${fill};\n${read}\n}` : ''}`;
    });
    const all = members.map((_, index) => `m${index} !== undefined`).join(' && ');
    const literal = members.map(([member], index) => `${JSON.stringify(member)}: m${index}`).join(', ');
    const some = members.map(
      ([member], index) => `if (m${index} !== undefined) some[${JSON.stringify(member)}] = m${index};`,
    );
    return `function ${name}(value, depth) {
      if (depth > maxDepth) refuse();
      ${isValue ? `if (${prototypeOf('value')} !== root && !isPlain(value)) return ${this.constant(step)}(value, depth);` : ''}
      ${reads.join('\n')}
      if (${all}) return { ${literal} };
      const some = {};
      ${some.join('\n')}
      return some;
    }`;
  }

  #writeList(name: string, rest: Step): string {
    // JSON has no holes: what it has no word for is null in a list.
    return `function ${name}(value, depth) {
      if (depth > maxDepth) refuse();
      let copy;
      for (let index = 0; index < value.length; index++) {
        const item = value[index];
        let m = item;
        ${this.#read('m', rest, 'depth + 1')}
        if (m === item && m !== undefined) continue;
        if (copy === undefined) copy = value.slice();
        copy[index] = m === undefined ? null : m;
      }
      return copy === undefined ? value : copy;
    }`;
  }

  /** Code that reads the variable `m` by a step, in place. */
  #read(m: string, step: Step, depth: string): string {
    if (step === same) return '';
    const recipe = recipes.get(step);
    const call = (by: Step) => `${m} = ${this.nameOf(by)}(${m}, ${depth});`;
    if (recipe?.kind === 'wire') {
      const { coercions, object, array } = recipe;
      const coerced = coercions.map((coerce) => `${m} = ${this.constant(coerce)}(${m});`).join(' ');
      if (object === same && array === same) return coerced && `if (${m} !== undefined) { ${coerced} }`;
      const ifArray = array === same ? '' : call(array);
      const ifObject = object === same ? '' : `if (${prototypeOf(m)} === root || isOurs(${m})) ${call(object)}`;
      return `${coerced}
      if (typeof ${m} === 'object' && ${m} !== null) { if (isArray(${m})) { ${ifArray} } else { ${ifObject} } }`;
    }
    if (recipe?.kind === 'value') {
      const { object, array } = recipe;
      // What is neither plain nor a list may be anything: wrappers, dates, what has a toJSON.
      return `if (typeof ${m} === 'object' && ${m} !== null && ${m}.toJSON === undefined) {
        if (isArray(${m})) { ${call(array)} }
        else if (${prototypeOf(m)} === root) { ${call(object)} }
        else { ${m} = ${this.constant(step)}(${m}, ${depth}); }
      } else if (${m} !== undefined && ${isNoText(m)}) {
        ${m} = ${this.constant(step)}(${m}, ${depth});
      }`;
    }
    const unlessText = recipe?.kind === 'leaf' ? ` && ${isNoText(m)}` : '';
    return `if (${m} !== undefined${unlessText}) ${call(step)}`;
  }
}
