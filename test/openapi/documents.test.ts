import { createDocuments } from '../../src/openapi/documents.js';
import type { OpenApiOptions } from '../../src/openapi/openapi.js';
import { documentOf } from './rich-api.js';

function createCounted() {
  const made: OpenApiOptions[] = [];
  const documents = createDocuments((options) => {
    made.push(options);
    return documentOf({ operations: [] }, options);
  });
  return { made, documents };
}

it('writes one document for callers with the same scopes', () => {
  const { made, documents } = createCounted();

  const first = documents.get({ as: { user: { id: '1' }, scopes: ['a', 'b'] } });

  expect(documents.get({ as: { app: { id: '2' }, scopes: ['b', 'a'] } })).toBe(first);
  expect(documents.get({ as: { user: { id: '1' } } })).not.toBe(first);
  expect(documents.get({ as: 'anonymous' })).not.toBe(documents.get());
  expect(made).toHaveLength(4);
});

it('writes another one for another server, and after a registration', () => {
  const { made, documents } = createCounted();
  documents.get({ servers: ['/a'] });

  expect(documents.get({ servers: ['/b'] }).servers).toEqual([{ url: '/b' }]);
  documents.clear();
  documents.get({ servers: ['/a'] });

  expect(made).toHaveLength(3);
});

it('does not keep more than fifty', () => {
  const { made, documents } = createCounted();
  for (let count = 0; count < 60; count++) documents.get({ servers: [`/${count}`] });

  documents.get({ servers: ['/59'] });
  documents.get({ servers: ['/0'] });

  expect(made).toHaveLength(61);
});
