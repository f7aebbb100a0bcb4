import type { Schema, Static } from '../schema/static.js';

export interface EventOptions<S> {
  schema: S;
  description?: string;
  example?: NoInfer<Static<S>>;
}

/** Schemas become payloads, once. (The variance is written down for the same reason as that of `Fusio`.) */
export type PayloadsOf<in out Events> = {
  readonly [Name in keyof Events]: Events[Name] extends { readonly schema: infer S extends object }
    ? Static<S>
    : Static<Events[Name]>;
};

export type Events = Readonly<Record<string, Schema>>;
