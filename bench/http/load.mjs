import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasWrk, loadCore, pinned } from '../machine.mjs';

const runFile = promisify(execFile);
const connections = 64;
const client = new URL('load-client.mjs', import.meta.url).pathname;

/**
 * Loads a server from the other core: 64 keep-alive connections, no pipelining, for a bounded time.
 *
 * @returns {(port: number, requests: import('./scenarios.mjs').BenchRequest[], durationMs: number) => Promise<Load>}
 * @typedef {{ requests: number, refused: number, broken: number, p50Ms: number, p99Ms: number }} Load
 */
export function createLoad() {
  return hasWrk() ? loadWithWrk : loadByHand;
}

async function loadWithWrk(port, requests, durationMs) {
  const folder = mkdtempSync(join(tmpdir(), 'fusio-bench-'));
  const script = join(folder, 'requests.lua');
  writeFileSync(script, luaOf(requests));
  try {
    // wrk counts whole seconds.
    const duration = `${Math.max(1, Math.round(durationMs / 1000))}s`;
    const parameters = ['-t1', `-c${connections}`, `-d${duration}`, '-s', script, `http://127.0.0.1:${port}`];
    const { stdout } = await runFile(...pinned(loadCore, 'wrk', parameters));
    return JSON.parse(stdout.slice(stdout.lastIndexOf('@@') + 2));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function luaOf(requests) {
  // The blanks matter: `[[` would open a long string.
  const lines = requests.map(({ method, path, headers, body }) => {
    const fields = Object.entries({ accept: 'application/json', 'user-agent': 'bench', ...headers });
    const table = fields.map(([name, value]) => `[ ${quote(name)} ]=${quote(value)}`).join(',');
    return `list[#list+1] = wrk.format(${quote(method)}, ${quote(path)}, {${table}}, ${body ? quote(body) : 'nil'})`;
  });
  return `
list = {}
function init(arguments)
  ${lines.join('\n  ')}
end
turn = 0
function request()
  turn = turn % #list + 1
  return list[turn]
end
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('@@{"requests":%d,"refused":%d,"broken":%d,"p50Ms":%.4f,"p99Ms":%.4f}',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
`;
}

function quote(text) {
  return `[==[${text}]==]`;
}

async function loadByHand(port, requests, durationMs) {
  const [command, parameters] = pinned(loadCore, process.execPath, [client]);
  const running = runFile(command, parameters);
  running.child.stdin.end(JSON.stringify({ port, requests, durationMs, connections }));
  const { stdout } = await running;
  return JSON.parse(stdout);
}
