/**
 * An object for names that strangers choose: it has no `toString` and no `constructor` to trip over.
 * One made with `Object.create(null)` is a hash table to V8; this one has a shape, which makes reading it several times faster.
 */
export const Bare = function Bare() {} as unknown as new () => Record<string, any>;
Bare.prototype = Object.create(null);

export function isBare(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Bare.prototype;
}
