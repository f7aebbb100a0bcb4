/** Gives equal JSON values the same number: `1` and `1.0`, and objects whatever the order of their members. */
class Numbers {
  readonly #known = new Map<unknown, number>();
  readonly #byForm = new Map<string, number>();

  of(value: unknown): number {
    let number = this.#known.get(value);
    if (number === undefined) {
      number = typeof value === 'object' && value !== null ? this.#ofForm(value) : this.#known.size + this.#byForm.size;
      this.#known.set(value, number);
    }
    return number;
  }

  #ofForm(value: object): number {
    const form = Array.isArray(value)
      ? `[${value.map((item) => this.of(item)).join()}]`
      : `{${Object.entries(value)
          .filter(([, member]) => member !== undefined)
          .map(([name, member]) => `${JSON.stringify(name)}:${this.of(member)}`)
          .sort()
          .join()}}`;
    let number = this.#byForm.get(form);
    if (number === undefined) {
      number = this.#known.size + this.#byForm.size;
      this.#byForm.set(form, number);
    }
    return number;
  }
}

let shared: Numbers | undefined;

/** Runs what checks one value: a list inside of lists is looked at once, and not again for each of them. */
export function sharingNumbers<Result>(run: () => Result): Result {
  const outer = shared;
  shared = new Numbers();
  try {
    return run();
  } finally {
    shared = outer;
  }
}

/** Tells whether no two items are equal; in place of the check of typebox, which takes the square of the number of those that are. */
function hasUniqueItems(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 2) return true;
  const numbers = shared ?? new Numbers();
  const seen = new Set<number>();
  for (const item of value) seen.add(numbers.of(item));
  return seen.size === value.length;
}

/** Stands for the message of the refinement: `issues.ts` finds the words. */
export const uniqueMark = 'fusio:unique';

/** The refinement of `uniqueItems: true`. */
export const uniqueness = { check: hasUniqueItems, error: () => uniqueMark };
