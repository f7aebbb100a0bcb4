import { isPlain, maxValueDepth, refuseDepth } from './json-form.js';
import type { Step } from './normalise.js';

export interface GeneratedObject {
  /** The declared members and their steps, in the order in which they are written; undefined: the value stays as it is. */
  readonly members: readonly (readonly [name: string, step: Step | undefined])[];
  readonly fills: ReadonlyMap<string, unknown>;
  /** The values are somebody else's: class instances take the slow way. */
  readonly isValue: boolean;
  /** The way without generated code, for what is no plain object. */
  readonly slow: Step;
}

const mostMembers = 200;

/**
 * Makes code that reads an object whose undeclared members go: one object literal with the declared ones. Such objects all have one
 * shape, which makes everything after them fast (the check, the action, `JSON.stringify`), and a member more costs nothing to drop.
 * Undefined where code may not be made of text (a Content Security Policy), and for names that an object has of itself.
 */
export function generateObject({ members, fills, isValue, slow }: GeneratedObject): Step | undefined {
  if (members.length === 0 || members.length > mostMembers || members.some(([name]) => name in Object.prototype))
    return undefined;
  const make = factoryOf(members, fills, isValue);
  return make?.(
    members.map(([, step]) => step),
    members.map(([name]) => fills.get(name)),
    slow,
    isPlain,
    maxValueDepth,
    refuseDepth,
  );
}

type Factory = (
  steps: readonly (Step | undefined)[],
  fills: readonly unknown[],
  slow: Step,
  isPlain_: typeof isPlain,
  maxDepth: number,
  refuse: typeof refuseDepth,
) => Step;

let mayGenerate: boolean | undefined;

function factoryOf(
  members: GeneratedObject['members'],
  fills: GeneratedObject['fills'],
  isValue: boolean,
): Factory | undefined {
  if (mayGenerate === false) return undefined;
  const reads = members.map(([name, step], index) => {
    const key = JSON.stringify(name);
    const call = `steps[${index}](m${index}, depth + 1)`;
    const isText = `typeof m${index} === 'string' || typeof m${index} === 'number' || typeof m${index} === 'boolean'`;
    const read = step ? `if (m${index} !== undefined${isValue ? ` && !(${isText})` : ''}) m${index} = ${call};` : '';
    const fill = fills.has(name) ? `if (m${index} === undefined) m${index} = fill(${index});` : '';
    return `let m${index} = value[${key}]; ${read} ${fill}`;
  });
  const all = members.map((_, index) => `m${index} !== undefined`).join(' && ');
  const literal = members.map(([name], index) => `${JSON.stringify(name)}: m${index}`).join(', ');
  const some = members
    .map(([name], index) => `if (m${index} !== undefined) some[${JSON.stringify(name)}] = m${index};`)
    .join(' ');
  const code = `
    const fill = (index) => {
      const value = structuredClone(fills[index]);
      return steps[index] ? steps[index](value, 1) : value;
    };
    return function readDeclared(value, depth) {
      if (depth > maxDepth) refuse();
      ${isValue ? 'if (!isPlain(value)) return slow(value, depth);' : ''}
      ${reads.join('\n')}
      if (${all}) return { ${literal} };
      const some = {};
      ${some}
      return some;
    };`;
  try {
    // Names enter the code as JSON texts only.
    const factory = new Function('steps', 'fills', 'slow', 'isPlain', 'maxDepth', 'refuse', code) as Factory;
    mayGenerate = true;
    return factory;
  } catch {
    mayGenerate ??= false;
    return undefined;
  }
}
