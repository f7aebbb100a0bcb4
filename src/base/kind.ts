/**
 * Says of what kind a value is, for a message: `null`, `a string`, `a Date`, `a bigint`. Never says the value, which may be a secret.
 * Never throws.
 */
export function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'object':
      return value === null ? 'null' : kindOfObject(value);
    case 'undefined':
      return 'undefined';
    case 'number':
      if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : 'Infinity';
      return Number.isInteger(value) ? 'a number' : 'a fraction';
    default:
      return `a ${typeof value}`;
  }
}

/** Tells whether JSON has values of the kind, so that what a message says of the value is said of this one and not of its JSON form. */
export function isJsonKind(kind: string): boolean {
  return jsonKinds.has(kind);
}

const jsonKinds = new Set(['null', 'a string', 'a number', 'a fraction', 'a boolean', 'an array', 'an object']);

function kindOfObject(value: object): string {
  try {
    if (Array.isArray(value)) return 'an array';
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date';
    // Of the prototype: a member of the value that has this name is data.
    const { name }: { name?: unknown } = Object(Object.getPrototypeOf(value)?.constructor);
    if (typeof name !== 'string' || name === '' || name === 'Object') return 'an object';
    return /^[\w$]{1,50}$/.test(name) ? `an instance of ${name}` : 'an object';
  } catch {
    // A proxy that throws.
    return 'an object';
  }
}
