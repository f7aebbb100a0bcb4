import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mariadb } from '../support/database.js';
import { perform } from './perform.js';
import { type RunningExample, runExample } from './run-example.js';
import { readSteps } from './walkthrough.js';

const root = join(__dirname, '../..');
const examples = join(root, 'examples');
const names = readdirSync(examples, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

let running: RunningExample | undefined;

beforeAll(() => {
  if (!existsSync(join(root, 'dist/index.js'))) throw new Error('dist/ is not built: run `npm run build` first');
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

describe.each(names)('the example %s', (name) => {
  it('answers as its README says, and exits cleanly', async () => {
    const env = await environmentOf(name);
    // It has said in one line that there is no database server.
    if (env === undefined) return;
    const steps = readSteps(join(examples, name, 'README.md'));

    running = await runExample(programOf(name), env);
    const surprises = await perform(steps, running.url);
    const exit = await running.stop();

    expect(steps.length).toBeGreaterThan(1);
    expect(surprises).toEqual([]);
    expect(exit).toEqual({ code: 0, signal: null });
  }, 60_000);
});

async function environmentOf(name: string): Promise<Record<string, string> | undefined> {
  if (name !== 'todo-with-mysql') return {};
  const database = await mariadb();
  return database && { DATABASE_URL: database.uri };
}

/** The file to run; an example in TypeScript is compiled as its README does it. */
function programOf(name: string): string {
  const folder = join(examples, name);
  const file = ['main.mjs', 'main.cjs', 'main.ts'].find((one) => existsSync(join(folder, one)));
  if (file === undefined) throw new Error(`examples/${name} has no main file`);
  if (file !== 'main.ts') return join(folder, file);
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { stdio: 'pipe' });
  return join(folder, 'dist/main.js');
}
