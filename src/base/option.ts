/** Check of one option. It stands beside the type and the default of the option; `fusio/options.ts` puts all checks together. */
export interface OptionRule<Value> {
  /** JSON Schema of the value; `{}` if only `check` can decide. */
  readonly schema: object;
  /** Gives the fault as a sentence that begins with the option's name, or undefined for a valid value. Runs after `schema`. */
  readonly check?: (value: Value) => string | undefined;
}

/** Makes the schema of an option group: every key is optional, unknown keys are errors. */
export function groupOf(properties: Readonly<Record<string, object>>): object {
  return { type: 'object', properties, additionalProperties: false };
}

/** Makes the rule of an option that is a function. */
export function functionOption(name: string): OptionRule<unknown> {
  return { schema: {}, check: (value) => (typeof value === 'function' ? undefined : `${name} must be a function`) };
}

/** Gives the fault of an option that is not an object by name, or undefined. */
export function notByName(name: string, value: unknown): string | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
  return `${name} must be an object by name, got ${Array.isArray(value) ? 'an array' : typeof value}`;
}

/** Fills in defaults. An option that is there and undefined is one that was not given: JavaScript callers pass such. */
export function withDefaults<Options extends object>(defaults: Partial<Options>, given: Partial<Options>): Options {
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  // Every member is one of these two, of which the caller says that they make up the options.
  return { ...defaults, ...Object.fromEntries(set) } as Options;
}
