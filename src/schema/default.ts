import type { LegacySchema, Schema, Static } from './static.js';

/** A schema whose type has its `default`, too: `withDefault` and `Type.With` of typebox make one, and JSON Schema that is typed as it stands has it. */
type Defaulted = { readonly default: unknown } | { readonly [defaultMark]: true };

// For @sinclair/typebox: `default` is an optional `any` in all of its types, beside which no other type of it shows. Types only.
declare const defaultMark: unique symbol;

/**
 * A schema that tells no default, itself or inside. Nearly every schema fits, and TypeScript finds out without instantiating a type.
 * It has a method that all objects have: a type of optional members alone would fit nothing that shares no member with it.
 */
interface Undefaulted<Default> {
  readonly valueOf: () => unknown;
  readonly default?: Default;
  readonly [defaultMark]?: never;
  readonly properties?: { readonly [name: string]: Undefaulted<Default> | boolean };
  readonly items?: Undefaulted<Default> | readonly (Undefaulted<Default> | boolean)[] | boolean;
  readonly anyOf?: readonly (Undefaulted<Default> | boolean)[];
  readonly allOf?: readonly (Undefaulted<Default> | boolean)[];
}

// A condition of its own: in the branch where `S extends Undefaulted` holds, TypeScript would instantiate the whole schema once more.
type HasDefault<S> = S extends Undefaulted<never> | (Undefaulted<unknown> & LegacySchema) ? false : true;

/**
 * Gives a schema of either TypeBox package a default that its type knows: a caller need not pass the value, and the action gets it always.
 * (`Type.Integer({ default: 20 })` does the same when it runs, but TypeBox's types forget the default.) Returns a copy.
 */
export function withDefault<const S extends Schema>(
  schema: S,
  value: NoInfer<InputOf<S>>,
): S & { readonly default: InputOf<S>; readonly [defaultMark]: true } {
  // TypeBox marks its schemas with symbols and with members that are not enumerable: both are copied.
  const copy = Object.create(Object.getPrototypeOf(schema), Object.getOwnPropertyDescriptors(schema));
  return Object.defineProperty(copy, 'default', { value, enumerable: true, configurable: true, writable: true });
}

/** The input of a caller for a schema: properties that have a default may be left out, at any depth. */
export type InputOf<S> = HasDefault<S> extends true ? Input<S> : Static<S>;

/** The value of an action for an object of texts, where every default is filled in: such a property is there, even if it is optional. */
export type FilledOf<S> = HasDefault<S> extends true ? Filled<S> : Static<S>;

type Filled<S> = S extends { readonly properties: infer Properties }
  ? FilledObject<Static<S>, DefaultKeys<Properties>>
  : Static<S>;

type FilledObject<Value, Keys> = Flat<
  { [K in keyof Value as K extends Keys ? never : K]: Value[K] } & {
    [K in keyof Value as K extends Keys ? K : never]-?: Value[K];
  }
>;

type DefaultKeys<Properties> = {
  [K in keyof Properties]: Properties[K] extends Defaulted ? K : never;
}[keyof Properties];

type Input<S> = S extends { readonly properties: infer Properties }
  ? ObjectInput<Static<S>, Properties, DefaultKeys<Properties>>
  : S extends { readonly items: infer Items extends object }
    ? InputOf<Items>[]
    : S extends { readonly anyOf: readonly (infer Branch)[] }
      ? InputOfEach<Branch>
      : S extends { readonly allOf: infer Parts }
        ? InputOfAll<Parts>
        : Static<S>;

type ObjectInput<Value, Properties, Keys> = Flat<
  { [K in keyof Value as K extends Keys ? never : K]: InputOfProperty<Value, Properties, K> } & {
    [K in keyof Value as K extends Keys ? K : never]?: InputOfProperty<Value, Properties, K>;
  }
>;

type InputOfProperty<Value, Properties, K extends keyof Value> = K extends keyof Properties
  ? HasDefault<Properties[K]> extends true
    ? Input<Properties[K]>
    : Value[K]
  : Value[K];

type InputOfEach<Branch> = Branch extends unknown ? InputOf<Branch> : never;

type InputOfAll<Parts> = Parts extends readonly [infer First, ...infer Rest]
  ? InputOf<First> & InputOfAll<Rest>
  : unknown;

type Flat<Value> = { [K in keyof Value]: Value[K] };
