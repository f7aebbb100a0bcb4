import { type Consumer, createConsumer, entries, runNode } from './consumer.js';

jest.setTimeout(60_000);

let consumer: Consumer;
beforeAll(() => {
  consumer = createConsumer();
});
afterAll(() => consumer.remove());

/** What a library must leave alone: the listeners of the process, global names, and what keeps a process running. */
const surroundings = `() => ({
  listeners: process.eventNames().map((name) => [String(name), process.listenerCount(name)]).sort(),
  globals: Reflect.ownKeys(globalThis).map(String).sort(),
  resources: process.getActiveResourcesInfo().filter((name) => name !== 'CloseReq').sort(),
  environment: Object.keys(process.env).sort(),
  trace: [Error.stackTraceLimit, typeof Error.prepareStackTrace],
})`;

const program = (assertFrom: string, load: string): string => `${assertFrom}
// What Node makes on first use is not the library's: a handle for its output, a symbol for its fetch.
void [process.stdout, process.stderr, globalThis.Response];
const look = ${surroundings};
const before = look();
${load};
assert.deepEqual(look(), before);
const startedAt = performance.now();
process.once('exit', () => console.log(performance.now() - startedAt < 2000 ? 'left alone' : 'kept running'));
`;

describe.each(entries())('%s', (entry) => {
  it('imports without a trace', async () => {
    const file = consumer.write(
      'trace.mjs',
      program("import assert from 'node:assert/strict';", `await import('${entry}')`),
    );

    expect(await runNode([file], consumer.folder)).toEqual({ code: 0, text: 'left alone\n' });
  });

  it('is required without a trace', async () => {
    const file = consumer.write(
      'trace.cjs',
      program("const assert = require('node:assert/strict');", `require('${entry}')`),
    );

    expect(await runNode([file], consumer.folder)).toEqual({ code: 0, text: 'left alone\n' });
  });
});

it('makes and uses a fusio that keeps no process running', async () => {
  const file = consumer.write(
    'quiet.mjs',
    `import { createFusio } from 'fusio';
    const fusio = createFusio();
    const hello = fusio.operation({ name: 'hello', method: 'GET', path: '/hello', public: true, action: () => 'hello' });
    await fusio.ready();
    await fusio.call(hello);
    const { status } = await fusio.inject({ method: 'GET', path: '/hello' });
    console.log(status);`,
  );

  expect(await runNode([file], consumer.folder)).toEqual({ code: 0, text: '200\n' });
});

it('understands what the copy of the other format made', async () => {
  const file = consumer.write(
    'copies.mjs',
    `import assert from 'node:assert/strict';
    import { createRequire } from 'node:module';
    import * as esm from 'fusio';
    const cjs = createRequire(import.meta.url)('fusio');
    assert.notEqual(esm.FusioError, cjs.FusioError);

    for (const [one, other] of [[esm, cjs], [cjs, esm]]) {
      assert.ok(one.isFusioError(new other.FusioError('CONFLICT')));
      assert.ok(!one.isFusioError(new Error('CONFLICT')));
      const fusio = one.createFusio({ logger: false });
      const operation = (name, action) => fusio.operation({ name, method: 'GET', path: '/' + name, public: true, action });
      operation('fails', () => other.fail(409, 'taken'));
      operation('throws', () => { throw new other.FusioError('TODO_FULL', 'full', { status: 429 }); });
      operation('responds', () => other.respond(202, { job: 'j1' }, { location: '/job/j1' }));
      operation('defined', other.defineAction({ name: 'defined', handle: () => ({ by: 'the other' }) })());
      fusio.operation({
        name: 'schemas', method: 'POST', path: '/schemas', public: true,
        body: other.Type.Object({ id: other.Type.Integer() }), action: ({ body }) => body,
      });

      const ask = async (path, body) => {
        const options = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
        const response = await fusio.fetch(new Request('http://localhost' + path, options));
        return [response.status, await response.json()];
      };
      const [failed, problem] = await ask('/fails');
      assert.deepEqual([failed, problem.code, problem.detail], [409, 'CONFLICT', 'taken']);
      const [thrown, { code }] = await ask('/throws');
      assert.deepEqual([thrown, code], [429, 'TODO_FULL']);
      assert.deepEqual(await ask('/responds'), [202, { job: 'j1' }]);
      assert.deepEqual(await ask('/defined'), [200, { by: 'the other' }]);
      assert.deepEqual(await ask('/schemas', { id: 1 }), [200, { id: 1 }]);
      assert.equal((await ask('/schemas', { id: 'one' }))[0], 400);
    }
    console.log('all good');`,
  );

  expect(await runNode([file], consumer.folder)).toEqual({ code: 0, text: 'all good\n' });
});
