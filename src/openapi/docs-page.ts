import { join } from 'node:path';
import type { Principal } from '../access/caller.js';
import type { AnyContext } from '../action/context.js';
import { file } from '../action/file.js';
import { respond } from '../action/reply.js';
import { loadPackage } from '../base/load-package.js';
import type { AnyOperationOptions } from '../operation/options.js';
import { mountPathOf } from '../operation/url.js';
import type { OpenApiDocument } from './openapi.js';
import { type DocsOptions, docsDefaults } from './options.js';

export interface DocsParts extends Pick<DocsOptions, 'path' | 'title'> {
  /** The document for one request: `serverOf` and `viewerOf` say for where and for whom. */
  document: (context: AnyContext) => OpenApiDocument;
}

/**
 * The operations that serve `/openapi.json` and the reference page (Swagger UI, offline), to be registered like a user's.
 * Throws `PACKAGE_MISSING` where there is to be a page and `swagger-ui-dist` is not installed.
 */
export function docsOperations({ path = docsDefaults.path, title, document }: DocsParts): AnyOperationOptions[] {
  if (path === false) return [documentOperation(document)];
  const folder = findSwaggerUi();
  return [documentOperation(document), ...pageOperations(path, title, folder, document)];
}

/** The mount path of the request, for `servers`: `/api` under `app.use('/api', fusio.router)`, else `/`. */
export function serverOf(context: AnyContext): string {
  return mountPathOf(context) || '/';
}

/** The caller for `as`: with a credential it sees the operations that it may call, without one all that are exposed. */
export function viewerOf({ user, app, scopes, source }: AnyContext): Principal | undefined {
  if (user.anonymous || source !== 'http') return undefined;
  return { user: { id: user.id, name: user.name, roles: user.roles }, ...(app && { app }), scopes };
}

function documentOperation(document: DocsParts['document']): AnyOperationOptions {
  return {
    ...hidden('fusio.docs.document', '/openapi.json'),
    // It depends on the caller: a shared cache must not mix them.
    cache: { etag: true, private: true, vary: ['authorization'] },
    action: (_request: unknown, context: AnyContext) => document(context),
  };
}

function pageOperations(
  path: string,
  title: string | undefined,
  folder: string,
  document: DocsParts['document'],
): AnyOperationOptions[] {
  const { length } = path.split('/').filter(Boolean);
  // Relative to the page, so that it works under any mount path and behind a proxy that cuts prefixes off.
  const root = '../'.repeat(Math.max(length - 1, 0)) || './';
  const here = `./${path.split('/').at(-1)}/`;
  const script = `'use strict';
window.ui = SwaggerUIBundle({
  url: ${JSON.stringify(`${root}openapi.json`)},
  dom_id: '#docs',
  deepLinking: true,
  validatorUrl: null,
  withCredentials: true,
});
`;
  return [
    {
      ...hidden('fusio.docs.page', path),
      response: 'text/html',
      action(_request: unknown, context: AnyContext) {
        const described = document(context);
        return respond(200, pageOf(title ?? described.info.title, here), headersOf(described));
      },
    },
    {
      ...hidden('fusio.docs.start', `${path}/start.js`),
      response: 'text/javascript',
      action: () => respond(200, script, assetHeaders),
    },
    ...assets.map(([name, asset, mediaType]) => ({
      ...hidden(`fusio.docs.${name}`, `${path}/${asset}`),
      response: mediaType,
      action: () => respond(200, file(join(folder, asset), { mediaType }), { 'x-content-type-options': 'nosniff' }),
    })),
  ];
}

/** All that is served of the package: each file is a path of its own, so there is nothing to climb out of. */
const assets = [
  ['script', 'swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['style', 'swagger-ui.css', 'text/css; charset=utf-8'],
  ['icon', 'favicon-32x32.png', 'image/png'],
] as const;

const assetHeaders = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };

function hidden(
  name: string,
  path: string,
): Pick<AnyOperationOptions, 'name' | 'method' | 'path' | 'public' | 'expose'> {
  return {
    name,
    method: 'GET',
    path,
    public: true,
    expose: { openapi: false, sdk: false, jsonrpc: false, mcp: false },
  };
}

/** No script or style of the page itself, nothing from outside; calls go to the servers of the document and nowhere else. */
function headersOf({ servers }: OpenApiDocument): Record<string, string> {
  const origins = new Set((servers as readonly { url: string }[]).flatMap(({ url }) => originOf(url)));
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...origins].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'cache-control': 'no-cache',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

function originOf(url: string): string[] {
  return URL.canParse(url) ? [new URL(url).origin] : [];
}

function pageOf(title: string, here: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" type="image/png" href="${here}favicon-32x32.png">
<link rel="stylesheet" href="${here}swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="${here}swagger-ui-bundle.js"></script>
<script src="${here}start.js"></script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The folder of the optional package. Its entry would load the whole page into this process, so only this part of it is loaded. */
function findSwaggerUi(): string {
  const absolutePath = loadPackage<() => string>({
    by: 'docs',
    name: 'swagger-ui-dist',
    path: 'swagger-ui-dist/absolute-path.js',
    fromDisk: true,
    orElse: ' (or leave docs off and answer fusio.openapi() from an operation of your own)',
  });
  return absolutePath();
}
