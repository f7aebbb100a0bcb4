import { fillPath, parsePath } from '../../src/operation/path.js';

describe('the path of an operation', () => {
  it('reads static, parameter, pattern and wildcard segments', () => {
    expect(parsePath('/todo/:id/$year<[0-9]{4}>/*rest', 'operation "x"')).toEqual([
      { kind: 'static', text: 'todo' },
      { kind: 'param', name: 'id' },
      { kind: 'pattern', name: 'year', source: '[0-9]{4}' },
      { kind: 'wildcard', name: 'rest' },
    ]);
  });

  it.each([
    ['todo', 'must begin with "/"'],
    ['/todo//x', 'empty segment'],
    ['/todo/', 'empty segment'],
    ['/todo/:', "a parameter's name"],
    ['/todo/:a-b', "a parameter's name"],
    ['/todo/:__proto__', "a parameter's name"],
    ['/:id/:id', 'two parameters "id"'],
    ['/*rest/x', 'a wildcard must be the last segment'],
    ['/$year', 'write a pattern as $name<pattern>'],
    ['/$year<[0-9>', 'is not a regular expression'],
    ['/$year<.+>', 'takes anything; write :name'],
    ['/todo?x', 'must not have "?"'],
    ['/../x', 'must not have ".."'],
    ['/todo/{:id}', '"{:id}" is no fixed text; write ":id"'],
    ['/todo/{id}', '"{id}" is no fixed text; write ":id"'],
    ['/todo/[id]', '"[id]" is no fixed text; write ":id"'],
    ['/todo/<id>', '"<id>" is no fixed text; write ":id"'],
    ['/todo{/:id}', '"todo{" is no fixed text'],
    [
      '/todo/a:id',
      '"a:id" is no fixed text; a parameter is a whole segment, such as ":id" (for the sign itself write "%3A")',
    ],
    ['/todo/(.*)', '"(.*)" is no fixed text'],
    ['/todo*', '"todo*" is no fixed text'],
    ['/a|/b', '"a|" is no fixed text'],
    ['/todo/:id?', 'there are no optional parameters'],
    ['/todo/:id(\\d+)', 'write "$id<\\d+>"'],
  ])('refuses %s', (path, message) => {
    expect(() => parsePath(path, 'operation "todo.get"')).toThrow(
      expect.objectContaining({
        code: 'OPERATION_INVALID',
        message: expect.stringMatching(
          new RegExp(`^operation "todo.get": .*${message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`),
        ),
      }),
    );
  });

  it('has the signs of other path languages where they are percent-encoded', () => {
    expect(parsePath('/todo%3Aall/%7Bid%7D', 'x')).toEqual([
      { kind: 'static', text: 'todo:all' },
      { kind: 'static', text: '{id}' },
    ]);
  });

  it('is filled with encoded values, and a wildcard keeps its slashes', () => {
    const segments = parsePath('/todo/:id/*rest', 'x');

    expect(fillPath(segments, { id: 'a/b c', rest: 'x/y z' })).toBe('/todo/a%2Fb%20c/x/y%20z');
  });
});
