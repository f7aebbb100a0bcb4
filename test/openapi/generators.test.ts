import { join } from 'node:path';
import type { AnyFusio } from '../../src/index.js';
import { closeAll, closeLater, listen } from '../support/fusio.js';
import { documentOf, makeRichApi, serve } from './rich-api.js';
import { makeFolder, run } from './tools.js';

afterEach(closeAll);
jest.setTimeout(60_000);

const strict = {
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  target: 'es2022',
  lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
  types: [],
  module: 'commonjs',
  moduleResolution: 'bundler',
  outDir: 'out',
  rootDir: '.',
};

/** A folder of TypeScript around the document, whose JavaScript is CommonJS. */
function makeProject(name: string, program: string, document: unknown): Promise<string> {
  return makeFolder({
    'openapi.json': document,
    [name]: program,
    'package.json': { type: 'commonjs' },
    'tsconfig.json': { compilerOptions: strict, include: ['**/*.ts'] },
  });
}

async function start(fusio: AnyFusio): Promise<string> {
  closeLater(() => fusio.stop());
  return listen(fusio.createServer());
}

it('gives openapi-typescript types that compile and tell right from wrong', async () => {
  const program = `
    import type { components, paths } from './types.js';
    type Create = paths['/todo']['post'];
    export const body: Create['requestBody']['content']['application/json'] = { title: 'a', note: null };
    // @ts-expect-error: a title is a text
    export const wrong: typeof body = { title: 1 };
    export type Answer = Create['responses'][201]['content']['application/json'];
    export const label = (todo: Answer): string | undefined => todo.labels['by'];
    export const problem = (p: components['schemas']['Problem']): string => p.code + (p.errors ?? []).map((one) => one.pointer);
    export const pet = (p: components['schemas']['PetCreateBody']): string | number => (p.kind === 'cat' ? p.lives : p.name);
  `;
  const folder = await makeProject('use.ts', program, documentOf(makeRichApi()));

  await run('npx', ['openapi-typescript', join(folder, 'openapi.json'), '-o', join(folder, 'types.ts')]);

  await run('npx', ['tsc', '-p', folder]);
});

it('gives hey-api a client that compiles and works against a live server', async () => {
  const api = makeRichApi();
  const authenticate = ({ headers }: { headers: Readonly<Record<string, unknown>> }) =>
    headers.authorization === 'Bearer right' ? { user: { id: '1' }, scopes: ['todo'] } : null;
  const url = await start(serve(api, { authenticate }));
  const document = await (await fetch(`${url}/openapi.json`)).json();
  const program = `
    import { client } from './client/client.gen';
    import * as sdk from './client';
    client.setConfig({ baseUrl: process.argv[2]!, auth: () => 'right' });
    async function main() {
      const created = await sdk.todoCreate({ body: { title: 'Read' }, throwOnError: true });
      const listed = await sdk.todoList({ query: { id: [3, 4], count: 5 }, throwOnError: true });
      const got = await sdk.todoGet({ path: { todo: 9 }, throwOnError: true });
      const deleted = await sdk.todoDelete({ path: { todo: 'x' } });
      const refused = await sdk.todoCreate({ body: { title: '' } });
      const pet = await sdk.petCreate({ body: { kind: 'cat', lives: 9 }, throwOnError: true });
      const form = await sdk.contactSend({ body: { mail: 'a@example.com' }, throwOnError: true });
      const upload = await sdk.fileUpload({ body: { title: 'x', scan: new Blob(['abc']) }, throwOnError: true });
      const cover = new File(['png'], 'a.png', { type: 'image/png' });
      const pages = [new Blob(['1'], { type: 'text/plain' }), new Blob(['2'], { type: 'text/plain' })];
      const album = await sdk.albumAdd({ body: { title: 'x', cover, pages }, throwOnError: true });
      const note = await sdk.notePut({ body: 'text' });
      const year = await sdk.reportYear({ path: { year: '2026' }, throwOnError: true });
      const noYear = await sdk.reportYear({ path: { year: 'x' } });
      const title: string = created.data.title;
      // @ts-expect-error: an id is a number
      const wrong: string = got.data.id;
      console.log(JSON.stringify({
        title, wrong, listed: listed.data.entry.map(({ id }) => id), total: listed.data.totalResults,
        deleted: deleted.response?.status, refused: (refused.error as sdk.Problem).errors?.[0]?.pointer,
        pet: pet.data, form: form.data.mail, upload: upload.data, album: album.data, note: note.data, year: year.data.year, noYear: noYear.response?.status,
      }));
    }
    main().catch((error) => { console.log(JSON.stringify(error)); });
    declare const process: { argv: string[] };
  `;
  const folder = await makeProject('use.ts', program, document);

  await run('npx', [
    'openapi-ts',
    '-s',
    '--no-log-file',
    '-i',
    join(folder, 'openapi.json'),
    '-o',
    join(folder, 'client'),
  ]);
  await run('npx', ['tsc', '-p', folder]);

  expect(JSON.parse(await run(process.execPath, [join(folder, 'out/use.js'), url]))).toEqual({
    title: 'Read',
    wrong: 9,
    listed: [3, 4],
    total: 5,
    deleted: 204,
    refused: '/body/title',
    pet: { kind: 'cat', lives: 9 },
    form: 'a@example.com',
    upload: { title: 'x', bytes: 3 },
    album: { title: 'x', files: ['a.png: png', 'blob: 1', 'blob: 2'] },
    note: 'text',
    year: '2026',
    noYear: 404,
  });
});
