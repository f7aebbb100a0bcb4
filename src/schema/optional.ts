/** Tells whether `Type.Optional` of either TypeBox package was put around a schema: a symbol marks it in the older one. */
export function isOptional(schema: object): boolean {
  return Object.hasOwn(schema, '~optional') || Object.hasOwn(schema, Symbol.for('TypeBox.Optional'));
}
