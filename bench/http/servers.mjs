/**
 * The servers, in the order of the tables. `only` and `except` name scenarios; `remark` goes to the report.
 *
 * @typedef {{ name: string, file: string, options?: object, only?: string[], optional?: boolean, remark?: string }} BenchServer
 * @type {BenchServer[]}
 */
export const servers = [
  {
    name: 'raw node:http',
    file: 'raw.mjs',
    remark: 'by hand; the token is verified with node:crypto at every request',
  },
  { name: 'raw node:http, token cache', file: 'raw.mjs', options: { tokenCache: true }, only: ['d'] },
  {
    name: 'fusio, stand-alone',
    file: 'fusio.mjs',
    remark: '`createServer()`; in (d) the `authenticate` hook remembers verified tokens',
  },
  { name: 'fusio, stand-alone, no token cache', file: 'fusio.mjs', options: { tokenCache: false }, only: ['d'] },
  { name: 'Fastify', file: 'fastify.mjs', remark: 'schemas in and out, `@fastify/jwt`' },
  { name: 'Fastify, token cache', file: 'fastify.mjs', options: { tokenCache: true }, only: ['d'] },
  {
    name: 'Hono',
    file: 'hono.mjs',
    remark: '`@hono/node-server`, compiled TypeBox checks, `hono/jwt`; no response schema, no limit for bodies',
  },
  { name: 'NestJS on Fastify', file: 'nest.mjs', remark: '`class-validator`, `@nestjs/jwt`; no response schema' },
  {
    name: 'express + fusio, createServer',
    file: 'fusio-express.mjs',
    options: { front: true },
    remark: 'the same app on `fusio.createServer(app)`',
  },
  { name: 'express + fusio', file: 'fusio-express.mjs', remark: '`app.use(fusio.router)`, otherwise an untouched app' },
  {
    name: 'express + fusio, no token cache',
    file: 'fusio-express.mjs',
    options: { tokenCache: false },
    only: ['d'],
  },
  { name: 'Express, tuned', file: 'express.mjs', options: { tuned: true }, remark: 'no ETag, no X-Powered-By' },
  {
    name: 'Express',
    file: 'express.mjs',
    remark: '`express.json()`, compiled TypeBox checks, `jsonwebtoken` with a KeyObject; no response schema',
  },
  { name: 'Express, token cache', file: 'express.mjs', options: { tokenCache: true }, only: ['d'] },
];
