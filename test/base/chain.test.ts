import { createChain, type Linked, unlinked } from '../../src/base/chain.js';

interface Item extends Linked {
  readonly name: string;
}

function filled(...names: string[]) {
  const chain = createChain<Item>();
  const items = names.map((name): Item => ({ ...unlinked, name }));
  for (const item of items) chain.add(item);
  const list = () => {
    const found: string[] = [];
    chain.each(({ name }) => found.push(name));
    return found.sort().join('');
  };
  return { chain, items, list };
}

describe('a chain', () => {
  it.each([
    [0, 'bc'],
    [1, 'ac'],
    [2, 'ab'],
  ])('lets go of number %i of three', (index, left) => {
    const { chain, items, list } = filled('a', 'b', 'c');
    const item = items[index]!;

    chain.delete(item);
    chain.delete(item);

    expect(list()).toBe(left);
    expect(item).toEqual({ ...unlinked, name: item.name });
  });

  it('is empty when the last one has left, and holds it again when it comes back', () => {
    const { chain, items, list } = filled('a');
    const [item] = items as [Item];

    chain.delete(item);
    expect(chain.isEmpty).toBe(true);
    chain.add(item);
    chain.add(item);

    expect([chain.isEmpty, list()]).toEqual([false, 'a']);
  });

  it('leaves out those that leave while it is walked, and those that come', () => {
    const { chain, items } = filled('a', 'b', 'c');
    const seen: string[] = [];

    chain.each(({ name }) => {
      seen.push(name);
      for (const item of items) chain.delete(item);
      chain.add({ ...unlinked, name: 'd' });
    });

    expect(seen).toHaveLength(1);
  });
});
