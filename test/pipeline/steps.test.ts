import { steps } from '../../src/pipeline/pipeline.js';
import { readPage, readRows } from '../docs/pages.js';

it('takes the steps that the lifecycle page lists, in its order', () => {
  const rows = readRows(readPage('docs/reference/lifecycle.md'), 'step');

  const documented = rows.map(([name]) => name);

  expect(documented).toEqual(['match', 'gate', ...steps.map(({ name }) => name), 'send', 'end']);
});
