/** An object with one member, which may be left out where its value may be undefined or has no required members. */
export type Member<Name extends string, Value> = {} extends Value
  ? { readonly [N in Name]?: Value }
  : undefined extends Value
    ? { readonly [N in Name]?: Value }
    : { readonly [N in Name]: Value };
