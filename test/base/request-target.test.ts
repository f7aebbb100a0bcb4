import { pathOf } from '../../src/base/request-target.js';

it.each([
  ['/a/b', '/a/b'],
  ['/a?b=http://c/d', '/a'],
  ['/a#b?c', '/a'],
  ['?a', '/'],
  ['*', '*'],
  ['http://x', '/'],
  ['http://x?a=1', '/'],
  ['http://x/a?b', '/a'],
  ['http://user:password@x:80/a#b', '/a'],
  ['HTTPS://x/a/http://y/b', '/a/http://y/b'],
  ['ftp://user:password@x/a', '/a'],
  ['x:80', 'x:80'],
])('the path of %s is %s', (target, path) => {
  expect(pathOf(target)).toBe(path);
});
