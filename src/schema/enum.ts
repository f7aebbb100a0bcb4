/** More literals than these are looked up: typebox compares a value with each of them. */
export const manyLiterals = 50;

/** Stands for the message of the refinement: `issues.ts` finds the words. */
export class NotListed {
  constructor(readonly literals: readonly unknown[]) {}
}

/** Makes the refinement of a large `enum`: a check takes no longer for more literals. */
export function listing(literals: readonly unknown[]) {
  const scalars = new Set(literals);
  const objects = literals.filter(isObject);
  const most = objects.reduce((parts, one) => Math.max(parts, textOf(one, Number.POSITIVE_INFINITY).parts), 0);
  const texts = new Set(objects.map((one) => textOf(one, most).text));
  const message = new NotListed(literals);
  return {
    check: (value: unknown) => (isObject(value) ? texts.has(textOf(value, most).text) : scalars.has(value)),
    error: () => message,
  };
}

/** Writes equal JSON values as equal texts. No value with more than `most` parts is among the literals: none is looked into further. */
function textOf(value: object, most: number): { readonly text: string | undefined; readonly parts: number } {
  let parts = 0;
  function write(part: unknown): string {
    if (!isObject(part)) return typeof part === 'string' ? JSON.stringify(part) : String(part);
    const members = Object.entries(part);
    parts += 1 + members.length;
    if (parts > most) return '';
    const texts = members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`);
    return Array.isArray(part) ? `[${texts.join()}]` : `{${texts.sort().join()}}`;
  }
  const text = write(value);
  return { text: parts > most ? undefined : text, parts };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
