import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import express from 'express';
import type { AnyFusio, FusioOptions } from '../../src/index.js';
import { docsOperations } from '../../src/openapi/docs-page.js';
import type { OpenApiOptions } from '../../src/openapi/openapi.js';
import { closeAll, closeLater, listen } from '../support/fusio.js';
import { itInChromium, open } from './browser.js';
import { documentOf, makeRichApi, serve } from './rich-api.js';
import { root } from './tools.js';

afterEach(closeAll);
jest.setTimeout(60_000);

/** A host app with the API under `/api`. */
function start(options: FusioOptions = {}, openapi: OpenApiOptions = {}): Promise<string> {
  const fusio: AnyFusio = serve(makeRichApi(), options, openapi);
  closeLater(() => fusio.stop());
  const app = express();
  app.use('/api', fusio.router);
  return listen(createServer(app));
}

const authenticate: NonNullable<FusioOptions['authenticate']> = ({ headers }) =>
  headers.authorization ? { user: { id: '1' }, scopes: [] } : null;

describe('GET /openapi.json', () => {
  it('names the mount path as the server', async () => {
    const url = await start();

    const answer = await fetch(`${url}/api/openapi.json`);

    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.json()).toMatchObject({ openapi: '3.1.1', servers: [{ url: '/api' }] });
  });

  it('is not sent again to who has it', async () => {
    const url = await start();
    const first = await fetch(`${url}/api/openapi.json`);

    const again = await fetch(`${url}/api/openapi.json`, { headers: { 'if-none-match': first.headers.get('etag')! } });

    expect(again.status).toBe(304);
    expect(again.headers.get('cache-control')).toBe('private, no-cache');
    expect(again.headers.get('vary')).toBe('authorization');
  });

  it('shows a caller with a credential what it covers, and an anonymous caller everything that is exposed', async () => {
    const url = await start({ authenticate });

    const caller: any = await (await fetch(`${url}/api/openapi.json`, { headers: { authorization: 'x' } })).json();
    const stranger: any = await (await fetch(`${url}/api/openapi.json`)).json();

    expect(caller.paths['/todo']).not.toHaveProperty('post');
    expect(stranger.paths['/todo']).toHaveProperty('post');
    expect(Object.keys(stranger.paths)).not.toEqual(expect.arrayContaining(['/docs']));
  });
});

describe('GET /docs', () => {
  it('has a policy that allows nothing from elsewhere and nothing inline', async () => {
    const url = await start();

    const answer = await fetch(`${url}/api/docs`);

    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';",
    );
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await answer.text()).not.toMatch(/<style|style=|<script>|\son\w+=|https?:/);
  });

  it('may call the servers of the document', async () => {
    const url = await start({}, { servers: ['https://api.example.com/v1', '/api'] });

    const policy = (await fetch(`${url}/api/docs`)).headers.get('content-security-policy');

    expect(policy).toContain("connect-src 'self' https://api.example.com;");
  });

  it('serves its assets with their types and tags, and nothing else', async () => {
    const url = await start();
    const get = (path: string, headers = {}) => fetch(`${url}/api/docs/${path}`, { headers });

    const style = await get('swagger-ui.css');

    expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(Buffer.from(await style.arrayBuffer())).toEqual(
      readFileSync(join(root, 'node_modules/swagger-ui-dist/swagger-ui.css')),
    );
    expect((await get('swagger-ui.css', { 'if-none-match': style.headers.get('etag')! })).status).toBe(304);
    expect((await get('swagger-ui-bundle.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect((await get('start.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect((await get('favicon-32x32.png')).headers.get('content-type')).toBe('image/png');
    for (const path of [
      'package.json',
      'index.html',
      '%2e%2e%2fpackage.json',
      '..%2Fpackage.json',
      'swagger-ui.css%00',
      'a/../package.json',
    ]) {
      const { status } = await get(path);
      expect(`${path} ${status}`).toMatch(/ (400|404)$/);
    }
  });

  it('escapes its title', async () => {
    const url = await start({}, { title: '</title><script>' });

    expect(await (await fetch(`${url}/api/docs`)).text()).toContain('<title>&#60;/title&#62;&#60;script&#62;</title>');
  });

  it('may have another path', () => {
    const [document, page, script] = docsOperations({
      path: '/help/reference',
      document: () => documentOf(makeRichApi()),
    });

    expect([document!.path, page!.path, script!.path]).toEqual([
      '/openapi.json',
      '/help/reference',
      '/help/reference/start.js',
    ]);
    expect(JSON.stringify((script!.action as any)().body)).toContain('../openapi.json');
  });

  itInChromium()('shows the operations without an error, a violation or an outside request', async () => {
    const url = await start();

    const { page, complaints, requested } = await open(`${url}/api/docs`);
    await page.locator('.opblock').first().waitFor();

    // 16 operations and a webhook.
    expect(await page.locator('.opblock').count()).toBe(17);
    expect(await page.locator('.info .title').textContent()).toMatch(/^API/);
    // Opening one renders its parameters, its examples and its schemas.
    await page.locator('.opblock-post:has([data-path="/todo"]) .opblock-summary-control').click();
    await page.getByText('There is one already').waitFor();
    expect(complaints).toEqual([]);
    expect(
      [...new Set(requested)]
        .filter((one) => one.startsWith('http'))
        .map((one) => one.slice(url.length))
        .sort(),
    ).toEqual([
      '/api/docs',
      '/api/docs/favicon-32x32.png',
      '/api/docs/start.js',
      '/api/docs/swagger-ui-bundle.js',
      '/api/docs/swagger-ui.css',
      '/api/openapi.json',
    ]);
  });

  itInChromium()('calls an operation from the page', async () => {
    const url = await start();

    const { page, complaints } = await open(`${url}/api/docs`);
    await page.locator('.opblock-get:has([data-path="/report/{year}"]) .opblock-summary-control').click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.locator('tr[data-param-name="year"] input').fill('2026');
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.locator('.live-responses-table tr.response').waitFor();

    expect(await page.locator('.live-responses-table tr.response').first().textContent()).toContain('"year": "2026"');
    expect(complaints).toEqual([]);
  });
});

describe('declared files on the page', () => {
  async function tryOut() {
    const url = await start();
    const opened = await open(`${url}/api/docs`);
    const { page } = opened;
    await page.locator('.opblock-post:has([data-path="/album"]) .opblock-summary-control').click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    const row = (name: string) => page.locator(`tr[data-property-name="${name}"]`);
    const inputs = (name: string) => row(name).locator('input[type="file"]');
    await row('title').locator('input[type="text"]').fill('Moon');
    await inputs('cover').setInputFiles(file('cover.png', 'image/png', 'png'));
    async function execute() {
      await page.getByRole('button', { name: 'Execute' }).click();
      const response = page.locator('.live-responses-table tr.response').first();
      await response.waitFor();
      return response.textContent();
    }
    return { ...opened, row, inputs, execute };
  }

  const file = (name: string, mimeType: string, text: string) => ({ name, mimeType, buffer: Buffer.from(text) });

  itInChromium()('have an input each, and are sent', async () => {
    const { complaints, row, inputs, execute } = await tryOut();
    await row('pages').getByRole('button', { name: 'Add' }).click();
    expect([await inputs('back').count(), await inputs('pages').count()]).toEqual([1, 2]);
    await inputs('pages')
      .nth(0)
      .setInputFiles(file('1.txt', 'text/plain', 'one'));
    await inputs('pages')
      .nth(1)
      .setInputFiles(file('2.txt', 'text/plain', 'two'));

    const answer = await execute();

    for (const text of ['"title": "Moon"', '"cover.png: png"', '"1.txt: one"', '"2.txt: two"'])
      expect(answer).toContain(text);
    // Swagger UI says so of every list of files: it looks for a component of the format first.
    expect(complaints).toEqual(['warning: Could not find component: JsonSchema_string_binary']);
  });

  itInChromium()('may be left out', async () => {
    const { execute } = await tryOut();

    expect(await execute()).toContain('"cover.png: png"');
  });
});

itInChromium()('Redoc shows the same document', async () => {
  const described = JSON.stringify(documentOf(makeRichApi(), { servers: ['/api'] }));
  const pages: Record<string, [type: string, body: string | Buffer]> = {
    '/': [
      'text/html',
      '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><div id="redoc"></div><script src="/redoc.js"></script><script src="/start.js"></script>',
    ],
    '/redoc.js': ['text/javascript', readFileSync(join(root, 'node_modules/redoc/bundles/redoc.standalone.js'))],
    '/start.js': [
      'text/javascript',
      "Redoc.init('/openapi.json', { hideLoading: true }, document.getElementById('redoc'), (error) => { document.title = error ? String(error) : 'done'; });",
    ],
    '/openapi.json': ['application/json', described],
  };
  const url = await listen(
    createServer((request, response) => {
      const [type, body] = pages[request.url!] ?? ['text/plain', ''];
      response.writeHead(pages[request.url!] ? 200 : 404, { 'content-type': type }).end(body);
    }),
  );

  const { page, complaints } = await open(url);
  await page.waitForFunction("document.title !== ''");

  expect(await page.title()).toBe('done');
  expect(await page.locator('h1').first().textContent()).toContain('API');
  expect(await page.locator('[data-section-id^="tag/todo"]').count()).toBeGreaterThan(3);
  // Its logo comes from a CDN whatever it shows.
  expect(
    complaints.filter((one) => !/cdn\.redoc\.ly|ERR_NAME_NOT_RESOLVED|ERR_INTERNET_DISCONNECTED/.test(one)),
  ).toEqual([]);
});

it('says what to install where the reference page has nothing to show', () => {
  jest.isolateModules(() => {
    jest.doMock('node:module', () => ({
      createRequire: () => ({
        resolve() {
          throw new Error('Cannot find module');
        },
      }),
    }));
    const { docsOperations: make } = require('../../src/openapi/docs-page.js');

    expect(() => make({ document: () => documentOf({ operations: [] }) })).toThrow(
      expect.objectContaining({
        code: 'PACKAGE_MISSING',
        message: expect.stringContaining('docs needs the package "swagger-ui-dist": npm install swagger-ui-dist'),
      }),
    );
  });
});
