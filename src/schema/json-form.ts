import { FusioError } from '../base/errors.js';
import { hush } from '../base/promise.js';

/** Greatest depth of a value: more than programs write, and little enough for a stack that is in use already. */
export const maxValueDepth = 1_000;

/** Stands in for a value that has no JSON form. No check accepts it and nothing serialises it. */
export class Unreadable {
  constructor(readonly message: string) {}

  toJSON(): never {
    throw new FusioError('RESULT_INVALID', `The value ${this.message}`);
  }
}

export function refuseDepth(): never {
  throw new Unreadable('is nested too deeply, or holds itself');
}

export function refuseBigint(): never {
  throw new Unreadable('holds a bigint, which JSON does not have');
}

export function refusePromise(value: Promise<unknown>): never {
  hush(value);
  throw new Unreadable('holds a promise: await it first');
}

/** Tells whether the stack was too small: a value that is nested that deeply is not read. */
export function isStackOverflow(error: unknown): boolean {
  // By name, because the error may come from another realm.
  const { name, message } = Object(error);
  return name === 'RangeError' && /call stack/i.test(message);
}

/** Tells whether a value is an object literal, of any realm; not an object without a prototype. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return (
    prototype === Object.prototype ||
    (prototype !== null && Object.getPrototypeOf(prototype) === null && isRoot(prototype))
  );
}

function isRoot(prototype: object): boolean {
  return Object.hasOwn(prototype, 'hasOwnProperty');
}

/**
 * Does to one value what `JSON.stringify` does before it looks inside (ECMA-262, 25.5.2.2): `toJSON` is honoured, wrappers
 * are taken off, and a value that JSON does not have becomes undefined.
 */
export function unwrap(value: unknown): unknown {
  switch (typeof value) {
    case 'object': {
      if (value === null) return null;
      // A cast, because Reflect.get is slow and this is done for every object of a result.
      const { toJSON } = value as { toJSON?: unknown };
      const own: unknown = typeof toJSON === 'function' ? toJSON.call(value, '') : value;
      if (typeof own === 'function' || typeof own === 'symbol') return undefined;
      if (own instanceof String || own instanceof Number || own instanceof Boolean || own instanceof BigInt)
        return own.valueOf();
      return own;
    }
    case 'bigint': {
      // A prototype may have been given a toJSON, as many programs do for bigint.
      const { toJSON } = value as { toJSON?: unknown };
      return typeof toJSON === 'function' ? toJSON.call(value, '') : value;
    }
    case 'function':
    case 'symbol':
      return undefined;
    default:
      return value;
  }
}

/** Sets a property, also one named `__proto__`, which an assignment would take for the prototype. */
export function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}
