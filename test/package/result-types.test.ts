import { type Consumer, createConsumer } from './consumer.js';
import { faultsIn } from './faults.js';

jest.setTimeout(60_000);

const head = `
import { type ActionRequest, type ContextOf, createFusio, defineAction, Type } from 'fusio';

const fusio = createFusio();
const State = Type.Union([Type.Literal('open'), Type.Literal('done')]);
const Todo = Type.Object({ id: Type.Integer(), state: State });
const Job = Type.Object({ job: Type.String() });
type Todo = { id: number; state: 'open' | 'done' };
declare const list: Todo[];
declare function load<Value>(): Promise<Value>;
const free = { name: 'a', method: 'GET', path: '/a' } as const;
const base = { ...free, response: Todo };
const jobs = { ...free, response: { 200: Todo, 202: Job } } as const;
const named = fusio.action('named', ({ params }: ActionRequest<{ params: typeof Todo }>) => params);
const literal = fusio.action('literal', () => ({ id: 1, state: 'open' }));
class Do {
  async handle({ body }: ActionRequest<{ body: typeof Todo }>, { respond }: ContextOf<typeof fusio>) { return respond(200, body); }
}
`;

const literals = [
  "fusio.operation({ ...base, action: () => ({ id: 1, state: 'open' }) });",
  "fusio.operation({ ...base, action: async () => ({ id: 1, state: 'open' }) });",
  "fusio.operation({ ...base, action() { return { id: 1, state: 'open' }; } });",
  'fusio.operation({ ...base, action: literal });',
  "fusio.operation({ ...free, action: () => ({ id: 1, state: 'open' }), response: Todo });",
  "fusio.operation({ ...jobs, action: () => ({ id: 1, state: 'open' }) });",
  "fusio.operation({ ...base, response: State, action: () => 'done' });",
  "fusio.operation({ ...base, response: Type.Enum(['x', 'y']), action: () => 'x' });",
  "fusio.operation({ ...base, response: { enum: ['x', 1] }, action: () => 1 });",
  "fusio.operation({ ...base, response: Type.Tuple([Type.String(), Type.Literal(1)]), action: () => ['a', 1] });",
  'fusio.operation({ ...base, response: Type.Object({ deep: Type.Object({ yes: Type.Literal(true) }) }), action: () => ({ deep: { yes: true } }) });',
  "fusio.operation({ ...base, response: Type.Array(Todo), action: () => [...list, { id: 1, state: 'open' }] });",
  'fusio.operation({ ...base, response: Type.Array(Todo), action: () => [] });',
  "fusio.operation({ ...base, response: Type.Union([Type.Object({ kind: Type.Literal('a') }), Job]), action: () => ({ kind: 'a' }) });",
];

const At = '{ at: Type.String({ format: "date-time" }), due: Type.Optional(Type.String()) }';
const jsonForms = [
  `fusio.operation({ ...base, response: Type.Object(${At}), action: () => ({ at: new Date() }) });`,
  `fusio.operation({ ...base, response: Type.Object(${At}), action: () => ({ at: 'x', due: list[0] && new Date() }) });`,
  `fusio.operation({ ...base, response: Type.Object(${At}), action: async ({ query }) => { void query; return { at: new Date(), due: undefined }; } });`,
  `fusio.operation({ ...base, response: Type.Array(Type.Object(${At})), action: () => [{ at: new Date(), due: undefined }] });`,
  `fusio.operation({ ...base, response: { 200: Todo, 202: Type.Object(${At}) }, action: (_, { respond }) => respond(202, { at: new Date(), due: undefined }) });`,
  'fusio.operation({ ...base, response: Type.Union([Type.String(), Type.Null()]), action: () => new Date() });',
  'fusio.operation({ ...base, response: Type.Tuple([Type.String(), Type.Integer()]), action: () => [new Date(), 1] });',
  'fusio.operation({ ...base, response: Type.Record(Type.String(), Type.String()), action: () => ({ at: new Date() }) });',
  "fusio.operation({ ...base, response: { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] }, action: () => ({ at: new Date() }) });",
  'fusio.operation({ ...base, response: Type.Object({ any: Type.Any(), unknown: Type.Unknown() }), action: () => ({ any: 1, unknown: new Date() }) });',
  `fusio.operation({ ...base, response: Type.Object(${At}), action: defineAction({ name: 'x', response: Type.Object(${At}), handle: () => ({ at: new Date() }) })() });`,
  `const { at }: { at: string } = await fusio.call(fusio.operation({ ...base, response: Type.Object(${At}), action: () => ({ at: new Date() }) }));`,
  'void at;',
];

const forms = [
  'fusio.operation({ ...base, params: Todo, action: named });',
  "fusio.operation({ ...base, params: Todo, action: 'named' });",
  "fusio.operation({ ...base, action: defineAction({ name: 'x', handle: () => [1] })() });",
  "fusio.operation({ ...base, method: 'POST', body: Todo, action: new Do() });",
  'fusio.operation({ ...base, action: () => load<Todo>() });',
  'fusio.operation({ ...base, action: async ({ params }) => { void params; return load(); } });',
  "fusio.operation({ ...base, action: (): never => { throw new Error('x'); } });",
  'fusio.operation({ ...free, action: () => new Promise((resolve) => resolve({ a: 1 })) });',
  'fusio.operation({ ...free, action: (): unknown => 1 });',
  "const todo: Todo = await fusio.call(fusio.operation({ ...base, action: () => ({ id: 1, state: 'open' }) }));",
  'fusio.operation({ ...base, action: () => todo });',
];

const replies = [
  'respond(204)',
  "respond(302, undefined, { location: '/x' })",
  "respond(202, { job: 'x' }, { location: '/x' })",
].flatMap((reply) => [
  `fusio.operation({ ...jobs, action: (_, { respond }) => ${reply} });`,
  `fusio.operation({ ...free, action: (_, { respond }) => ${reply} });`,
]);

const job = "Type 'undefined' is not assignable to type 'string | Date'.";
const state = `state: Type '"x"' is not assignable to type '"open" | "done"'.`;

const wrong: readonly (readonly [line: string, fault: string])[] = [
  ["fusio.operation({ ...base, action: () => ({ id: 1, state: 'x' }) });", state],
  ["fusio.operation({ ...base, action: ({ query }) => ({ id: Number(query.id), state: 'x' }) });", state],
  [
    "fusio.operation({ ...base, action: { handle: () => ({ id: '1', state: 'open' as const }) } });",
    "id: Type 'string' is not assignable to type 'number'.",
  ],
  ["fusio.operation({ ...base, response: Type.Array(Todo), action: () => [{ id: 1, state: 'x' }] });", state],
  [
    "fusio.operation({ ...base, response: Type.Object({ a: Todo }), action: () => ({ a: { id: 1, state: 'x' } }) });",
    state,
  ],
  ["fusio.operation({ ...jobs, action: () => ({ id: 1, state: 'x' }) });", state],
  [
    'fusio.operation({ ...base, action: () => ({ id: 1, state: new Date() }) });',
    `state: Type 'Date' is not assignable to type '"open" | "done"'.`,
  ],
  ['fusio.operation({ ...base, response: Job, action: () => ({ job: undefined }) });', `job: ${job}`],
  // A reply has a status, too.
  [
    'fusio.operation({ ...base, response: Type.Object({ status: Type.String() }), action: () => ({ status: 1 }) });',
    "status: Type 'number' is not assignable to type 'string | Date'.",
  ],
  [
    "fusio.operation({ ...jobs, action: (_, { respond }) => respond(202, { jb: 'x' }) });",
    "jb: Object literal may only specify known properties, and 'jb' does not exist in type '{ job: string | Date; }'.",
  ],
  [
    "fusio.operation({ ...jobs, action: (_, { respond }) => respond(202, { job: 1 }, { location: '/x' }) });",
    "job: Type 'number' is not assignable to type 'string | Date'.",
  ],
];

let consumer: Consumer;
let faultsOf: (lines: readonly string[]) => readonly string[];
beforeAll(() => {
  consumer = createConsumer();
  faultsOf = faultsIn(consumer, head, [
    ...literals,
    ...jsonForms,
    ...forms,
    ...replies,
    ...wrong.map(([line]) => line),
    ...others,
  ]);
});
afterAll(() => consumer.remove());

it('takes literals, tuples and enums from an action without parameters', () => {
  expect(faultsOf(literals)).toEqual([]);
});

it('takes what has the JSON form of the schema: a Date for a text, and undefined where a property is optional', () => {
  expect(faultsOf(jsonForms)).toEqual([]);
});

it('takes every form of an action', () => {
  expect(faultsOf(forms)).toEqual([]);
});

it('takes a reply without a body where the status needs none', () => {
  expect(faultsOf(replies)).toEqual([]);
});

it.each(wrong)('reports a wrong result or reply at its property, in one line: %s', (line, fault) => {
  expect(faultsOf([line])).toEqual([fault]);
});

const [asynchronous, undeclared, missing] = [
  "fusio.operation({ ...base, action: async () => ({ id: 'x', state: 'open' }) });",
  "fusio.operation({ ...jobs, action: (_, { respond }) => respond(203, { job: 'x' }) });",
  'fusio.operation({ ...jobs, action: (_, { respond }) => respond(202) });',
] as const;
const others = [asynchronous, undeclared, missing];

it('reports the result of an async action where it is returned', () => {
  const [fault] = faultsOf([asynchronous]);

  expect(fault).toMatch(
    /^\(\{ id: 'x', state: 'open' \}\): Type 'Promise<\{ id: "x"; state: "open"; \}>' is not assignable/,
  );
});

it('reports a status that is not declared, or needs a body', () => {
  expect(faultsOf([undeclared])).toEqual([expect.stringMatching(/^203: Argument of type '203' is not assignable/)]);
  expect(faultsOf([missing])).toEqual([expect.stringMatching(/^202: Argument of type '202' is not assignable/)]);
});
