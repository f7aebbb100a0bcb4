import type { Static as StaticOf } from 'typebox';

/** TypeBox schema of either package, or plain JSON Schema. Strings and numbers are kept out. */
export type Schema = object;

/** Schema of a slot. One of zod, valibot or arktype (Standard Schema) does not fit: give its JSON Schema, `z.toJSONSchema(schema)`. */
export type SlotSchema = Schema & { readonly '~standard'?: never };

/** Structural shape of every `@sinclair/typebox` schema; that package is never imported. */
export interface LegacySchema {
  static: unknown;
  params: unknown[];
}

type IsAny<T> = 0 extends 1 & T ? true : false;

/** TypeScript type that a schema describes: `Static<typeof Todo>`. Works for both TypeBox packages and for JSON Schema. */
export type Static<S> =
  // A schema of type any has values of type any: the other branches would make unknown or never of it.
  IsAny<S> extends true
    ? any
    : S extends LegacySchema
      ? (S & { params: [] })['static']
      : S extends object
        ? StaticOf<S>
        : unknown;
