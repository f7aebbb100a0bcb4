import { createTree } from '../../src/http/tree.js';
import { parsePath } from '../../src/operation/path.js';

function treeOf(...operations: string[]) {
  const tree = createTree<{ name: string; method: string; path: string }>();
  for (const line of operations) {
    const [method, path] = line.split(' ') as [string, string];
    tree.add(parsePath(path, line), { name: line, method, path });
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

  it.each([
    ['/caf%C3%A9/menu', '/caf%C3%A9/menu'],
    ['/café/menu', '/caf%C3%A9/menu'],
    ['/a%3Ab', '/a:b'],
    ['/%7Eme', '/~me'],
    ["/it's!%28%2A%29", "/it's!(*)"],
  ])('has %s in the spelling %s', (declared, spelling) => {
    expect(found(treeOf(`GET ${declared}`), 'GET', spelling)).toBeDefined();
  });

  it.each([
    ['/todo/search', '/todo/se%61rch'],
    ['/café', '/caf%c3%a9'],
    ['/a%3Ab', '/a%3Ab'],
    ['/$id<[0-9]+>', '/%31'],
    ['/$word<[-._~a-z]+>', '/%2D'],
    ['/$word<[-._~a-z]+>', '/%7e'],
  ])('does not know %s again in %s', (declared, spelling) => {
    expect(found(treeOf(`GET ${declared}`), 'GET', spelling)).toBeUndefined();
  });

  it('lets a pattern see what must be encoded', () => {
    const tree = treeOf('GET /$word<[é|]+>');

    expect(found(tree, 'GET', '/%C3%A9%7C')?.values).toEqual(['%C3%A9%7C']);
  });

  it.each([
    ['GET /todo/:id', 'GET /todo/:name'],
    ['GET /file/*rest', 'GET /file/*path'],
    ['GET /year/$a<[0-9]+>', 'GET /year/$b<[0-9]+>'],
    ['GET /todo', 'GET /todo'],
  ])('refuses %s beside %s', (first, second) => {
    const as = first === second ? '' : `, as ${first.slice('GET '.length)}`;

    expect(() => treeOf(first, second)).toThrow(
      expect.objectContaining({
        code: 'OPERATION_CONFLICT',
        message: `operation "${second}": ${second} is operation "${first}" already${as}`,
      }),
    );
  });
});
