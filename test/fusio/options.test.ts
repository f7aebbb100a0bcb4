import { createFusio } from '../../src/index.js';

it.each<[object | null, string]>([
  [{ loger: false }, 'unknown option "loger" (did you mean "logger"?)'],
  [{ docs: { titel: 'x' } }, 'unknown option "docs.titel" (did you mean "title"?)'],
  [{ cors: { origins: '*', credential: true } }, 'unknown option "cors.credential" (did you mean "credentials"?)'],
  [{ telemetry: { promtheus: 1 } }, 'unknown option "telemetry.promtheus" (did you mean "prometheus"?)'],
  [{ queue: 'x' }, 'the option "queue" is not in this version of fusio yet'],
  [{ connections: [] }, 'connections must be an object by name, got an array'],
  [{ formats: null }, 'formats must be an object by name, got object'],
  [{ formats: { even: 1 } }, 'formats.even must be a function of a text'],
  [{ baseUrl: 'x' }, 'baseUrl must be of the format "uri"'],
  [{ cors: 5 }, 'cors must be true or false or an object'],
  [{ cors: { credentials: true } }, 'cors.origins is required'],
  [
    { cors: { origins: [/a/g] } },
    'cors.origins must be "*" or an array of texts and of patterns without the flags g and y',
  ],
  [{ cors: { origins: '*', exposeHeaders: ['a b'] } }, 'cors.exposeHeaders must be names of headers'],
  [{ clock: null }, 'clock must have now()'],
  [{ clientIp: 'x' }, 'clientIp must be a function'],
  [{ authenticate: null }, 'authenticate must be a function'],
  [{ logger: { debug() {}, info() {}, warn() {} } }, 'logger must have debug, info, warn and error, error is missing'],
  [{ fallthrough: 1 }, 'fallthrough must be true or false'],
  [null, 'options must be an object'],
])('refuses the options %j', (options, message) => {
  expect(() => createFusio(options as never)).toThrow(
    expect.objectContaining({ code: 'OPTIONS_INVALID', message: `createFusio: ${message}` }),
  );
});

it('refuses events, which come with a later version', () => {
  expect(() => createFusio({ events: { todo_created: { type: 'object' } } })).toThrow(
    expect.objectContaining({ code: 'NOT_AVAILABLE' }),
  );
});

it('takes every option as undefined', () => {
  const names = ['connections', 'events', 'authenticate', 'formats', 'baseUrl', 'docs', 'clientIp', 'cors', 'logger'];

  expect(() => createFusio(Object.fromEntries(names.map((name) => [name, undefined])) as never)).not.toThrow();
});

it.each([
  [{ cach: {} }, /unknown option "cach" \(did you mean "cache"\?\)/],
  [{ cache: { maxAge: 1 } }, /unknown option "cache.maxAge" \(did you mean "maxAgeMs"\?\)/],
  [{ consumes: { type: 'multipart/form-data', maxFile: 1 } }, /did you mean "maxFiles"\?/],
  [{ idempotent: true }, /the option "idempotent" is not in this version of fusio yet/],
])('refuses the operation options %j', (options, message) => {
  const operation = { name: 'todo.create', method: 'POST', path: '/todo', action: () => 1, ...options } as const;

  expect(() => createFusio({ logger: false }).operation(operation as never)).toThrow(
    expect.objectContaining({ code: 'OPERATION_INVALID', message: expect.stringMatching(message) }),
  );
});
