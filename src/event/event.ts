import type { Schema, Static } from '../schema/static.js';

/** An event: its schema, and for the documents a description and an example. */
export interface EventOptions<S> {
  /** Schema of the payload. */
  schema: S;
  description?: string;
  /** A payload that fits the schema. */
  example?: NoInfer<Static<S>>;
}

/** The payloads of events by name, from their schemas. */
// The variance is written down for the same reason as that of `Fusio`.
export type PayloadsOf<in out Events> = {
  readonly [Name in keyof Events]: Events[Name] extends { readonly schema: infer S extends object }
    ? Static<S>
    : Static<Events[Name]>;
};

/** Schemas of events by name. */
export type Events = Readonly<Record<string, Schema>>;
