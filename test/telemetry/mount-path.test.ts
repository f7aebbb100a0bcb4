import { createServer } from 'node:http';
import express, { type Application, type RequestHandler, Router } from 'express';
import { mountFinder } from '../../src/telemetry/mount-path.js';
import { closeAll, listen } from '../support/fusio.js';

afterEach(closeAll);

/** The mount paths that are found, one for each path that is asked for. */
async function find(mount: (app: Application, router: RequestHandler) => void, paths: string[], hostRoute?: string) {
  const findMount = mountFinder();
  const found: string[] = [];
  const app = express();
  app.use(async (_request, _response, next) => next());
  mount(app, (request, response) => {
    found.push(findMount(request, hostRoute));
    response.end();
  });
  const url = await listen(createServer(app));
  for (const path of paths) await fetch(url + path);
  return found;
}

function below(path: string | RegExp, handler: RequestHandler): RequestHandler {
  return Router().use(path, handler);
}

it.each<[string, (app: Application, router: RequestHandler) => void, string, string]>([
  ['nothing', (app, router) => app.use(router), '/todo', ''],
  ['text', (app, router) => app.use('/api/v1', router), '/api/v1/todo', '/api/v1'],
  ['one of several', (app, router) => app.use(['/api', '/v1'], router), '/v1/todo', '/v1'],
  ['text behind a router', (app, router) => app.use('/api', below('/v1', router)), '/api/v1/todo', '/api/v1'],
  ['a router at the root', (app, router) => app.use(below('/v1', router)), '/v1/todo', '/v1'],
  ['an app', (app, router) => app.use('/api', express().use('/v1', router)), '/api/v1/todo', '/api/v1'],
  ['a parameter', (app, router) => app.use('/:tenant', router), '/acme/todo', ''],
  ['a parameter and text', (app, router) => app.use('/:tenant/api', router), '/acme/api/todo', ''],
  ['a parameter that is broken', (app, router) => app.use(below('/x', router)).use('/:tenant', router), '/a%41/x', ''],
  ['a parameter before a router', (app, router) => app.use('/:tenant', below('/api', router)), '/acme/api/todo', ''],
  ['a parameter before an app', (app, router) => app.use('/:t', express().use('/api', router)), '/acme/api/todo', ''],
  ['a wildcard', (app, router) => app.use('/*rest', router), '/acme/api/todo', ''],
  ['a group', (app, router) => app.use(/^\/(\w+)/, router), '/acme/todo', ''],
])('by %s', async (_what, mount, path, expected) => {
  expect(await find(mount, [path])).toEqual([expected]);
});

it('takes what the host found where there are parameters', async () => {
  const found = await find((app, router) => app.use('/:tenant', router), ['/acme/todo'], '/:tenant');

  expect(found).toEqual(['/:tenant']);
});

it('does not let a caller spell it', async () => {
  const paths = ['/api/todo', '/API/todo', '/aPi/todo'];

  expect(await find((app, router) => app.use('/api', router), paths)).toEqual(['/api', '/api', '/api']);
});

it('tells a hundred at most: a regular expression without groups looks like text', async () => {
  const paths = Array.from({ length: 120 }, (_one, index) => `/${index}/todo`);

  const found = await find((app, router) => app.use(/^\/\d+/, router), paths);

  expect(new Set(found).size).toBe(101);
  expect(found.at(-1)).toBe('');
});
