import { spawn } from 'node:child_process';

/** Runs a command to its end; never rejects. After `timeoutMs` it is killed, and the text says so. */
export function run(command, parameters, { timeoutMs = 180_000, ...options } = {}) {
  return new Promise((resolve) => {
    let [stdout, stderr] = ['', ''];
    const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const timer = setTimeout(() => {
      stderr += `\nkilled: it did not end within ${timeoutMs / 1000} s\n`;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const end = (status) => {
      clearTimeout(timer);
      resolve({ ok: status === 0, status, stdout, stderr, text: `${stdout}\n${stderr}`.trim() });
    };
    child.on('error', (error) => {
      stderr += `${command}: ${error.message}`;
      end(-1);
    });
    child.on('close', end);
  });
}

/** Runs a command that the rest stands on: throws with what it said when it fails. */
export async function must(command, parameters, options) {
  const result = await run(command, parameters, options);
  if (!result.ok) throw new Error(`${command} ${parameters.join(' ')} failed:\n${result.text}`);
  return result;
}
