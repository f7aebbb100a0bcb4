/** What can be in a chain, one at a time. Begins as `unlinked`. */
export interface Linked {
  isLinked: boolean;
  previous: Linked | undefined;
  next: Linked | undefined;
}

export const unlinked: Readonly<Linked> = { isLinked: false, previous: undefined, next: undefined };

/**
 * A set of things that come and go with every request: linked through the things themselves, so that nothing is hashed and no
 * table is made anew.
 */
export interface Chain<Item extends Linked> {
  readonly isEmpty: boolean;
  add(item: Item): void;
  delete(item: Item): void;
  /** Those that are in it now; one that has left when its turn comes is left out. */
  each(visit: (item: Item) => void): void;
}

export function createChain<Item extends Linked>(): Chain<Item> {
  let first: Linked | undefined;
  return {
    get isEmpty() {
      return first === undefined;
    },
    add(item) {
      if (item.isLinked) return;
      item.isLinked = true;
      item.next = first;
      if (first) first.previous = item;
      first = item;
    },
    delete(item) {
      if (!item.isLinked) return;
      const { previous, next } = item;
      if (previous) previous.next = next;
      else first = next;
      if (next) next.previous = previous;
      item.isLinked = false;
      // What was answered must not keep its neighbours alive.
      item.previous = undefined;
      item.next = undefined;
    },
    each(visit) {
      const items: Linked[] = [];
      for (let item = first; item; item = item.next) items.push(item);
      for (const item of items) if (item.isLinked) visit(item as Item);
    },
  };
}
