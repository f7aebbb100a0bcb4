import { differences } from '../http/conformance.mjs';
import { createLoad } from '../http/load.mjs';
import { freePort, startScript } from '../machine.mjs';
import { median, medianInterval, quantile } from '../statistics.mjs';

const script = new URL('switch-server.mjs', import.meta.url).pathname;
// A slow machine gets more time, within bounds.
const fewest = 5;
const longest = 4;

/**
 * Compares variants inside one process, where differences below a microsecond can be seen.
 *
 * @param {{ node: string, module: string, group: string, scenario: import('../http/scenarios.mjs').Scenario, warmMs: number,
 *   durationMs: number, block?: number }} plan
 * @returns {Promise<Variant[]>} The first is what the others are compared with.
 * @typedef {{ name: string, us: number, change: number, spread: number, ratio: number, interval: [number, number], blocks: number }} Variant
 */
export async function compareVariants({ node, module, group, scenario, warmMs, durationMs, block = 1500 }) {
  const port = await freePort();
  const server = await startScript(node, script, [port, module, group, block]);
  try {
    const { names } = server.message;
    for (const [variant, name] of names.entries()) {
      await server.ask({ question: 'only', variant });
      const found = await differences(port, { [group]: scenario });
      if (found.length > 0) throw new Error(`variant "${name}" does not do equal work:\n${found.join('\n')}`);
    }
    await server.ask({ question: 'all' });

    const load = createLoad();
    const requests = scenario.exchanges.map(({ request }) => request);
    await load(port, requests, warmMs);
    await server.ask({ question: 'reset' });
    for (let time = 0; time < longest; time++) {
      const { refused, broken } = await load(port, requests, durationMs);
      if (refused > 0 || broken > 0) {
        throw new Error(`${group}: ${refused} answers were errors, ${broken} connections broke`);
      }
      const { cycles } = await server.ask({ question: 'cycles' });
      // The first cycle after the reset began in the warm-up.
      if (cycles.length > fewest) return evaluate(names, cycles.slice(1));
    }
    throw new Error(`${group}: fewer than ${fewest} blocks a variant in ${longest} × ${durationMs} ms`);
  } finally {
    await server.stop();
  }
}

/**
 * µs a request: the tenth percentile, the paired change against the first variant and half the distance of its quartiles.
 * `ratio`: how much work for the same CPU time, the first variant being 1; `interval` holds it with 95 % confidence.
 */
function evaluate(names, cycles) {
  return names.map((name, variant) => {
    const own = cycles.map((cycle) => cycle[variant]);
    const changes = cycles.map((cycle) => cycle[variant] - cycle[0]);
    const spread = (quantile(changes, 0.75) - quantile(changes, 0.25)) / 2;
    const ratios = cycles.map((cycle) => cycle[0] / cycle[variant]);
    const times = { ratio: median(ratios), interval: medianInterval(ratios) };
    return { name, us: quantile(own, 0.1), change: median(changes), spread, ...times, blocks: cycles.length };
  });
}
