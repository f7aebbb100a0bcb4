import { type Consumer, createConsumer, root, runNode } from './consumer.js';

jest.setTimeout(60_000);

let consumer: Consumer;
beforeAll(() => {
  consumer = createConsumer();
});
afterAll(() => consumer.remove());

it('serves a program in TypeScript with ES modules', async () => {
  consumer.write('esm/package.json', '{ "type": "module" }');
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    types: ['node'],
    rootDir: '.',
    outDir: 'out',
  };
  consumer.write('esm/tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  consumer.take('program.ts', 'esm/program.ts');
  consumer.take('schemas.typebox.ts', 'esm/schemas.ts');

  const compiled = await runNode([`${root}/node_modules/typescript/bin/tsc`, '-p', 'esm'], consumer.folder);
  const ended = await runNode(['esm/out/program.js'], consumer.folder);

  expect(compiled).toEqual({ code: 0, text: '' });
  expect(ended).toEqual({ code: 0, text: 'all good\n' });
});

it.each([
  ['commonjs', 'module'],
  ['module', 'commonjs'],
])('names every type in declaration files, with a server in %s and a client in %s', async (server, client) => {
  const folder = `declared-${server}`;
  const dependencies = { fusio: '*', express: '*', mysql2: '*', pg: '*', '@types/pg': '*' };
  for (const [name, type] of Object.entries({ server, client })) {
    consumer.take(`declared/${name}/index.ts`, `${folder}/${name}/index.ts`);
    consumer.write(`${folder}/${name}/package.json`, JSON.stringify({ type, dependencies }));
  }
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    declaration: true,
    types: ['node'],
    rootDir: '.',
    outDir: 'out',
  };
  consumer.write(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, include: ['*/*.ts'] }));

  const compiled = await runNode([`${root}/node_modules/typescript/bin/tsc`, '-p', folder], consumer.folder);

  expect(compiled).toEqual({ code: 0, text: '' });
});

it('serves a program in plain CommonJS', async () => {
  const program = consumer.take('program.cjs');

  expect(await runNode([program], consumer.folder)).toEqual({ code: 0, text: 'all good\n' });
});

it("runs in a user's Jest as it comes", async () => {
  consumer.write('jest/package.json', '{ "private": true, "jest": {} }');
  consumer.take('consumer.test.js', 'jest/consumer.test.js');

  const ended = await runNode([`${root}/node_modules/jest/bin/jest.js`, '--no-cache'], `${consumer.folder}/jest`);

  expect(ended).toEqual({ code: 0, text: expect.stringContaining('3 passed, 3 total') });
});
