// `npm run matrix`: packs fusio and tries the tarball in every kind of program, on every Node and TypeScript we promise.
// `--quick`: this Node and TypeScript 6.0 only. Downloads stay in FUSIO_MATRIX_CACHE, or in the folder for temporary files.
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleCells } from './matrix/bundle-cells.mjs';
import {
  installBundlers,
  installProject,
  installTools,
  installWithPnpm,
  nodes,
  typescripts,
} from './matrix/install.mjs';
import { nodeCells } from './matrix/node-cells.mjs';
import { pack } from './matrix/pack.mjs';
import { packageCells } from './matrix/package-cells.mjs';
import { declarationCells, typeCells } from './matrix/type-cells.mjs';

const quick = process.argv.includes('--quick');
const startedAt = Date.now();
const cache = resolve(process.env.FUSIO_MATRIX_CACHE ?? join(tmpdir(), 'fusio-matrix'));
mkdirSync(cache, { recursive: true });

const packed = await pack(join(cache, 'pack'));
const wanted = quick ? { nodes: [], typescripts: ['6.0'] } : { nodes, typescripts };
const tools = await installTools(quick ? join(cache, 'quick') : cache, wanted);

const [project, bare, express] = ['consumer', 'bare', 'express'].map((name) => join(cache, name));
await installProject(
  project,
  {
    '@opentelemetry/api': '^1.4',
    '@opentelemetry/sdk-trace-base': '^1.30',
    '@sinclair/typebox': '^0.34',
    '@types/express': '^5',
    '@types/node': '^20',
    '@types/pg': '^8',
    express: '^5',
    jest: '^30',
    mysql2: '^3.17',
    pg: '^8.11',
    'prom-client': '^15',
    'swagger-ui-dist': '^5',
    typebox: '^1',
  },
  packed.file,
);
const strict = join(cache, 'pnpm');
if (!quick) {
  const peers = {
    '@types/express': '^5',
    '@types/node': '^20',
    '@types/pg': '^8',
    express: '^5',
    mysql2: '^3.17',
    pg: '^8.11',
  };
  await installWithPnpm(cache, strict, peers, packed.file);
  await installProject(bare, { express: '^5' }, packed.file);
  await installProject(express, { express: '^5' });
}

const binaries = quick
  ? [[process.versions.node, process.execPath]]
  : wanted.nodes.map((version) => [version, tools.node(version)]);
const groups = [
  quick ? [] : packageCells({ packed, bare, express }),
  typeCells({ project, tsc: tools.tsc, typescripts: wanted.typescripts, quick }),
  quick
    ? []
    : declarationCells({ projects: { npm: project, pnpm: strict }, tsc: tools.tsc, typescripts: wanted.typescripts }),
  nodeCells({ project, bare, nodes: binaries, quick }),
  quick ? [] : bundleCells({ project, bare, tools: await installBundlers(cache), folder: join(cache, 'bundles') }),
];

// The cells of a Node run what the compilers' cells wrote: one group after the other, two cells at a time in each.
const failed = [];
let count = 0;
for (const group of groups) {
  const waiting = [...group];
  await Promise.all([work(waiting), work(waiting)]);
}
const seconds = Math.round((Date.now() - startedAt) / 1000);
console.log(`${count - failed.length} of ${count} cells ok in ${seconds} s`);
for (const name of failed) console.log(`FAILED  ${name}`);
process.exitCode = failed.length === 0 && count > 0 ? 0 : 1;

async function work(waiting) {
  for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
    const { ok, text, detail } = await cell.run();
    count++;
    console.log(`${ok ? 'ok    ' : 'FAILED'}  ${cell.name}${detail ? `: ${detail}` : ''}`);
    if (ok) continue;
    failed.push(cell.name);
    console.log(text.split('\n').slice(0, 15).join('\n').replace(/^/gm, '        '));
  }
}
