import { steps } from '../../src/pipeline/pipeline.js';
import { readPage, readRows } from '../docs/pages.js';

it('takes the steps that the contributing page draws', () => {
  const drawn = /^ *(active(?: → \w+)+)$/m.exec(readPage('docs/contributing.md'))?.[1];

  expect(drawn?.split(' → ')).toEqual(steps.map(({ name }) => name));
});

it('takes the steps that the lifecycle page lists, in its order', () => {
  const rows = readRows(readPage('docs/reference/lifecycle.md'), 'step');

  const documented = rows.map(([name]) => name);

  expect(documented).toEqual(['match', 'gate', ...steps.map(({ name }) => name), 'send', 'end']);
});
