import type { ActionFunction, ActionObject } from './action.js';

/** Any form of an action: the options of an operation that are written on their own. */
export interface AnyForm {
  readonly '~form': 'any';
}

/** The form of an action that TypeScript has not seen yet, while it infers the types of an operation. */
export interface UnseenForm {
  readonly '~form': 'unseen';
}

/**
 * The type of an action of one form, which is inferred from the action itself. For a function nothing but a function is left in the end:
 * only then TypeScript reports a wrong result at its property; in a union of all forms it reports the whole action.
 */
// The function stands outside the condition: in one, TypeScript would fix its parameters before it has seen `around`.
export type ActionSlot<Form, Request, Result, Context> =
  | ActionFunction<Request, Result | KeptLiterals<Form>, Context>
  | OtherForm<Form, Request, Result, Context>;

type OtherForm<Form, Request, Result, Context> = [Form] extends [UnseenForm | AnyForm]
  ? ActionObject<Request, Result | KeptLiterals<Form>, Context> | string
  : Form extends (...parameters: never) => unknown
    ? never
    : Form extends string
      ? Form
      : ActionObject<Request, Result, Context>;

type KeptLiterals<Form> = Form extends UnseenForm ? AnyResult : never;

/**
 * Any result, under which TypeScript keeps the literals of the code: `{ state: 'open' }` has a `state` of `'open'`, and not of type `string`,
 * and `['a', 1]` is a tuple. A function without parameters is typed before its schemas are known, so that they cannot say what to keep.
 */
export type AnyResult =
  | Literal
  | readonly [AnyResult, ...AnyResult[]]
  | { readonly [name: string]: AnyResult }
  | {}
  | null
  | undefined;

// One literal of a kind makes TypeScript keep all literals of the kind.
type Literal = '' | 0 | 0n | boolean;
