import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { transformSync } from '@swc/core';

// In the repository, so that the child finds typebox; Jest's own module loader must not stand in between.
const folder = path.join(process.cwd(), 'node_modules', '.cache', `fusio-schema-${process.pid}`);

const program = `
import { createSchemas } from './schema/schemas.js';
let isForbidden = false;
try { new Function('return 1')(); } catch { isForbidden = true; }
const schemas = createSchemas({ formats: { code: (text) => text.length === 3 } });
schemas.name('Tag', { anyOf: [{ type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }, { type: 'null' }] });
const schema = {
  type: 'object',
  properties: { page: { type: 'integer', default: 1 }, code: { type: 'string', format: 'code' }, tag: { $ref: 'Tag' } },
};
const reader = schemas.reader(schema, { where: 'test', source: 'text', unknown: 'drop', defaults: true });
const value = reader.read({ code: 'abc', tag: { n: '2', other: '' }, other: '' });
const wrong = reader.read({ page: 'x', code: 'abcd' });
console.log(JSON.stringify({
  isForbidden, value, fits: reader.check(value), refused: !reader.check(wrong), issues: reader.issues(wrong, '').map((one) => one.code),
}));
`;

function transpile(): void {
  const source = path.join(process.cwd(), 'src');
  const names = ['base', 'schema'].flatMap((room) =>
    readdirSync(path.join(source, room))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => path.join(room, name)),
  );
  for (const room of ['base', 'schema']) mkdirSync(path.join(folder, room), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(folder, 'program.js'), program);
  for (const name of names) {
    const { code } = transformSync(readFileSync(path.join(source, name), 'utf8'), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    writeFileSync(path.join(folder, name.replace(/\.ts$/, '.js')), code);
  }
}

describe('where code may not be made of text', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('reads, checks and reports just the same', () => {
    transpile();

    const output = execFileSync(
      process.execPath,
      ['--disallow-code-generation-from-strings', path.join(folder, 'program.js')],
      { encoding: 'utf8' },
    );

    expect(JSON.parse(output)).toEqual({
      isForbidden: true,
      value: { code: 'abc', tag: { n: 2 }, page: 1 },
      fits: true,
      refused: true,
      issues: ['TYPE', 'FORMAT'],
    });
  });
});
