import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { compile } from '../sdk/load.js';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const root = join(__dirname, '../..');
let folder: string;

/** The command as it is published: reached through a link, with its package beside it. */
function fusio(...argv: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(folder, 'fusio'), ...argv],
      { cwd: folder, timeout: 20_000 },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr });
      },
    );
  });
}

const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

const document = {
  openapi: '3.1.1',
  info: { title: 'Todos', version: '1.0.0' },
  servers: [{ url: '/api' }],
  paths: {
    '/todo': {
      get: {
        operationId: 'todo.list',
        responses: { 200: { description: 'x', content: { 'application/json': { schema: { type: 'string' } } } } },
      },
    },
    '/secret': { get: { operationId: 'secret', responses: {} } },
  },
};

const fake = `
const operations = [{ name: 'todo.list', options: {} }, { name: 'secret', options: { expose: { sdk: false } } }];
export const fusio = {
  operation() {},
  operations: () => operations,
  ready: async () => { console.log('ready'); },
  stop: async () => { console.log('stopped'); },
  openapi: () => (${JSON.stringify(document)}),
};
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fusio-cli-'));
  mkdirSync(join(folder, 'dist'));
  put('package.json', '{"type":"module","version":"7.8.9"}');
  await build({
    absWorkingDir: root,
    entryPoints: { cli: 'src/cli/main.ts' },
    outdir: join(folder, 'dist'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
  });
  chmodSync(join(folder, 'dist/cli.js'), 0o755);
  symlinkSync(join(folder, 'dist/cli.js'), join(folder, 'fusio'));
  put('app.mjs', fake);
  put('app.cjs', fake.replace('export const fusio =', 'exports.fusio ='));
  put('openapi.json', JSON.stringify(document));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('is a program', () => {
  expect(readFileSync(join(folder, 'dist/cli.js'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

test('shows help and its version', async () => {
  const help = await fusio('--help');
  const version = await fusio('--version');

  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toMatch(/^Usage: fusio <command> <source>/);
  expect(version).toEqual({ code: 0, stdout: '7.8.9\n', stderr: '' });
});

test.each([
  [[], 'fusio: say what to do'],
  [['build'], 'fusio: there is no command "build"'],
  [['constructor', 'x'], 'fusio: there is no command "constructor"'],
  [['sdk'], 'fusio: sdk needs a source'],
  [['sdk', 'a', 'b'], 'fusio: sdk takes one source, got 2'],
  [['sdk', 'a', '--colour'], "fusio: Unknown option '--colour'"],
  [['openapi', 'openapi.json', '--base-url', 'https://example.com'], 'fusio: openapi has no option --base-url\n'],
  [['routes', 'app.mjs', '--base-url', 'https://example.com'], 'fusio: routes has no option --base-url\n'],
  ...['nonsense', '', 'ftp://example.com', 'https://', '//example.com'].map((url): [string[], string] => [
    ['sdk', 'openapi.json', '--base-url', url],
    `fusio: --base-url must be a URL of http or https, or a path that begins with "/", got "${url}"\n`,
  ]),
])('%j is called wrongly', async (argv, message) => {
  const { code, stdout, stderr } = await fusio(...argv);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.startsWith(message)).toBe(true);
});

test.each([
  ['missing.js', undefined, 'fusio: there is no file missing.js\n'],
  ['missing.json', undefined, 'fusio: there is no file missing.json\n'],
  ['broken.json', '{', 'fusio: broken.json is not JSON\n'],
  ['other.json', '{"swagger":"2.0"}', 'fusio: other.json is not an OpenAPI 3 document\n'],
  ['throws.mjs', 'throw new Error("no database")', 'fusio: cannot load throws.mjs: no database\n'],
  [
    'nothing.mjs',
    'export const x = 1',
    'fusio: nothing.mjs exports no fusio: write "export const fusio = createFusio(…)", or export it by default\n',
  ],
  [
    'ref.json',
    JSON.stringify({ ...document, components: { schemas: { A: { $ref: '#/nowhere' } } } }),
    'fusio: sdk: $ref "#/nowhere" leads nowhere\n',
  ],
])('says what is wrong with %s, without a stack', async (name, text, message) => {
  if (text !== undefined) put(name, text);

  const ended = await fusio('sdk', name);

  expect(ended).toEqual({ code: 1, stdout: '', stderr: message });
});

test.each(['app.mjs', 'app.cjs'])('writes an SDK of %s and keeps what it says out of it', async (source) => {
  const { code, stdout, stderr } = await fusio('sdk', source);

  expect({ code, stderr }).toEqual({ code: 0, stderr: 'ready\nstopped\n' });
  expect(stdout).toMatch(/^\/\*\*\n \* Todos 1\.0\.0\n/);
  expect(stdout).toContain("['todo.list', { method: 'GET', path: '/todo' }]");
  expect(stdout).not.toContain('secret');
});

test.each([
  ['TypeScript compiles a default export to', 'exports.__esModule = true;\nexports.default = fusio;'],
  ['a fusio alone is', 'module.exports = fusio;'],
  ['a default with handles is', 'exports.default = fusio;\nexports.ping = { kind: "operation" };'],
])('reads the CommonJS that %s', async (_what, end) => {
  put('default.cjs', `${fake.replace('export ', '')}\n${end}`);

  const { code, stdout, stderr } = await fusio('openapi', 'default.cjs');

  expect({ code, stderr }).toEqual({ code: 0, stderr: 'ready\nstopped\n' });
  expect(JSON.parse(stdout)).toEqual(document);
});

test('lets an SDK for a browser call a path', async () => {
  const { stdout } = await fusio('sdk', 'openapi.json', '--base-url', '/api/v1');

  expect(stdout).toContain("baseUrl: '/api/v1', ...options");
});

test('writes to a file', async () => {
  const ended = await fusio('openapi', 'app.mjs', '--out', 'out.json');
  const failed = await fusio('openapi', 'openapi.json', '--out', 'no/such/folder.json');

  expect(ended).toMatchObject({ code: 0, stdout: '' });
  expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))).toEqual(document);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/^fusio: cannot write no\/such\/folder\.json: ENOENT[^\n]*\n$/);
});

test('stops the fusio after a failure as well, and does not wait for what the module keeps open', async () => {
  put(
    'hanging.mjs',
    `${fake.replace('openapi: () => (', "openapi: () => { throw new Error('no docs'); }, x: () => (")}\nsetInterval(() => {}, 1000);`,
  );

  const ended = await fusio('sdk', 'hanging.mjs');

  expect(ended).toEqual({ code: 1, stdout: '', stderr: 'ready\nstopped\nfusio: no docs\n' });
});

describe('routes', () => {
  const handle = (method: string, path: string) =>
    `{ kind: 'operation', name: 'x', method: '${method}', path: '${path}', scopes: [] }`;

  test('are written as the handles are nested', async () => {
    put(
      'api.mjs',
      `export const api = { todo: { create: ${handle('POST', '/todo')} }, ping: ${handle('GET', '/ping')} };`,
    );

    const { code, stdout } = await fusio('routes', 'api.mjs');

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      todo: { create: { method: 'POST', path: '/todo' } },
      ping: { method: 'GET', path: '/ping' },
    });
  });

  test('are those of the exported handles where there is no api', async () => {
    put('handles.mjs', `${fake}\nexport const ping = ${handle('GET', '/ping')};\nexport const text = 'x';`);

    const { stdout } = await fusio('routes', 'handles.mjs');

    expect(JSON.parse(stdout)).toEqual({ ping: { method: 'GET', path: '/ping' } });
  });

  test('need handles', async () => {
    put('wrong.mjs', 'export const api = { todo: { create: 1 } };');
    put('none.mjs', 'export const x = 1;');

    expect((await fusio('routes', 'wrong.mjs')).stderr).toMatch(/^fusio: api\.todo\.create is no handle: /);
    expect((await fusio('routes', 'none.mjs')).stderr).toMatch(/^fusio: none\.mjs exports no handles: /);
  });
});

describe('a running API', () => {
  const server = createServer((request, response) => {
    if (request.url === '/api/openapi.json')
      response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
    else response.writeHead(404).end('{}');
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test.each(['/api', '/api/', '/api/openapi.json'])('is read at %s, and is what the client calls', async (path) => {
    const { code, stdout } = await fusio('sdk', url + path);

    expect(code).toBe(0);
    expect(stdout).toContain(`baseUrl: '${url}/api', ...options`);
  });

  test('may be called by another name', async () => {
    const { stdout } = await fusio('sdk', `${url}/api`, '--base-url', 'https://example.com/v1');

    expect(stdout).toContain("baseUrl: 'https://example.com/v1', ...options");
  });

  test('that does not answer is an error', async () => {
    expect((await fusio('openapi', `${url}/other`)).stderr).toBe(
      `fusio: ${url}/other/openapi.json answers with status 404; does the API have docs: true?\n`,
    );
    expect(await fusio('openapi', 'http://127.0.0.1:9')).toMatchObject({ code: 1, stdout: '' });
  });
});

test('the SDK of a real fusio compiles', async () => {
  await build({
    absWorkingDir: root,
    stdin: {
      resolveDir: root,
      loader: 'ts',
      contents: `
        import { createFusio, Type } from './src/index.ts';
        export const fusio = createFusio({ docs: { path: false, title: 'Todos', version: '2.0.0' } });
        const Todo = Type.Object({ id: Type.Integer(), title: Type.String() });
        const create = fusio.operation({
          name: 'todo.create', method: 'POST', path: '/todo', public: true, body: Type.Pick(Todo, ['title']), response: Todo,
          throws: { 409: 'Full' }, action: ({ body }) => ({ id: 1, ...body }),
        });
        const get = fusio.operation({ name: 'todo.get', method: 'GET', path: '/todo/:id', params: Type.Object({ id: Type.Integer() }), response: Todo, action: () => ({ id: 1, title: '' }) });
        const file = fusio.operation({ name: 'file', method: 'GET', path: '/file/*rest', response: 'image/png', action: () => Buffer.from('') });
        export const api = { todo: { create, get }, file };
      `,
    },
    outfile: join(folder, 'real.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  if (!existsSync(join(folder, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

  const routes = await fusio('routes', 'real.mjs');
  const sdk = await fusio('sdk', 'real.mjs');
  const openapi = await fusio('openapi', 'real.mjs');

  expect(JSON.parse(routes.stdout)).toEqual({
    todo: { create: { method: 'POST', path: '/todo' }, get: { method: 'GET', path: '/todo/:id' } },
    file: { method: 'GET', path: '/file/*rest' },
  });
  expect(JSON.parse(openapi.stdout).info).toEqual({ title: 'Todos', version: '2.0.0' });
  expect(sdk).toMatchObject({ code: 0, stderr: '' });
  expect(sdk.stdout).toContain("['file', { method: 'GET', path: '/file/*rest' }]");
  expect(compile({ 'sdk.ts': sdk.stdout })).toBe('');
}, 60_000);
