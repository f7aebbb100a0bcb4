import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRoutes } from '../../src/cli/routes.js';

test('the routes of a browser keep the media type of a body that is not JSON', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fusio-routes-'));
  const handle = { kind: 'operation', name: 'note', method: 'POST', path: '/note', scopes: [], stability: 'stable' };
  const api = { note: { ...handle, consumes: 'text/csv' }, todo: { create: handle } };
  const source = join(folder, 'api.cjs');
  writeFileSync(source, `exports.api = ${JSON.stringify(api)};`);

  const routes = await readRoutes(source).finally(() => rmSync(folder, { recursive: true }));

  expect(JSON.parse(JSON.stringify(routes))).toEqual({
    note: { method: 'POST', path: '/note', consumes: 'text/csv' },
    todo: { create: { method: 'POST', path: '/note' } },
  });
});
