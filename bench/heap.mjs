// Heap of an operation: after registration, after its first request, and after a request that does not fit its schemas.
//
//   node --expose-gc bench/heap.mjs                                    this build (`npm run build` first)
//   FUSIO_BENCH_PACKAGE=<folder> node --expose-gc bench/heap.mjs       another build, by the folder of its package.json
//   node --expose-gc bench/heap.mjs --counts 500 --mixes different     a part of the table
//
// Two mixes of operations, each with 500 and with 5,000 of them, each in a process of its own:
//   resources  An API of resources, five operations each (list, get, create, update, delete). All share the schemas of the id, of the
//              page and of the message, the same objects. Those of one resource share its entity and its input. Every tenth
//              resource is written out with the same text as another one.
//   different  Four schemas an operation, which no other operation has. The worst case, and the one of `startup`.
//
// Prints a table of kilobytes per operation, then the same as JSON.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const file = fileURLToPath(import.meta.url);
const folder = process.env.FUSIO_BENCH_PACKAGE ?? fileURLToPath(new URL('..', import.meta.url));
const [first, ...rest] = process.argv.slice(2);

if (first === 'measure') process.stdout.write(JSON.stringify(await measure(rest[0], Number(rest[1]))));
else compare();

function compare() {
  const counts = option('counts', '500,5000').split(',').map(Number);
  const mixes = option('mixes', 'resources,different').split(',');
  const rows = mixes.flatMap((mix) => counts.map((count) => ({ mix, count, ...inChild(mix, count) })));
  console.table(rows);
  console.log(JSON.stringify(rows));
}

function option(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
}

function inChild(mix, count) {
  const parameters = ['--expose-gc', '--max-old-space-size=2048', file, 'measure', mix, String(count)];
  return JSON.parse(execFileSync(process.execPath, parameters, { encoding: 'utf8' }));
}

async function measure(mix, count) {
  const { createFusio, Type } = await import(pathToFileURL(join(folder, 'dist', 'index.js')).href);
  const operations = mix === 'different' ? makeDifferent(Type, count) : makeResources(Type, count);
  const fusio = createFusio({ logger: false });
  // The first use of fusio itself takes heap that belongs to no operation.
  fusio.operation({ name: 'warm.up', method: 'GET', path: '/warm-up', public: true, action: () => ({}) });
  await fusio.inject({ method: 'GET', path: '/warm-up' });

  const bare = heapBytes();
  for (const { options } of operations) fusio.operation(options);
  await fusio.ready();
  const registered = heapBytes();
  for (const { request } of operations) await ask(fusio, request, (status) => status < 300);
  const used = heapBytes();
  for (const { failing } of operations) await ask(fusio, failing, (status) => status === 400);
  const failed = heapBytes();

  const kb = (bytes) => Number(((bytes - bare) / count / 1024).toFixed(1));
  const result = { registeredKb: kb(registered), firstRequestKb: kb(used), failingRequestKb: kb(failed) };
  await fusio.stop();
  return result;
}

async function ask(fusio, request, isExpected) {
  const answer = await fusio.inject(request);
  if (!isExpected(answer.status))
    throw new Error(`${request.method} ${request.path}: ${answer.status} ${answer.text()}`);
}

function makeResources(Type, count) {
  const Id = Type.Object({ id: Type.Integer({ minimum: 1 }) });
  const Page = Type.Object({
    startIndex: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 16 })),
    search: Type.Optional(Type.String({ maxLength: 200 })),
  });
  const Message = Type.Object({ success: Type.Boolean(), message: Type.String(), id: Type.Optional(Type.Integer()) });
  return Array.from({ length: count / 5 }, (_, index) => {
    const own = `own${index % 10 === 9 ? index - 1 : index}`;
    const members = {
      title: Type.String({ minLength: 1, maxLength: 200 }),
      state: Type.Union([Type.Literal('open'), Type.Literal('done')]),
      tags: Type.Array(Type.String()),
      price: Type.Optional(Type.Number({ minimum: 0 })),
      [own]: Type.Optional(Type.String()),
    };
    const Input = Type.Object(members);
    const Entity = Type.Object({ id: Type.Integer(), ...members, insertDate: Type.String({ format: 'date-time' }) });
    const List = Type.Object({ totalResults: Type.Integer(), startIndex: Type.Integer(), entry: Type.Array(Entity) });
    const input = { title: 'Read a poem', state: 'open', tags: ['evening'], [own]: 'yes' };
    const entity = { id: 7, ...input, insertDate: '2026-01-01T00:00:00Z' };
    const path = `/resource${index}`;
    const one = { path: `${path}/7` };
    const message = () => ({ success: true, message: 'Done', id: 7 });
    const base = (name, method, below = '') => {
      return { name: `resource${index}.${name}`, method, path: path + below, public: true };
    };
    return [
      {
        options: {
          ...base('list', 'GET'),
          query: Page,
          response: List,
          action: ({ query }) => ({ totalResults: 1, startIndex: query.startIndex, entry: [entity] }),
        },
        request: { method: 'GET', path, query: { count: '10' } },
        failing: { method: 'GET', path, query: { count: 'many' } },
      },
      {
        options: { ...base('get', 'GET', '/:id'), params: Id, response: Entity, action: () => entity },
        request: { method: 'GET', ...one },
        failing: { method: 'GET', path: `${path}/none` },
      },
      {
        options: { ...base('create', 'POST'), body: Input, response: Message, status: 201, action: message },
        request: { method: 'POST', path, body: input },
        failing: { method: 'POST', path, body: { ...input, state: 'lost' } },
      },
      {
        options: { ...base('update', 'PUT', '/:id'), params: Id, body: Input, response: Message, action: message },
        request: { method: 'PUT', ...one, body: input },
        failing: { method: 'PUT', ...one, body: { ...input, price: -1 } },
      },
      {
        options: { ...base('delete', 'DELETE', '/:id'), params: Id, response: Message, action: message },
        request: { method: 'DELETE', ...one },
        failing: { method: 'DELETE', path: `${path}/0` },
      },
    ];
  }).flat();
}

function makeDifferent(Type, count) {
  return Array.from({ length: count }, (_, index) => {
    const own = `own${index}`;
    const request = {
      method: 'PUT',
      path: `/things${index}/7`,
      query: { [`limit${index}`]: '10' },
      body: { title: 'Read a poem', tags: ['evening'], [own]: index },
    };
    const options = {
      name: `thing${index}.put`,
      method: 'PUT',
      path: `/things${index}/:id${index}`,
      public: true,
      params: Type.Object({ [`id${index}`]: Type.Integer({ minimum: 1 }) }),
      query: Type.Object({
        expand: Type.Optional(Type.Boolean()),
        [`limit${index}`]: Type.Optional(Type.Integer({ maximum: 100 })),
      }),
      body: Type.Object({
        title: Type.String({ minLength: 1 }),
        tags: Type.Array(Type.String()),
        [own]: Type.Number(),
      }),
      response: Type.Object({ id: Type.Integer(), title: Type.String(), [own]: Type.Number() }),
      action: ({ params, body }) => ({ id: params[`id${index}`], title: body.title, [own]: body[own] }),
    };
    return { options, request, failing: { ...request, body: { ...request.body, title: '' } } };
  });
}

function heapBytes() {
  // Twice: the first run frees what finalisers hold.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
