import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runtimeModule } from './runtime-source.js';

test('a generated SDK has the code of fusio/client', () => {
  const path = join(__dirname, '../../src/sdk/runtime.ts');
  if (process.env.UPDATE_RUNTIME) writeFileSync(path, runtimeModule());

  expect(readFileSync(path, 'utf8')).toBe(runtimeModule());
});
