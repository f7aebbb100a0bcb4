import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RunningExample {
  readonly url: string;
  /** What it has written to stderr so far. */
  errors(): string;
  /** SIGTERM, as a service manager stops it; resolves with how it exited. */
  stop(): Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** Starts a program in an empty folder of its own, on a free port, and waits until it says where it listens. */
export async function runExample(file: string, env: Readonly<Record<string, string>> = {}): Promise<RunningExample> {
  const folder = mkdtempSync(join(tmpdir(), 'fusio-example-'));
  const child = spawn(process.execPath, [file], {
    cwd: folder,
    env: { ...process.env, NODE_ENV: 'development', ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      rmSync(folder, { recursive: true, force: true });
      resolve({ code, signal });
    });
  });
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const url = await waitForUrl(child, exited, () => said);
  return {
    url,
    errors: () => said,
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

function waitForUrl(child: ChildProcess, exited: Promise<unknown>, errors: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const url = /Listening on (http:\/\/localhost:\d+)/.exec(text)?.[1];
      if (url) resolve(url);
    });
    void exited.then(() => reject(new Error(`the example ended before it listened:\n${text}${errors()}`)));
  });
}
