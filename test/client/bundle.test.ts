import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const maxBytes = 4096;

test('fusio/client runs in a browser and is at most 4 KB', async () => {
  // The platform "browser" refuses every `node:` import.
  const { outputFiles, metafile } = await build({
    entryPoints: ['src/client/index.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
  });

  const inputs = Object.keys(metafile.inputs);
  expect(inputs.filter((path) => !path.startsWith('src/client/'))).toEqual([]);
  expect(Object.values(metafile.outputs)[0]!.imports).toEqual([]);
  const bytes = gzipSync(outputFiles[0]!.contents).byteLength;
  expect(bytes).toBeLessThanOrEqual(maxBytes);
});
