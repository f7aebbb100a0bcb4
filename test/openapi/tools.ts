import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { closeLater } from '../support/fusio.js';

export const root = resolve(__dirname, '../..');
const execute = promisify(execFile);

/** Runs a program from the root of the repository and gives what it printed; its complaints are the error's message. */
export async function run(program: string, parameters: readonly string[]): Promise<string> {
  try {
    const { stdout } = await execute(program, parameters, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${parameters.slice(0, 3).join(' ')}\n${stdout}${stderr}`);
  }
}

/** Runs a program text as an ES module (these packages have no other form) and gives the JSON that it prints. */
export async function runModule(source: string, ...parameters: string[]): Promise<any> {
  return JSON.parse(await run(process.execPath, ['--input-type=module', '--eval', source, '--', ...parameters]));
}

/** A folder inside the repository, so that packages are found from it; gone after the test. */
export async function makeFolder(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(root, 'node_modules/.openapi-test-'));
  closeLater(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}
