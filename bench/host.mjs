import { differences, probe } from './host/probes.mjs';
import { measure, ratio, summarize } from './http/measure.mjs';
import { freePort, startScript } from './machine.mjs';
import { compareVariants } from './switch/switch.mjs';

export const base = 'host alone';

const url = new URL('host/server.mjs', import.meta.url);
const serve = new URL('http/serve.mjs', import.meta.url).pathname;
const variants = new URL('host/variants.mjs', import.meta.url).href;
const servers = [
  { name: base, url, options: {} },
  { name: 'with app.use(fusio.router)', url, options: { mount: true } },
  { name: 'with createServer(app)', url, options: { mount: true, front: true } },
];

const scenarios = {
  first: { title: 'the first of 50 routes of its own', ...own(0) },
  last: { title: 'the last of 50 routes of its own', ...own(49) },
};

function own(index) {
  const request = { method: 'GET', path: `/own${index}/42` };
  const text = JSON.stringify({ own: index, id: '42', ip: '127.0.0.1', mark: 9 });
  return { exchanges: [{ request, status: 200, text }], refusals: [] };
}

/** What fusio costs the host's own routes, and whether `req` and `res` are still what they were. */
export async function run({ node, rounds, quick, say }) {
  const found = await compareHosts(node);
  if (found.length > 0) throw new Error(`the host does not behave as without fusio:\n${found.join('\n')}`);
  say('`req` and `res` behave identically');

  const plan = {
    node,
    servers,
    scenarios,
    rounds: rounds ?? (quick ? 2 : 10),
    sliceMs: 1000,
    warmMs: quick ? 1000 : 2000,
  };
  const slices = await measure({ ...plan, say });
  const goals = servers.slice(1).flatMap(({ name }) =>
    Object.keys(scenarios).map((scenario) => {
      const of = (server) => slices.filter((slice) => slice.server === server && slice.scenario === scenario);
      return { own: name, base, scenario, least: 1, ...ratio(of(base), of(name)) };
    }),
  );
  // Servers in processes of their own differ by luck; here only the mount differs.
  const switched = { node, module: variants, group: 'last', scenario: scenarios.last, warmMs: quick ? 2000 : 4000 };
  const mounts = await compareVariants({ ...switched, durationMs: quick ? 3000 : 60_000 });
  return { base, cells: summarize(slices, base), goals, mounts, slices };
}

async function compareHosts(node) {
  const answers = [];
  for (const { options } of servers) {
    const port = await freePort();
    const script = await startScript(node, serve, [url.pathname, port, JSON.stringify(options)]);
    try {
      answers.push(await probe(port));
    } finally {
      await script.stop();
    }
  }
  const [alone, ...others] = answers;
  return others.flatMap((other, index) =>
    differences(alone, other).map((difference) => `${servers[index + 1].name}: ${difference}`),
  );
}

export function print({ cells, goals, mounts }, log) {
  for (const { server, scenario, bestUs, medianUs } of cells) {
    log(
      `${server.padEnd(28)} ${scenario.padEnd(6)} ${bestUs.toFixed(1).padStart(7)} µs best ${medianUs.toFixed(1).padStart(7)} median`,
    );
  }
  for (const { own, scenario, paired, best } of goals) {
    log(`goal: ${own}, ${scenario}: ${paired.toFixed(2)} × the host alone (best ${best.toFixed(2)}), wanted 1`);
  }
  for (const { name, us, ratio, interval, blocks } of mounts) {
    const times = `${ratio.toFixed(3)} × the host alone (${interval.map((bound) => bound.toFixed(3)).join(' to ')})`;
    log(`in one process: ${name.padEnd(36)} ${us.toFixed(1).padStart(7)} µs  ${times}, ${blocks} rounds`);
  }
}
