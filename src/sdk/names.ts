/** Names of the types in one file: each is given once, and none hides what the rest of the file uses. */
export class Names {
  readonly #taken: Set<string>;

  /** `code`: what else stands in the file. Every word of it is taken, but for its comments. */
  constructor(code: string, more: readonly string[]) {
    const bare = code.replace(/\/\*[\s\S]*?\*\/|^ *\/\/.*$/gm, '');
    this.#taken = new Set([...(bare.match(/[A-Za-z_$][\w$]*/g) ?? []), ...more]);
  }

  /** A name that nobody has: `Todo`, else `TodoModel`, `TodoModel2`, … */
  claim(wish: string): string {
    let name = wish;
    for (let count = 1; this.#taken.has(name); count++) name = `${wish}Model${count === 1 ? '' : count}`;
    this.#taken.add(name);
    return name;
  }
}
