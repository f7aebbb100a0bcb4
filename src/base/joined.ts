/** Members from outside and from within, which win: of a group and of what is in it. */
export type Joined<Outer, Inner> = [keyof Outer] extends [never]
  ? Inner
  : [keyof Outer & keyof Inner] extends [never]
    ? Outer & Inner
    : Omit<Outer, keyof Inner> & Inner;
