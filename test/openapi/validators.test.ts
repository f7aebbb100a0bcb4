import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Type } from '../../src/index.js';
import type { OpenApiDocument } from '../../src/openapi/openapi.js';
import { closeAll } from '../support/fusio.js';
import { describedByItsApp, documentOf, makeRichApi, operation } from './rich-api.js';
import { makeFolder, runModule } from './tools.js';

afterEach(closeAll);

const validate = `
import { Validator } from '@seriousme/openapi-schema-validator';
import { readFileSync } from 'node:fs';
const validator = new Validator();
const result = await validator.validate(JSON.parse(readFileSync(process.argv[1], 'utf8')));
console.log(JSON.stringify({ ...result, version: validator.version }));
`;

async function validated(document: OpenApiDocument): Promise<unknown> {
  const folder = await makeFolder({ 'openapi.json': document });
  return runModule(validate, join(folder, 'openapi.json'));
}

async function linted(document: OpenApiDocument): Promise<string[]> {
  // Whether to write summaries, licences and descriptions of tags is the app's affair.
  const rules = { 'operation-summary': 'off', 'info-license': 'off', 'tag-description': 'off' } as const;
  const config = await createConfig({ extends: ['spec', 'recommended'], rules });
  const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: 'openapi.json', config });
  return problems.map(
    ({ severity, ruleId, location, message }) => `${severity} ${ruleId} ${location[0]?.pointer} ${message}`,
  );
}

const documents: Record<string, OpenApiDocument> = {
  'of everything': documentOf(makeRichApi(), { servers: ['/api'] }),
  'with what its app says': documentOf(describedByItsApp),
  'of nothing': documentOf({ operations: [] }),
  'for an anonymous caller': documentOf(makeRichApi(), { as: 'anonymous' }),
  'of one bare operation': documentOf({
    operations: [operation({ name: 'a', public: false, method: 'HEAD', path: '/' })],
  }),
  'of recursive schemas': documentOf({
    operations: [
      operation({ name: 'a', response: Type.Object({ next: Type.Optional(Type.This()) }) }),
      operation({
        name: 'b',
        response: Type.Module({
          A: Type.Object({ b: Type.Array(Type.Ref('B')) }),
          B: Type.Partial(Type.Object({ a: Type.Ref('A') })),
        }).A,
      }),
    ],
  }),
};

describe.each(Object.entries(documents))('the document %s', (_name, document) => {
  it('is valid OpenAPI 3.1 to @seriousme/openapi-schema-validator', async () => {
    expect(await validated(document)).toMatchObject({ valid: true, version: '3.1' });
  });

  it('has no error to Redocly', async () => {
    const problems = await linted(document);

    expect(problems.filter((problem) => problem.startsWith('error'))).toEqual([]);
  });
});

it('gives Redocly little to warn of', async () => {
  const problems = await linted(documents['of everything']!);

  // An operation that reads nothing and is public has no error of its own: `default` stands for all.
  const others = problems.filter((problem) => !problem.includes(' operation-4xx-response '));
  expect(others).toEqual([]);
});
