import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

// In the repository, so that the child finds what is installed; Jest's own listeners and module loader must not stand in between.
const folder = path.join(process.cwd(), 'node_modules', '.cache', `fusio-hostile-${process.pid}`);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('lives and goes on answering, wherever and whenever code of the app breaks or throws', async () => {
  mkdirSync(folder, { recursive: true });
  const program = path.join(folder, 'program.mjs');
  await build({
    entryPoints: [path.join(__dirname, 'hostile', 'program.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });

  // It ends with 1, and the place on stderr, at the first exception or rejection that nothing handles.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { maxBuffer: 2 ** 26 });

  expect(stderr).toBe('');
  const { done, failures } = JSON.parse(stdout);
  expect(failures).toEqual([]);
  expect(done).toBeGreaterThan(5_000);
}, 600_000);
