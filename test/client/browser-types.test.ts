import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import ts from 'typescript';

jest.setTimeout(60_000);

const root = resolve(__dirname, '../..');
let folder: string;

// fusio as it was built, in a project without types of Node and Express.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fusio-browser-'));
  const fusio = join(folder, 'node_modules/fusio');
  mkdirSync(fusio, { recursive: true });
  if (!readdirSync(join(root, 'dist')).includes('client.d.ts'))
    throw new Error('there is no dist/: run npx tsup first');
  cpSync(join(root, 'dist'), join(fusio, 'dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(fusio, 'package.json'));
  symlinkSync(join(root, 'node_modules/typebox'), join(folder, 'node_modules/typebox'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('fusio/client needs no types but those of a browser', () => {
  const program = `
    import { type Client, ClientError, createClient, type OperationsOf } from 'fusio/client';
    export const client: Client<{}> = createClient<{}>({ baseUrl: '/api', routes: {} });
    export const isGone = (error: unknown) => error instanceof ClientError && error.body.detail !== '';
    export type Api = OperationsOf<{}>;
  `;

  expect(complaints({ 'main.ts': program }, { skipLibCheck: false })).toEqual([]);
});

test('a client in a browser knows its results without types of Node', () => {
  const server = `
    import { createFusio, Type } from 'fusio';
    const Todo = Type.Object({ id: Type.Integer(), title: Type.String() });
    const fusio = createFusio();
    const action = (): never => { throw new Error('never run'); };
    const get = fusio.operation({ name: 'get', method: 'GET', path: '/todo', response: Todo, action });
    const logo = fusio.operation({ name: 'logo', method: 'GET', path: '/logo', response: 'image/png', action });
    const tick = fusio.operation({ name: 'tick', method: 'GET', path: '/tick', response: 'text/event-stream', action });
    const album = fusio.operation({
      name: 'album', method: 'POST', path: '/album',
      consumes: 'multipart/form-data', files: { cover: { required: true }, pages: { maxCount: 2 } }, response: Todo, action,
    });
    export const api = { get, logo, tick, album };
  `;
  const main = `
    import { createClient, type ServerSentEvent } from 'fusio/client';
    import type { api } from './server.js';
    const client = createClient<typeof api>({ baseUrl: '/api', routes: {} as never });
    export async function main() {
      const title: string = (await client.get()).title;
      const logo: Blob = await client.logo();
      const events: AsyncIterable<ServerSentEvent> = await client.tick();
      const cover = new File([], 'a.png');
      const album: number = (await client.album({ body: { cover, pages: [cover] } })).id;
      // @ts-expect-error the cover is required
      await client.album({ body: {} });
      return [title, logo, events, album];
    }
    type IsAny<T> = 0 extends 1 & T ? true : false;
    type Results = { [Name in keyof typeof client]: IsAny<Awaited<ReturnType<(typeof client)[Name]>>> };
    export const results: Results = { get: false, logo: false, tick: false, album: false };
  `;

  expect(complaints({ 'server.ts': server, 'main.ts': main }, { skipLibCheck: true })).toEqual([]);
});

test('a browser beside its server compiles with the two tsconfig.json of the guide', () => {
  const guide = readFileSync(join(root, 'docs/guide/client.md'), 'utf8');
  const configs = [...guide.matchAll(/^```json\n(\{[\s\S]*?compilerOptions[\s\S]*?)^```$/gm)].map(
    ([, text = '']) => text,
  );
  const server = `
    import { createServer } from 'node:http';
    import { createFusio, Type } from 'fusio';
    const fusio = createFusio();
    const get = fusio.operation({
      name: 'get', method: 'GET', path: '/todo',
      response: Type.Object({ title: Type.String() }),
      action: () => ({ title: process.version }),
    });
    export const api = { get };
    export const server = createServer(fusio.handler);
  `;
  const browser = `
    import { createClient } from 'fusio/client';
    import type { api } from '../server/dist/main.js';
    const client = createClient<typeof api>({ baseUrl: '/api', routes: { get: { method: 'GET', path: '/todo' } } });
    export const showTitle = async () => (document.title = (await client.get()).title);
  `;
  write({
    'server/tsconfig.json': configs[0],
    'server/package.json': '{ "type": "module" }',
    'server/src/main.ts': server,
    'web/tsconfig.json': configs[1],
    'web/main.ts': browser,
  });
  symlinkSync(join(root, 'node_modules/@types'), join(folder, 'node_modules/@types'));

  const good = build('web');
  write({ 'web/main.ts': browser.replace('()).title', '()).titel') });
  const bad = build('web');

  expect(configs.length).toBe(2);
  expect(good).toBe('');
  expect(bad).toMatch(/titel/);
});

/** Runs `tsc --build` in a folder of the project: gives what it says. */
function build(name: string): string {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '--build', '--pretty', 'false'], {
    cwd: join(folder, name),
    encoding: 'utf8',
  }).stdout;
}

function write(files: Readonly<Record<string, string | undefined>>): void {
  for (const [name, text = ''] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function complaints(files: Readonly<Record<string, string>>, more: ts.CompilerOptions): string[] {
  const paths = Object.entries(files).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
  const program = ts.createProgram(paths, {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    strict: true,
    noEmit: true,
    ...more,
  });
  return ts.getPreEmitDiagnostics(program).map((one) => {
    return `${one.file?.fileName}: ${ts.flattenDiagnosticMessageText(one.messageText, '\n')}`;
  });
}
