import { type FileOptions, file, respond } from '../../src/index.js';
import { closeAll } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

// `file(path, { maxAgeMs })` of a private operation was sent with `max-age` alone, which a shared cache may keep.
afterEach(closeAll);
failOnUncaught();

const aged = (options: FileOptions = { maxAgeMs: 60_000 }) => file(__filename, options);
const cached = { 'cache-control': 'max-age=60' };

it.each<[string, () => unknown, string, string | null]>([
  ['a value', () => 1, 'no-store', null],
  ['nothing', () => undefined, 'no-store', null],
  ['a file', () => aged({}), 'no-store', null],
  ['a file with an age', () => aged(), 'private, max-age=60', 'max-age=60'],
  ['a value with an age', () => respond(200, 1, cached), 'private, max-age=60', 'max-age=60'],
  ['a Response with an age', () => new Response('x', { headers: cached }), 'private, max-age=60', 'max-age=60'],
  ['a redirect', () => respond(301, undefined, { location: '/x' }), 'no-store', null],
  [
    'one that says otherwise',
    () => respond(200, 1, { 'cache-control': 'public, max-age=9' }),
    'public, max-age=9',
    'public, max-age=9',
  ],
  ['one for shared caches', () => respond(200, 1, { 'cache-control': 's-maxage=9' }), 's-maxage=9', 's-maxage=9'],
  ['one that asks again', () => respond(200, 1, { 'cache-control': 'no-cache' }), 'private, no-cache', 'no-cache'],
])('%s', async (title, action, ofPrivate, ofPublic) => {
  const response = /file|Response/.test(title) ? { response: 'text/plain' } : {};
  for (const [isPublic, expected] of [
    [false, ofPrivate],
    [true, ofPublic],
  ] as const) {
    const { fusio } = api({ ...response, action, public: isPublic });

    const { headers } = await fusio.inject({ path: '/it', as: 'system' });

    expect(headers.get('cache-control')).toBe(expected);
  }
});
