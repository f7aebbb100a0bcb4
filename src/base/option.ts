/** The check of one option. Each lives with the type and the defaults of its option; `fusio/options.ts` puts them together. */
export interface OptionRule<Value> {
  /** JSON Schema of the value: `{}` where only a function can tell. */
  readonly schema: object;
  /** The fault as a sentence that begins with the option's name; undefined for a value that fits. Runs after `schema`. */
  readonly check?: (value: Value) => string | undefined;
}

/** The schema of an option group: every key may be left out, unknown keys are errors. */
export function groupOf(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', properties, additionalProperties: false };
}

/** A rule for an option that is a function. */
export function functionOption(name: string): OptionRule<unknown> {
  return { schema: {}, check: (value) => (typeof value === 'function' ? undefined : `${name} must be a function`) };
}

/** The fault of an option that is not an object by name. */
export function notByName(name: string, value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
  return `${name} must be an object by name, got ${Array.isArray(value) ? 'an array' : typeof value}`;
}
