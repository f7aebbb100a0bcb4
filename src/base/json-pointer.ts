/** Escapes a member's name for a JSON pointer (RFC 6901, 3). */
export function escapePointer(name: string): string {
  return /[~/]/.test(name) ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name;
}

/** Reads a member's name from a part of a JSON pointer. */
export function unescapePointer(part: string): string {
  return part.includes('~') ? part.replaceAll('~1', '/').replaceAll('~0', '~') : part;
}

/** Reads a member's name from a part of a pointer that is a URI fragment (RFC 6901, 6): it may be percent-encoded. */
export function decodePointer(part: string): string {
  try {
    return unescapePointer(decodeURIComponent(part));
  } catch {
    // A "%" that stands for itself.
    return unescapePointer(part);
  }
}

/** Finds the part of a finished document that a `$ref` such as `#/components/schemas/Todo` names; undefined where there is none. */
export function findPart(document: unknown, reference: string): unknown {
  return reference
    .split('/')
    .slice(1)
    .reduce((found, part) => memberOf(found, decodePointer(part)), document);
}

/** Returns an own member of an object by its name, or of a list by its index; undefined where there is none. */
export function memberOf(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined;
  // TypeScript does not conclude from `hasOwn` that the member is there.
  return (holder as Readonly<Record<string, unknown>>)[name];
}
