// After a build: tsup writes the folder of the machine into the source map of each CommonJS file. The file's own name is enough.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';

for (const name of readdirSync('dist', { recursive: true })) {
  if (!name.endsWith('.cjs.map')) continue;
  const path = join('dist', name);
  const map = JSON.parse(readFileSync(path, 'utf8'));
  map.sources = map.sources.map((source) => (isAbsolute(source) ? basename(source) : source));
  if (map.file) map.file = basename(map.file);
  writeFileSync(path, JSON.stringify(map));
}
