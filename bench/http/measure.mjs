import { cpuTimeOf, freePort, startScript } from '../machine.mjs';
import { median, shuffle } from '../statistics.mjs';
import { differences } from './conformance.mjs';
import { createLoad } from './load.mjs';

const serve = new URL('serve.mjs', import.meta.url).pathname;

/**
 * Starts all servers, compares what they answer, warms them and measures them in slices, in an order that is new in each round.
 *
 * @param {{ node: string, servers: (import('./servers.mjs').BenchServer & { url: URL })[], scenarios: object, rounds: number,
 *   sliceMs: number, warmMs: number, say(text: string): void }} plan
 * @returns {Promise<Slice[]>}
 * @typedef {{ server: string, scenario: string, round: number, requests: number, cpuUs: number, p50Ms: number, p99Ms: number,
 *   perSecond: number }} Slice
 */
export async function measure({ node, servers, scenarios, rounds, sliceMs, warmMs, say }) {
  const load = createLoad();
  const running = [];
  try {
    for (const server of servers) running.push(await startServer(node, server));
    await compare(running, scenarios);
    say(`${running.length} servers give the same answers`);

    const cells = running.flatMap((server) => keysOf(server, scenarios).map((scenario) => ({ server, scenario })));
    for (const { server, scenario } of shuffle(cells)) await load(server.port, requestsOf(scenarios[scenario]), warmMs);

    const slices = [];
    let order = [];
    for (let round = 0; round < rounds; round++) {
      // Every order is also run backwards: nobody profits from coming after a lazy neighbour.
      order = round % 2 === 0 ? shuffle(cells) : order.toReversed();
      for (const { server, scenario } of order) {
        slices.push(await measureSlice(load, server, scenario, scenarios[scenario], { round, sliceMs }));
      }
      say(`round ${round + 1} of ${rounds}`);
    }
    return slices;
  } finally {
    await Promise.all(running.map((server) => server.script.stop()));
  }
}

async function startServer(node, { name, url, options = {}, only }) {
  const port = await freePort();
  const script = await startScript(node, serve, [url.pathname, port, JSON.stringify(options)]);
  return { name, port, only, script };
}

async function compare(running, scenarios) {
  const found = [];
  for (const server of running) {
    const own = Object.fromEntries(keysOf(server, scenarios).map((key) => [key, scenarios[key]]));
    for (const difference of await differences(server.port, own)) found.push(`${server.name}: ${difference}`);
  }
  if (found.length > 0) throw new Error(`the servers do not do equal work:\n${found.join('\n')}`);
}

function keysOf({ only }, scenarios) {
  return Object.keys(scenarios).filter((key) => !only || only.includes(key));
}

function requestsOf({ exchanges }) {
  return exchanges.map(({ request }) => request);
}

async function measureSlice(load, server, scenario, { exchanges }, { round, sliceMs }) {
  const before = await cpuOf(server);
  const { requests, refused, broken, p50Ms, p99Ms } = await load(server.port, requestsOf({ exchanges }), sliceMs);
  const cpuUs = ((await cpuOf(server)) - before) / 1000 / requests;
  const what = `${server.name} (${scenario})`;
  if (requests === 0) throw new Error(`${what}: no answer in ${sliceMs} ms`);
  if (refused > 0 || broken > 0)
    throw new Error(`${what}: ${refused} answers were errors, ${broken} connections broke`);
  return {
    server: server.name,
    scenario,
    round,
    requests,
    cpuUs,
    p50Ms,
    p99Ms,
    perSecond: (requests / sliceMs) * 1000,
  };
}

async function cpuOf({ script }) {
  return cpuTimeOf(script.pid) ?? (await script.ask({ question: 'cpu' })).cpu;
}

/** One line for each server and scenario: CPU µs a request, and how much of the base's work it does with the same CPU time. */
export function summarize(slices, base) {
  const cells = new Map();
  for (const slice of slices) {
    const key = `${slice.server}|${slice.scenario}`;
    cells.set(key, [...(cells.get(key) ?? []), slice]);
  }
  return [...cells.values()].map((own) => {
    const [{ server, scenario }] = own;
    return {
      server,
      scenario,
      medianUs: median(own.map(({ cpuUs }) => cpuUs)),
      bestUs: Math.min(...own.map(({ cpuUs }) => cpuUs)),
      bestPerSecond: Math.max(...own.map(({ perSecond }) => perSecond)),
      p99Ms: median(own.map(({ p99Ms }) => p99Ms)),
      ...ratio(cells.get(`${base}|${scenario}`), own),
    };
  });
}

/** How many times less CPU `own` takes than `base`: paired by round, and best against best. */
export function ratio(base, own) {
  if (!base || !own) return { paired: undefined, best: undefined };
  const paired = own.map(({ round, cpuUs }) => base[round].cpuUs / cpuUs);
  return {
    paired: median(paired),
    best: Math.min(...base.map(({ cpuUs }) => cpuUs)) / Math.min(...own.map(({ cpuUs }) => cpuUs)),
  };
}
