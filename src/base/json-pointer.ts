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
  let found = document;
  for (const part of reference.split('/').slice(1)) {
    const name = decodePointer(part);
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined;
    // A list has members by their index.
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found;
}
