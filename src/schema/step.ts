import { isBare } from '../base/plain-record.js';
import { isPromise } from '../base/promise.js';
import type { Choice } from './choice.js';
import type { Coerce } from './coerce.js';
import { isPlain, maxValueDepth, put, refuseBigint, refuseDepth, refusePromise, unwrap } from './json-form.js';
import type { SchemaNode } from './keywords.js';

/**
 * Function that reads the value at one place by the schemas that apply there. Returns the same reference where nothing changes, else a
 * copy. Code that `generate` makes copies closed objects always.
 */
export type Step = (value: unknown, depth: number) => unknown;

/** Parts of a step, so that code can be made that does the same for a whole schema. */
export type StepParts =
  /** Text and parsed JSON. */
  | { readonly kind: 'wire'; readonly coercions: readonly Coerce[]; readonly inside: Inside }
  /** A JavaScript value of an action or a caller in this process. */
  | { readonly kind: 'value'; readonly inside: Inside }
  /** A value in which no schema declares anything: text, numbers and booleans stay as they are, on the wire all but objects. */
  | { readonly kind: 'leaf'; readonly isValue: boolean }
  /** An object whose undeclared members are dropped: its members in the order in which they are written, and their defaults. */
  | {
      readonly kind: 'object';
      readonly members: readonly (readonly [name: string, step: Step])[];
      readonly fills: ReadonlyMap<string, unknown>;
      readonly isValue: boolean;
    }
  | { readonly kind: 'list'; readonly rest: Step }
  /** A step of a recursive schema, which was not made yet when it was needed. */
  | { readonly kind: 'later'; readonly resolve: () => Step };

/** Steps for the members of a value, if it is an object, and for its items, if it is a list. */
export interface Inside {
  readonly object: Step;
  readonly array: Step;
}

export interface NormaliseOptions {
  readonly source: 'text' | 'json' | 'value';
  readonly drop: boolean;
  readonly defaults: boolean | 'required';
  /** A value in which nothing changes must come back as the very same one. Costs generated code. */
  readonly keepsIdentity?: boolean;
}

/** Makes steps for the schemas that apply to one place, all together. */
export interface StepMaker {
  readonly options: NormaliseOptions;
  stepFor(schemas: readonly unknown[], decided?: ReadonlySet<Choice>): Step;
  /** The same maker, but its steps drop nothing: for trying out a schema on a value. */
  readonly keeping: StepMaker;
  /** The same maker, but its steps read values that are in their JSON form. */
  readonly json: StepMaker;
  /** All schemas that apply wherever these do: through `$ref` and `allOf`. */
  flatten(schemas: readonly unknown[]): readonly SchemaNode[];
  idOf(node: SchemaNode): number;
}

const partsByStep = new WeakMap<Step, StepParts>();

export function partsOf(step: Step): StepParts | undefined {
  return partsByStep.get(step);
}

/** Registers the parts of a step. The step itself still runs where code may not be made of text, and for unusual values. */
export function withParts(step: Step, parts: StepParts): Step {
  partsByStep.set(step, parts);
  return step;
}

/**
 * Steps where no schema says anything about the form of the value. On the wire it is JSON or text already, and not looked into: a
 * union that nothing fits would be walked through once for each level of the value.
 */
export const anyOnWire: Step = withParts((value) => value, { kind: 'leaf', isValue: false });

/** Inside of a value on the wire, and of a JavaScript value, of which no schema says anything. */
export const anythingOnWire: Inside = { object: anyOnWire, array: anyOnWire };
export const anythingInValue: Inside = insideAnyValue();

/** `typedValue`: a schema says the type of the value, and the check reports it. */
export const anyValue = withParts(readerOfValue(anythingInValue, false), { kind: 'leaf', isValue: true });
const typedValue = withParts(readerOfValue(anythingInValue, true), { kind: 'leaf', isValue: true });

function insideAnyValue(): Inside {
  const nothingDeclared: Readonly<Record<string, Step>> = Object.create(null);
  return {
    object: objectStep(nothingDeclared, () => anyValue, [], true),
    array: arrayStep([], (value, depth) => anyValue(value, depth)),
  };
}

/** Reads text and parsed JSON. */
export function wireStep(coercions: readonly Coerce[], inside: Inside = anythingOnWire): Step {
  if (coercions.length === 0 && inside === anythingOnWire) return anyOnWire;
  return withParts(readerOfWire(coercions, inside), { kind: 'wire', coercions, inside });
}

/** Tells whether no schema declares anything inside, so that `anyOnWire` reads it. */
export function isAnything(inside: Inside): boolean {
  return inside === anythingOnWire;
}

function readerOfWire(coercions: readonly Coerce[], { object, array }: Inside): Step {
  return function readWire(given, depth) {
    let value = given;
    for (const coerce of coercions) value = coerce(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return array(value, depth);
    // An object of the host, such as a file of a form, stays as it is.
    return isBare(value) || isPlain(value) ? object(value, depth) : value;
  };
}

/** Reads a JavaScript value in its JSON form. Most places hold text or a number, and share one step. */
export function valueStep(inside: Inside | undefined, hasType: boolean): Step {
  if (!inside) return hasType ? typedValue : anyValue;
  return withParts(readerOfValue(inside, hasType), { kind: 'value', inside });
}

function readerOfValue({ object, array }: Inside, hasType: boolean): Step {
  return function readValue(given, depth) {
    if (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean') return given;
    const value = unwrap(given);
    if (typeof value === 'object' && value !== null)
      return Array.isArray(value) ? array(value, depth) : object(value, depth);
    // Where a type is declared, the check reports it with its place.
    if (typeof value === 'bigint' && !hasType) refuseBigint();
    return value;
  };
}

/** Default of a member, and the step that reads it. */
export interface Fill {
  readonly name: string;
  readonly fallback: unknown;
  readonly step: Step;
}

/** Reads objects: members by `steps`, others by `rest`, which returns undefined for those that are dropped. */
export function objectStep(
  steps: Readonly<Record<string, Step>>,
  rest: (name: string) => Step | undefined,
  fills: readonly Fill[],
  copiesInstances: boolean,
): Step {
  return function readObject(given, depth) {
    if (depth > maxValueDepth) refuseDepth();
    // The step around this one calls it with objects only.
    const value = given as Record<string, unknown>;
    const isOurs = !copiesInstances || isPlain(value);
    if (!isOurs && isPromise(value)) refusePromise(value);
    let copy: Record<string, unknown> | undefined = isOurs ? undefined : {};
    for (const key in value) {
      let step = steps[key];
      if (step === undefined || !isOurs) {
        if (!Object.hasOwn(value, key)) continue;
        step ??= rest(key);
      }
      const item = value[key];
      const next = step?.(item, depth + 1);
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

/** Copies the members before one member, which are all unchanged. */
function copyBefore(value: Readonly<Record<string, unknown>>, end: string): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key in value) {
    if (key === end) break;
    if (Object.hasOwn(value, key)) put(copy, key, value[key]);
  }
  return copy;
}

/** Reads lists: the first items by a step each, all further ones by `rest`. */
export function arrayStep(first: readonly Step[], rest: Step): Step {
  return function readArray(given, depth) {
    if (depth > maxValueDepth) refuseDepth();
    // The step around this one calls it with lists only.
    const value = given as readonly unknown[];
    let copy: unknown[] | undefined;
    for (let index = 0; index < value.length; index++) {
      const step = index < first.length ? (first[index] ?? rest) : rest;
      const item = value[index];
      const next = step(item, depth + 1);
      if (next === item && next !== undefined) continue;
      copy ??= value.slice();
      // JSON has no holes: a value that JSON cannot hold is null in a list.
      copy[index] = next === undefined ? null : next;
    }
    return copy ?? value;
  };
}
