import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { scenarios } from './http/scenarios.mjs';
import { pinned, serverCore } from './machine.mjs';
import { median } from './statistics.mjs';
import { compareVariants } from './switch/switch.mjs';

const runFile = promisify(execFile);
const child = new URL('startup/child.mjs', import.meta.url).pathname;
const flatness = new URL('startup/flatness.mjs', import.meta.url).href;

const packages = ['fusio', 'express', 'fastify', 'hono'];
const counts = [1, 500, 5000];
export const goals = { importMs: 120, readyMs: { 500: 60, 5000: 400 }, heapPerOperation: 12 * 1024 };

/** CPU time of the import and of operations in fresh processes, their heap, and whether a request cares for their number. */
export async function run({ node, quick, say }) {
  const repetitions = quick ? 3 : 7;

  const bare = await repeat(repetitions, () => inChild(node, ['bare']));
  const bareMs = least(bare, 'cpuMs');
  const imports = {};
  for (const name of packages) {
    imports[name] = least(await repeat(repetitions, () => inChild(node, ['import', name])), 'cpuMs') - bareMs;
    say(`import of ${name}`);
  }

  const operations = {};
  for (const count of counts) {
    const early = await repeat(repetitions, () => inChild(node, ['operations', count, 1]));
    const late = await repeat(repetitions, () => inChild(node, ['operations', count, 0]));
    operations[count] = {
      registeredMs: least(early, 'registeredMs'),
      readyMs: least(early, 'readyMs'),
      readyWithSchemasMs: least(late, 'readyMs'),
      firstRequestMs: least(early, 'firstRequestMs'),
      heapPerUsedOperation: count <= 500 ? median(early.map((result) => result.heapPerUsedOperation)) : undefined,
      heapPerOperation: median(early.map(({ heapPerOperation }) => heapPerOperation)),
      heapWithSchemas: median(late.map(({ heapPerOperation }) => heapPerOperation)),
    };
    say(`${count} operations`);
  }

  const group = 'e';
  const plan = { node, module: flatness, group, warmMs: 2000, durationMs: quick ? 3000 : 12_000 };
  // Only what is found: the neighbours of the operation do not exist here.
  const scenario = { ...scenarios[group], refusals: scenarios[group].refusals.slice(0, 1) };
  return { bareMs, imports, operations, flatness: await compareVariants({ ...plan, scenario }), goals };
}

async function inChild(node, parameters) {
  const [command, rest] = pinned(serverCore, node, ['--expose-gc', child, ...parameters.map(String)]);
  const { stdout } = await runFile(command, rest, { cwd: dirname(child), timeout: 60_000 });
  return JSON.parse(stdout);
}

async function repeat(times, work) {
  const results = [];
  for (let time = 0; time < times; time++) results.push(await work());
  return results;
}

// Noise only adds: the least is the nearest to the truth.
function least(results, name) {
  return Math.min(...results.map((result) => result[name]));
}

export function print({ bareMs, imports, operations, flatness }, log) {
  log(`bare node ${bareMs.toFixed(0)} ms of CPU time`);
  for (const [name, ms] of Object.entries(imports)) log(`import of ${name.padEnd(8)} ${ms.toFixed(0)} ms on top`);
  for (const [count, own] of Object.entries(operations)) {
    const { registeredMs, readyMs, readyWithSchemasMs, firstRequestMs } = own;
    log(
      `${count} operations: registered ${registeredMs.toFixed(1)} ms, ready ${readyMs.toFixed(1)} ms ` +
        `(${readyWithSchemasMs.toFixed(1)} with the making of the schemas), first request ${firstRequestMs.toFixed(2)} ms each`,
    );
    log(
      `  heap of each: ${toKb(own.heapPerOperation)} KB, with its schemas ${toKb(own.heapWithSchemas)} KB, ` +
        `after a first request ${toKb(own.heapPerUsedOperation)} KB`,
    );
  }
  for (const { name, us, change, spread } of flatness) {
    log(`(e) ${name.padEnd(24)} ${us.toFixed(1)} µs, ${change.toFixed(1)} ± ${spread.toFixed(1)}`);
  }
}

export function toKb(bytes) {
  return bytes === undefined ? '–' : (bytes / 1024).toFixed(1);
}
