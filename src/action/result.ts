import type { Problem } from '../base/errors.js';
import type { SlotSchema, Static } from '../schema/static.js';
import type { AnyReplies, EmptyReplies } from './context.js';
import type { FileBody, RawBody } from './handle.js';

/** A media type in place of a schema: the action returns a stream, or for `text/event-stream` an async iterable. */
export type MediaType = `${string}/${string}`;

/** Statuses with a schema, a media type, or a text for the documents. */
export interface StatusMap {
  readonly [status: number]: SlotSchema | string;
}

/** The `response` of an operation: a schema, a media type, a map of statuses, or undefined. */
export type ResponseSlot = SlotSchema | MediaType | undefined;

type Success = 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207 | 208 | 226;

/** A record that has only statuses for keys; a schema has only words. */
type IsStatusMap<R> = [keyof R] extends [never] ? false : keyof R extends number ? true : false;

type StatusValue<S> = S extends 'text/event-stream'
  ? AsyncIterable<unknown>
  : S extends MediaType
    ? RawBody<S>
    : S extends string
      ? Problem
      : Static<S>;

/**
 * What an action may give for a value of a schema, as far as its JSON form fits: a `Date` where a text is declared, and undefined where a
 * property is optional, also with `exactOptionalPropertyTypes`.
 */
// `V extends undefined` is true of an optional property, and only of that: its `undefined` is one that may be written. The mapped type keeps
// what is optional, lists and tuples.
type Given<V> = 0 extends 1 & V
  ? V
  : V extends undefined
    ? undefined
    : V extends string
      ? string extends V
        ? string | Date
        : V
      : V extends object
        ? { [K in keyof V]: Given<V[K]> }
        : V;

type StatusGiven<S> = S extends string ? TextGiven<StatusValue<S>> : Given<Static<S>>;

/** A file that `file()` gives fits any media type. */
type TextGiven<Value> = Value extends FileBody ? FileBody : Value;

/** The schema of the lowest 2xx status in a response map. */
type FirstSuccess<R> = R extends { readonly 200: infer S }
  ? StatusGiven<S>
  : R extends { readonly 201: infer S }
    ? StatusGiven<S>
    : R extends { readonly 202: infer S }
      ? StatusGiven<S>
      : R extends { readonly 203: infer S }
        ? StatusGiven<S>
        : R extends { readonly 204: unknown }
          ? undefined
          : R extends { readonly 206: infer S }
            ? StatusGiven<S>
            : R extends { readonly 207: infer S }
              ? StatusGiven<S>
              : never;

/** The result of a reusable action that declares no `response`: fits every operation, whose own `response` is checked when it runs. */
export interface Undeclared {
  /** Types only; there is nothing here at run time. */
  readonly '~undeclared': true;
}

/** The result of an action, without `respond`. */
export type Plain<R> = [R] extends [undefined]
  ? unknown
  : R extends string
    ? StatusGiven<R>
    : IsStatusMap<R> extends true
      ? FirstSuccess<R>
      : Given<Static<R>>;

/** The result for a caller: the value of the schema, or of any 2xx status in the map. */
export type ResultOf<R> = [R] extends [undefined]
  ? unknown
  : R extends string
    ? StatusValue<R>
    : IsStatusMap<R> extends true
      ? { [S in keyof R & Success]: StatusValue<R[S]> }[keyof R & Success]
      : Static<R>;

/** Statuses to bodies, of a response map or of `throws`. */
export type StatusValues<M> = { readonly [S in keyof M]: StatusValue<M[S]> };

/** The same, of the bodies that `context.respond` takes. */
type StatusBodies<M> = { readonly [S in keyof M]: StatusGiven<M[S]> };

/** Bodies of an operation with one response schema: every 2xx has it, other statuses are free. */
interface OneSchema<Value> {
  readonly 200: Value;
  readonly 201: Value;
  readonly 202: Value;
  readonly 203: Value;
  readonly 206: Value;
  readonly [status: number]: unknown;
}
/** Bodies by status, as `context.respond` accepts them. */
export type RepliesOf<R, T> = [R] extends [undefined]
  ? AnyReplies
  : R extends string
    ? AnyReplies
    : IsStatusMap<R> extends true
      ? StatusBodies<R> & StatusBodies<T> & Omit<EmptyReplies, keyof R | keyof T>
      : OneSchema<Given<Static<R>>> & StatusBodies<T>;
