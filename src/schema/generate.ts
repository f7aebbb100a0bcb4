// One schema, its steps, and the code that comes out (for parsed JSON whose undeclared members are dropped):
//
//   { type: 'object', properties: { id: { type: 'integer' }, page: { type: 'integer', default: 1 } } }
//
//   wire { object { id: leaf, page: leaf, fills { page: 1 } }, array: anything }
//
//   function f0(value, depth) {                                                     // wire
//     if (typeof value === 'object' && value !== null) {
//       if (isArray(value)) { value = c0(value, depth); }                           // a constant: a step without code
//       else if (prototypeOf(value) === root || isOurs(value)) { value = f1(value, depth); }
//     }
//     return value;
//   }
//   function f1(value, depth) {                                                     // object
//     if (depth > maxDepth) refuse();
//     let m0 = value["id"];                                                         // leaf: stays as it is
//     let m1 = value["page"];
//     if (m1 === undefined) { m1 = 1; }
//     if (m0 !== undefined && m1 !== undefined) return { "id": m0, "page": m1 };    // one shape for all objects
//     const some = {}; …
//   }
import { isBare } from '../base/plain-record.js';
import { isPlain, isStackOverflow, maxValueDepth, refuseDepth } from './json-form.js';
import { type Inside, isAnything, partsOf, type Step, type StepParts } from './step.js';

const mostMembers = 200;
// A schema of thousands of places would be compiled for a second: places beyond these are read by their steps.
const mostFunctions = 200;

/** Tells whether an object with these members can be read by one literal; a name that every object has cannot. */
export function canGenerate(names: readonly string[]): boolean {
  return (
    names.length > 0 &&
    names.length <= mostMembers &&
    !names.some((name) => name in Object.prototype || name === '__proto__')
  );
}

/**
 * Makes code for a step and all that it leads to. Closed objects become object literals: they all have one shape, which makes the
 * check, the action and `JSON.stringify` fast, and dropping a member costs nothing. Each place has a function of its own, where steps
 * share closures: so the engine can inline one into another.
 * Returns the step itself where nothing is gained, or where code may not be made of text (a Content Security Policy).
 *
 * `makeStep` makes the step anew each time, with the same parts in the same order. Only the code is kept; the steps for unusual
 * values, such as instances of a class, are made again when the first of these comes.
 */
export function generate(makeStep: () => Step): Step {
  const step = makeStep();
  if (mayGenerate === false || !partsOf(step)) return step;
  const { constants, code } = writeCode(step);
  if (code === undefined) return step;
  try {
    // Names enter the code as JSON texts only.
    const make = new Function('constants', 'slow', ...Object.keys(environment), code);
    const generated: Step = make(constants, slowStepsOf(makeStep), ...Object.values(environment));
    mayGenerate = true;
    return generated;
  } catch (error) {
    // Too large for the engine's stack: this says nothing about other schemas.
    if (!isStackOverflow(error)) mayGenerate ??= false;
    return step;
  }
}

let mayGenerate: boolean | undefined;

/** Values that the code uses, by the names that it uses. */
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

// Not inside `generate`: a function made there would keep the steps for as long as it lives.
function slowStepsOf(makeStep: () => Step): (index: number) => Step | undefined {
  let steps: readonly Step[] | undefined;
  return function slow(index) {
    steps ??= writeCode(makeStep()).slowSteps;
    return steps[index];
  };
}

interface Code {
  /** Undefined where generated code does nothing better than the steps. */
  readonly code: string | undefined;
  readonly constants: readonly unknown[];
  /** Steps that the code asks for by their index, when it meets an unusual value. */
  readonly slowSteps: readonly Step[];
}

function writeCode(step: Step): Code {
  const writer = new Writer();
  const root = writer.nameOf(step);
  const { constants, slowSteps } = writer;
  const names = constants.map((_, index) => `c${index}`).join(', ');
  const lines = [names && `const [${names}] = constants;`, ...writer.functions, `return ${root};`];
  return { code: writer.pays ? lines.filter(Boolean).join('\n') : undefined, constants, slowSteps };
}

type WrittenParts = Exclude<StepParts, { kind: 'later' | 'leaf' }>;

/** Writes the functions of steps, each once. */
class Writer {
  readonly constants: unknown[] = [];
  readonly slowSteps: Step[] = [];
  readonly functions: string[] = [];
  /** Whether generated code does anything better. */
  pays = false;
  readonly #names = new Map<Step, string>();
  readonly #constants = new Map<unknown, string>();

  /** Names a function that does what the step does: a generated one, or the step itself as a constant. */
  nameOf(step: Step): string {
    const known = this.#names.get(step);
    if (known) return known;
    const parts = partsOf(step);
    if (parts?.kind === 'later') return this.nameOf(parts.resolve());
    if (!parts || parts.kind === 'leaf' || this.functions.length >= mostFunctions) return this.#constant(step);
    const index = this.functions.length;
    const name = `f${index}`;
    this.#names.set(step, name);
    // The place is taken before the body is written: a recursive schema comes back to its own name.
    this.functions.push('');
    this.functions[index] = [`function ${name}(value, depth) {`, ...this.#body(step, parts), '}'].join('\n');
    return name;
  }

  /** Names a value from outside, such as a step without generated code. */
  #constant(value: unknown): string {
    let name = this.#constants.get(value);
    if (!name) {
      name = `c${this.constants.push(value) - 1}`;
      this.#constants.set(value, name);
    }
    return name;
  }

  /** Names a step without generated code that is made when it is needed. */
  #slow(step: Step): string {
    let index = this.slowSteps.indexOf(step);
    if (index < 0) index = this.slowSteps.push(step) - 1;
    return `slow(${index})`;
  }

  #body(step: Step, parts: WrittenParts): string[] {
    switch (parts.kind) {
      case 'object':
        return this.#objectBody(step, parts);
      case 'list':
        return this.#listBody(parts.rest);
      default:
        return [...this.#read('value', step, 'depth'), 'return value;'];
    }
  }

  #objectBody(step: Step, { members, fills, isValue }: WrittenParts & { kind: 'object' }): string[] {
    this.pays = true;
    const variables = members.map(([name, own], index) => ({ name, key: JSON.stringify(name), own, m: `m${index}` }));
    const isUnusual = 'prototypeOf(value) !== root && !isPlain(value)';
    return [
      'if (depth > maxDepth) refuse();',
      ...(isValue ? [`if (${isUnusual}) return ${this.#slow(step)}(value, depth);`] : []),
      ...variables.flatMap(({ name, key, own, m }) => [
        `let ${m} = value[${key}];`,
        ...this.#read(m, own, 'depth + 1'),
        ...(fills.has(name) ? this.#fill(m, fills.get(name), own) : []),
      ]),
      `if (${variables.map(({ m }) => `${m} !== undefined`).join(' && ')})`,
      `return { ${variables.map(({ key, m }) => `${key}: ${m}`).join(', ')} };`,
      'const some = {};',
      ...variables.map(({ key, m }) => `if (${m} !== undefined) some[${key}] = ${m};`),
      'return some;',
    ];
  }

  #fill(m: string, fallback: unknown, step: Step): string[] {
    const text = isLiteral(fallback) ? JSON.stringify(fallback) : `clone(${this.#constant(fallback)})`;
    // A text or a number is a leaf as it is; a coercion may change it.
    const read = isLiteral(fallback) && partsOf(step)?.kind === 'leaf' ? [] : this.#read(m, step, 'depth + 1');
    return [`if (${m} === undefined) {`, `${m} = ${text};`, ...read, '}'];
  }

  #listBody(rest: Step): string[] {
    return [
      'if (depth > maxDepth) refuse();',
      'let copy;',
      'for (let index = 0; index < value.length; index++) {',
      'const item = value[index];',
      'let m = item;',
      ...this.#read('m', rest, 'depth + 1'),
      'if (m === item && m !== undefined) continue;',
      'if (copy === undefined) copy = value.slice();',
      // JSON has no holes: a value that JSON cannot hold is null in a list.
      'copy[index] = m === undefined ? null : m;',
      '}',
      'return copy === undefined ? value : copy;',
    ];
  }

  /** Reads the variable `m` by a step, in place. */
  #read(m: string, step: Step, depth: string): string[] {
    const parts = partsOf(step);
    switch (parts?.kind) {
      case 'wire':
        return [
          ...parts.coercions.map((coerce) => `if (${m} !== undefined) ${m} = ${this.#constant(coerce)}(${m});`),
          ...this.#readInside(m, parts.inside, depth),
        ];
      case 'value':
        return this.#readValue(m, step, parts.inside, depth);
      case 'leaf':
        if (!parts.isValue) return [];
        return [`if (${m} !== undefined && ${isNoText(m)}) ${this.#call(m, step, depth)}`];
      default:
        return [`if (${m} !== undefined) ${this.#call(m, step, depth)}`];
    }
  }

  #readInside(m: string, inside: Inside, depth: string): string[] {
    if (isAnything(inside)) return [];
    return [
      `if (typeof ${m} === 'object' && ${m} !== null) {`,
      `if (isArray(${m})) { ${this.#call(m, inside.array, depth)} }`,
      `else if (prototypeOf(${m}) === root || isOurs(${m})) { ${this.#call(m, inside.object, depth)} }`,
      '}',
    ];
  }

  #readValue(m: string, step: Step, { object, array }: Inside, depth: string): string[] {
    const slow = `${m} = ${this.#slow(step)}(${m}, ${depth});`;
    return [
      // An object that is neither plain nor a list may be anything: a wrapper, a date, one with a toJSON.
      `if (typeof ${m} === 'object' && ${m} !== null && ${m}.toJSON === undefined) {`,
      `if (isArray(${m})) { ${this.#call(m, array, depth)} }`,
      `else if (prototypeOf(${m}) === root) { ${this.#call(m, object, depth)} }`,
      `else { ${slow} }`,
      `} else if (${m} !== undefined && ${isNoText(m)}) { ${slow} }`,
    ];
  }

  #call(m: string, step: Step, depth: string): string {
    return `${m} = ${this.nameOf(step)}(${m}, ${depth});`;
  }
}

/** Tells whether JSON writes a value as code does; not -0, for one. */
function isLiteral(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || (Number.isFinite(value) && !Object.is(value, -0));
}

function isNoText(m: string): string {
  return `typeof ${m} !== 'string' && typeof ${m} !== 'number' && typeof ${m} !== 'boolean'`;
}
