import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { places, storeOf } from '../support/store.js';

const dist = join(__dirname, '../../dist/index.cjs');

// Each waits for the word, so that all begin at once.
const program = `
const { createFusio } = require(process.argv[1]);
const fusio = createFusio({ store: process.argv[2], logger: false });
process.stdin.once('data', async () => {
  const steps = await fusio.migrate();
  process.stdout.write(JSON.stringify(steps.map(({ version }) => version)));
  await fusio.stop();
  process.exit();
});
process.stdout.write('ready');
`;

function start(store: string) {
  const child = spawn(process.execPath, ['-e', program, dist, store], { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  let isReady = () => {};
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    isReady();
  });
  const ended = new Promise<{ code: number | null; said: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, said: said.slice('ready'.length) }));
  });
  return { ready, ended, go: () => child.stdin.end('go') };
}

describe.each(places.filter(({ isShared }) => isShared))('ten processes on an empty $name', ({ place }) => {
  it('migrate it once', async () => {
    const store = await place();
    if (store === undefined) return;
    const processes = Array.from({ length: 10 }, () => start(store));
    await Promise.all(processes.map(({ ready }) => ready));

    for (const { go } of processes) go();
    const ends = await Promise.all(processes.map(({ ended }) => ended));

    expect(ends.map(({ code }) => code)).toEqual(processes.map(() => 0));
    expect(ends.map(({ said }) => said).sort()).toEqual(['[1,2]', ...processes.slice(1).map(() => '[]')]);
    await expect(storeOf({ store }).use()).resolves.toBeDefined();
  }, 60_000);
});
