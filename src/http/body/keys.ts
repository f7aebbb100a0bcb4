import { FusioError } from '../../base/errors.js';

/** Refuses keys of a parsed value that would reach a prototype when the value is copied, and values that are nested too deeply. */
export function checkKeys(value: unknown, maxDepth: number): void {
  if (typeof value === 'object' && value !== null) walk(value, maxDepth, []);
}

/** Refuses the key at a JSON pointer. */
export function refuseKey(pointer: string): never {
  const message = 'The keys "__proto__" and "constructor" are not accepted';
  throw new FusioError('KEY_FORBIDDEN', message, { errors: [{ pointer, message, code: 'KEY_FORBIDDEN' }] });
}

/** Refuses a value that is nested deeper than the operation accepts. */
export function refuseDepth(maxDepth: number): never {
  throw new FusioError('JSON_TOO_DEEP', `The body is nested deeper than ${maxDepth} levels`);
}

function walk(value: object, maxDepth: number, path: (string | number)[]): void {
  if (path.length >= maxDepth) refuseDepth(maxDepth);
  if (ArrayBuffer.isView(value)) return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) step(value[index], index, maxDepth, path);
    return;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__' || key === 'constructor') refuseKey(pointerOf([...path, key]));
    // Cast: the value is an object here, and its keys are read by name.
    step((value as Record<string, unknown>)[key], key, maxDepth, path);
  }
}

function step(value: unknown, key: string | number, maxDepth: number, path: (string | number)[]): void {
  if (typeof value !== 'object' || value === null) return;
  path.push(key);
  walk(value, maxDepth, path);
  path.pop();
}

/** RFC 6901, 3: `~` and `/` are written `~0` and `~1`. */
function pointerOf(path: readonly (string | number)[]): string {
  return ['/body', ...path.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
}
