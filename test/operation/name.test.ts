import { createFusio } from '../../src/index.js';

describe('the name of an operation', () => {
  it.each([
    ['constructor', 'operation "constructor": "constructor" is a word of JavaScript\'s objects; take another one'],
    ['todo.prototype', 'operation "todo.prototype": "prototype" is a word of JavaScript\'s objects; take another one'],
    ['a-b', 'operation "a-b": a name is letters, digits and "_", dotted like "todo.create"'],
    ['a'.repeat(256), 'a name has 255 characters at most'],
  ])('is refused for its true reason: %s', (name, message) => {
    const make = () => createFusio({ logger: false }).operation({ name, method: 'GET', path: '/a', action: () => 1 });

    expect(make).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
    expect(make).toThrow(message);
  });
});
