/** Type names of one generated file: each is unique, and none hides a name that the rest of the file uses. */
export class Names {
  readonly #taken: Set<string>;

  /** @param code The rest of the file. Every word in it counts as taken, except those in comments. */
  constructor(code: string, more: readonly string[]) {
    const bare = code.replace(/\/\*[\s\S]*?\*\/|^ *\/\/.*$/gm, '');
    this.#taken = new Set([...(bare.match(/[A-Za-z_$][\w$]*/g) ?? []), ...more]);
  }

  /** Gives a free name: `Todo`, else `TodoModel`, `TodoModel2`, … */
  claim(wish: string): string {
    let name = wish;
    for (let count = 1; this.#taken.has(name); count++) name = `${wish}Model${count === 1 ? '' : count}`;
    this.#taken.add(name);
    return name;
  }
}
