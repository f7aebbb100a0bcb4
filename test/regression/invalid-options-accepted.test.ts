import { createFusio } from '../../src/index.js';
import { closeAll } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

afterEach(closeAll);
failOnUncaught();

it.each([{ origins: [5] }, { origins: [/a/g] }, { origins: ['x'], exposeHeaders: ['a\nb'] }])(
  'refuses cors %j',
  (cors) => {
    expect(() => createFusio({ cors } as never)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
  },
);

it.each([
  [{ consumes: 'jsn', method: 'POST' }, /is no media type/],
  [{ response: 'todo' }, /neither a schema nor a media type/],
  [
    {
      action: class Action {
        handle() {}
      },
    },
    /give an instance/,
  ],
  [{ name: 'a.__proto__' }, /"__proto__" is a word of JavaScript's objects/],
  [{ path: '/a%2fb' }, /cannot be a segment/],
  [{ rate: 5 }, /"rate" is not in this version of fusio yet/],
])('refuses the operation %j', (operation, message) => {
  expect(() => api({ action: () => 1, ...operation })).toThrow(
    expect.objectContaining({ message: expect.stringMatching(message) }),
  );
});
