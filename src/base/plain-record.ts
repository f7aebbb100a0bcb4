/**
 * Object without a prototype, for names that callers choose: it has no inherited `toString` or `constructor`.
 * V8 treats the result of `Object.create(null)` as a hash table; an object of a class has a shape, and reading it is several times faster.
 * Cast, because TypeScript does not take a function for a class.
 */
export const Bare = function Bare() {} as unknown as new () => Record<string, any>;
Bare.prototype = Object.create(null);

export function isBare(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Bare.prototype;
}
