import { createTree } from '../../src/http/tree.js';
import { parsePath } from '../../src/operation/path.js';

function treeOf(...operations: string[]) {
  const tree = createTree<{ name: string; method: string }>();
  for (const line of operations) {
    const [method, path] = line.split(' ') as [string, string];
    tree.add(parsePath(path, line), { name: line, method });
  }
  return tree;
}

function found(tree: ReturnType<typeof treeOf>, method: string, path: string) {
  const match = tree.find(method, path);
  return match && { name: match.methods.get(method)?.name, values: match.values };
}

describe('the tree of paths', () => {
  it.each([
    ['/todo/search', 'GET /todo/search', []],
    ['/todo/12', 'GET /todo/$id<[0-9]+>', ['12']],
    ['/todo/12a', 'GET /todo/:id', ['12a']],
    ['/todo/a/b', 'GET /todo/*rest', ['a/b']],
    ['/todo/12/label', 'GET /todo/:id/label', ['12']],
    ['/', 'GET /', []],
  ])('finds the most specific operation for %s', (path, name, values) => {
    const tree = treeOf(
      'GET /',
      'GET /todo/*rest',
      'GET /todo/:id',
      'GET /todo/$id<[0-9]+>',
      'GET /todo/search',
      'GET /todo/:id/label',
    );

    expect(found(tree, 'GET', path)).toEqual({ name, values });
  });

  it('goes back to a less specific branch when the specific one ends nowhere', () => {
    const tree = treeOf('GET /todo/search/all', 'GET /:thing/:id', 'GET /*rest');

    expect(found(tree, 'GET', '/todo/search')).toEqual({ name: 'GET /:thing/:id', values: ['todo', 'search'] });
    expect(found(tree, 'GET', '/todo/search/none/x')).toEqual({ name: 'GET /*rest', values: ['todo/search/none/x'] });
  });

  it('prefers a shape that has the method to a more specific one that has not', () => {
    const tree = treeOf('GET /todo/search', 'POST /todo/:id');

    expect(found(tree, 'POST', '/todo/search')).toEqual({ name: 'POST /todo/:id', values: ['search'] });
  });

  it('tells the methods of a path that has others', () => {
    const tree = treeOf('GET /todo/:id', 'DELETE /todo/:id');

    expect([...(tree.find('PUT', '/todo/1')?.methods.keys() ?? [])].sort()).toEqual(['DELETE', 'GET', 'HEAD']);
  });

  it.each(['/todo', '/todo/', '/Todo/1', '/todo/1/', '//todo/1', '/todo//1'])(
    'does not take %s for /todo/:id',
    (path) => {
      expect(treeOf('GET /todo/:id').find('GET', path)).toBeUndefined();
    },
  );

  it('lets GET answer HEAD until an operation of its own does', () => {
    const tree = treeOf('GET /todo', 'HEAD /todo');

    expect(found(tree, 'HEAD', '/todo')?.name).toBe('HEAD /todo');
    expect(found(treeOf('GET /todo'), 'HEAD', '/todo')?.name).toBe('GET /todo');
  });

  it('finds a static segment that came percent-encoded', () => {
    expect(found(treeOf('GET /caf%C3%A9/menu'), 'GET', '/caf%C3%A9/menu')?.name).toBe('GET /caf%C3%A9/menu');
    expect(found(treeOf('GET /todo/search'), 'GET', '/todo/se%61rch')?.name).toBe('GET /todo/search');
  });

  it.each([
    ['GET /todo/:id', 'GET /todo/:name'],
    ['GET /file/*rest', 'GET /file/*path'],
    ['GET /year/$a<[0-9]+>', 'GET /year/$b<[0-9]+>'],
    ['GET /todo', 'GET /todo'],
  ])('refuses %s beside %s', (first, second) => {
    expect(() => treeOf(first, second)).toThrow(
      expect.objectContaining({ code: 'OPERATION_CONFLICT', message: expect.stringContaining(`"${first}"`) }),
    );
  });
});
