import { Readable } from 'node:stream';
import { createFusio, respond, Type } from '../../src/index.js';
import { takeProblems } from '../support/answers.js';

interface Result {
  readonly response?: unknown;
  readonly action: () => unknown;
}

/** The log's word on a result that was refused, and the status of its answer. */
async function refusalOf(options: Result): Promise<[number, string | undefined]> {
  const messages: string[] = [];
  const quiet = () => {};
  const logger = {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (_fields: object | string, message?: string) => void messages.push(message ?? ''),
  };
  const fusio = createFusio({ logger });
  fusio.operation({ name: 'it', method: 'GET', path: '/it', public: true, ...(options as { action(): unknown }) });
  const { status } = await fusio.inject({ path: '/it' });
  takeProblems();
  return [status, messages[0]];
}

async function* events() {
  yield 1;
}

const json = Type.Object({ id: Type.Integer() });
const noRaw = 'operation "it": a stream or a buffer does not go with a response schema: declare a media type';
const raw = 'operation "it": text/csv takes a text, a buffer, a stream, a Blob or a file, got';

it.each<[string, Result, string]>([
  ['an error of fetch', { action: () => Response.error() }, 'operation "it": Response.error() is no answer'],
  ...[199, 600, 200.5, Number.NaN].map((status): [string, Result, string] => [
    `the status ${status}`,
    { action: () => respond(status) },
    `operation "it": respond() takes a status from 200 to 599, got ${status}`,
  ]),
  [
    'a status that is not declared',
    { response: { 200: json, 201: json }, action: () => respond(202, { id: 1 }) },
    'operation "it": respond(202) is not among the statuses of the operation (200, 201)',
  ],
  ['a stream for a schema', { response: json, action: () => Readable.from(['a']) }, noRaw],
  ['a buffer for a schema', { response: json, action: () => Buffer.from('a') }, noRaw],
  ['a Blob for a schema', { response: json, action: () => new Blob(['a']) }, noRaw],
  ['an object for a media type', { response: 'text/csv', action: () => ({}) }, `${raw} an object`],
  ['an array for a media type', { response: 'text/csv', action: () => [] }, `${raw} an array`],
  ['null for a media type', { response: 'text/csv', action: () => null }, `${raw} null`],
  ['nothing for a media type', { response: 'text/csv', action: () => undefined }, `${raw} undefined`],
  ['a number for a media type', { response: 'text/csv', action: () => 7 }, `${raw} a number`],
  [
    'a text for events',
    { response: 'text/event-stream', action: () => 'a' },
    'operation "it": text/event-stream takes an async iterable, got a string',
  ],
  [
    'null for events',
    { response: 'text/event-stream', action: () => null },
    'operation "it": text/event-stream takes an async iterable, got null',
  ],
  [
    'events that are not declared',
    { action: () => events() },
    'operation "it": declare response: \'text/event-stream\' to send an async iterable',
  ],
  [
    'a value that does not fit',
    { response: json, action: () => ({ id: 'one' }) },
    'operation "it": the result does not fit the schema of status 200: /id must be an integer, got a string',
  ],
  [
    'a value that is wrong as a whole',
    { response: json, action: () => 'one' },
    'operation "it": the result does not fit the schema of status 200: the value must be an object, got a string',
  ],
  [
    'a getter that throws',
    {
      response: json,
      action: () => ({
        get id(): number {
          throw new Error('gone');
        },
      }),
    },
    'operation "it": the result cannot be read',
  ],
])('refuses %s with the reason', async (_what, options, message) => {
  expect(await refusalOf(options)).toEqual([500, message]);
});

it('takes the first and the last status that may be sent', async () => {
  expect(await refusalOf({ action: () => respond(200, 1) })).toEqual([200, undefined]);
  expect((await refusalOf({ action: () => respond(599, 1) }))[0]).toBe(599);
});
