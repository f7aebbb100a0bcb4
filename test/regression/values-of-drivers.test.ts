import { mysql } from '../../src/connections/mysql.js';
import { postgres } from '../../src/connections/postgres.js';
import { createFusio, type FusioOptions, type Problem, Type } from '../../src/index.js';
import { takeProblems } from '../support/answers.js';
import { mariadb, postgresql } from '../support/database.js';
import { closeAll, closeLater } from '../support/fusio.js';

afterEach(closeAll);

const row = Type.Object({ value: Type.Integer() });
const fault = 'operation "it": the result does not fit the schema of status 200: ';

/** The log's word on what came, and what the caller was told. */
async function told(
  action: (request: object, context: { connections: Record<string, any> }) => unknown,
  response: object | undefined,
  options: FusioOptions & { checkResponse?: 'report' } = {},
) {
  const { checkResponse, ...more } = options;
  const lines: string[] = [];
  const keep = (_fields: object | string, message?: string) => void lines.push(message ?? '');
  const fusio = createFusio({ logger: { debug() {}, info() {}, warn: keep, error: keep }, ...more });
  closeLater(() => fusio.stop());
  const rules = { ...(response && { response }), ...(checkResponse && { checkResponse }) };
  // A cast: wrong results are the point here, and the types refuse them.
  fusio.operation({ name: 'it', method: 'GET', path: '/it', public: true, ...rules, action } as never);
  const answer = await fusio.inject({ path: '/it' });
  takeProblems();
  return { message: lines[0], status: answer.status, text: answer.text() };
}

class Decimal {
  readonly value = 'secret';
}
const hostile = new Proxy({}, { getPrototypeOf: () => ({ constructor: { name: 'a secret: x y' } }) });

it.each<[unknown, object, string]>([
  [null, Type.Integer(), '/value must be an integer, got null'],
  ['secret', Type.Integer(), '/value must be an integer, got a string'],
  [1.5, Type.Integer(), '/value must be an integer, got a fraction'],
  [Number.NaN, Type.Number(), '/value must be a number, got NaN'],
  [Number.POSITIVE_INFINITY, Type.Number(), '/value must be a number, got Infinity'],
  [true, Type.Integer(), '/value must be an integer, got a boolean'],
  [7n, Type.Integer(), '/value must be an integer, got a bigint'],
  [7n, Type.String(), '/value must be a string, got a bigint'],
  [7n, Type.Unknown(), '/value must not be a bigint, which JSON does not have'],
  [new Date(0), Type.Integer(), '/value must be an integer, got a Date'],
  [new Date(Number.NaN), Type.String(), '/value must be a string, got an invalid Date'],
  [new Date(0), Type.String({ format: 'date' }), '/value must be of the format "date", got a Date'],
  [new Date(0), Type.String({ maxLength: 10 }), '/value must have at most 10 characters, got a Date'],
  ['secret', Type.String({ maxLength: 3 }), '/value must have at most 3 characters'],
  [new Decimal(), Type.String(), '/value must be a string, got an instance of Decimal'],
  [Buffer.from('secret'), Type.String(), '/value must be a string, got an instance of Buffer'],
  [{ constructor: { name: 'secret' } }, Type.String(), '/value must be a string, got an object'],
  [hostile, Type.String(), '/value must be a string, got an object'],
  [[], Type.String(), '/value must be a string, got an array'],
  [3, Type.Union([Type.Literal('open'), Type.Literal('done')]), '/value must be one of "open", "done", got a number'],
  [null, Type.Union([Type.Integer(), Type.String()]), '/value must be an integer or a string, got null'],
  [null, Type.Literal('open'), '/value must be a string, got null; /value must be "open", got null'],
  [[null, 'x'], Type.Array(Type.String()), '/value/0 must be a string, got null'],
  [{ toJSON: () => [7n, 1] }, Type.Array(Type.Integer()), '/value/0 must be an integer, got a bigint'],
  [undefined, Type.Integer(), '/value is required'],
])('says where and of what kind %p is, never the value', async (value, schema, message) => {
  const { status, text, ...log } = await told(() => ({ value }), Type.Object({ value: schema as never }));

  expect(log.message).toBe(fault + message);
  expect(status).toBe(500);
  expect((JSON.parse(text) as Problem).detail).toBe('The result does not match the response schema of the operation');
});

it('says the kind of a whole result, and with checkResponse: report', async () => {
  expect((await told(() => null, row)).message).toBe(`${fault}the value must be an object, got null`);
  expect((await told(() => undefined, row)).message).toBe(`${fault}the value must be an object, got undefined`);
  const reported = await told(() => ({ value: null }), row, { checkResponse: 'report' });
  expect(reported).toEqual({
    message: `${fault}/value must be an integer, got null`,
    status: 200,
    text: '{"value":null}',
  });
});

it('says where a bigint is in a result without a schema', async () => {
  const { message, status } = await told(() => ({ rows: [{ id: 1n }] }), undefined);

  expect([status, message]).toEqual([
    500,
    'operation "it": /rows/0/id is a bigint, which JSON does not have: write it as a text',
  ]);
});

const select = 'SELECT * FROM it';
const Row = Type.Object({
  big: Type.Integer(),
  price: Type.Number(),
  due: Type.String({ format: 'date' }),
  note: Type.String(),
});

it('names what mysql2 gives for NULL, DATE, BIGINT and DECIMAL', async () => {
  const database = await mariadb();
  if (!database) return;
  const db = mysql({ uri: database.uri, supportBigNumbers: true, bigNumberStrings: true });

  const { message } = await told(
    async (_request, { connections }) => {
      await connections.db.query('CREATE TABLE it (big BIGINT, price DECIMAL(9,2), due DATE, note TEXT)');
      await connections.db.query("INSERT INTO it VALUES (18, 1.10, '2026-01-31', NULL)");
      return (await connections.db.query(select))[0][0];
    },
    Row,
    { connections: { db } },
  );

  expect(message?.slice(fault.length).split('; ')).toEqual([
    '/big must be an integer, got a string',
    '/price must be a number, got a string',
    '/due must be of the format "date", got a Date',
    '/note must be a string, got null',
  ]);
}, 60_000);

it('names what pg gives for NULL, DATE, BIGINT and NUMERIC', async () => {
  const database = await postgresql();
  if (!database) return;

  const { message } = await told(
    async (_request, { connections }) => {
      await connections.db.query('CREATE TABLE it (big BIGINT, price NUMERIC(9,2), due DATE, note TEXT)');
      await connections.db.query("INSERT INTO it VALUES (18, 1.10, '2026-01-31', NULL)");
      return (await connections.db.query(select)).rows[0];
    },
    Row,
    { connections: { db: postgres(database.uri) } },
  );

  expect(message?.slice(fault.length).split('; ')).toEqual([
    '/big must be an integer, got a string',
    '/price must be a number, got a string',
    '/due must be of the format "date", got a Date',
    '/note must be a string, got null',
  ]);
}, 60_000);
