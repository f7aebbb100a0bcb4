import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, platform, release, totalmem } from 'node:os';

export const serverCore = 0;
export const loadCore = 1;

const canPin = spawnSync('taskset', ['-c', '0', 'true']).status === 0 && cpus().length > 1;

/** What the numbers were taken on; no names and no paths. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release().split('-')[0]}`,
    pinned: canPin,
    load: hasWrk() ? 'wrk' : 'built-in load generator',
  };
}

/** `24.21.0` of a binary. */
export function exactVersion(node) {
  return spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
}

export function hasWrk() {
  return spawnSync('wrk', ['--version']).error === undefined;
}

/** The command that runs another one on one core, where the system can do that. */
export function pinned(core, command, parameters) {
  return canPin ? ['taskset', ['-c', String(core), command, ...parameters]] : [command, parameters];
}

/**
 * Starts a script of the bench that says `{ ready }` over IPC when it can be used.
 *
 * @returns {Promise<{ pid: number, message: any, ask(question: object): Promise<any>, stop(): Promise<void> }>}
 */
export async function startScript(
  node,
  script,
  parameters,
  { core = serverCore, flags = [], timeoutMs = 60_000 } = {},
) {
  const [command, rest] = pinned(core, node, [...flags, script, ...parameters.map(String)]);
  const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const message = await answer(child, timeoutMs, script);
  return {
    pid: child.pid,
    message,
    async ask(question) {
      child.send(question);
      return await answer(child, timeoutMs, script);
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function answer(child, timeoutMs, script) {
  return new Promise((resolve, reject) => {
    const alarm = setTimeout(() => finish(new Error(`${script} did not answer within ${timeoutMs} ms`)), timeoutMs);
    const onMessage = (message) => finish(undefined, message);
    const onExit = (code) => finish(new Error(`${script} ended with ${code}`));
    function finish(error, message) {
      clearTimeout(alarm);
      child.off('message', onMessage).off('exit', onExit);
      if (error) {
        child.kill('SIGKILL');
        reject(error);
      } else resolve(message);
    }
    child.once('message', onMessage).once('exit', onExit);
  });
}

/** CPU time of all threads of a process in ns: without the time that others took from it. `undefined` off Linux. */
export function cpuTimeOf(pid) {
  try {
    let total = 0;
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      total += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    }
    return total;
  } catch {
    return undefined;
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
