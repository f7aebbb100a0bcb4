import { nearest } from '../../src/base/suggest.js';

describe('the nearest known word', () => {
  const known = ['db', 'cache', 'response', 'GET'];

  it.each([
    ['bd', 'db'],
    ['dbs', 'db'],
    ['cahce', 'cache'],
    ['respones', 'response'],
    ['get', 'GET'],
    ['reponse', 'response'],
    ['mq', undefined],
    ['queue', undefined],
    ['', undefined],
  ])('of "%s" is %s', (word, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });
});
