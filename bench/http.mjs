import { measure, ratio, summarize } from './http/measure.mjs';
import { scenarios } from './http/scenarios.mjs';
import { servers } from './http/servers.mjs';

export const base = 'raw node:http';

const goals = [
  { own: 'express + fusio', base: 'Express', scenario: 'b', least: 1.2 },
  { own: 'express + fusio', base: 'Express', scenario: 'c', least: 1.2 },
  { own: 'express + fusio, createServer', base: 'Express', scenario: 'b', least: 3, node: '20' },
  { own: 'express + fusio, createServer', base: 'Express', scenario: 'c', least: 3, node: '20' },
  { own: 'fusio, stand-alone', base, scenario: 'b', least: 0.95 },
  { own: 'fusio, stand-alone', base, scenario: 'c', least: 0.95 },
  { own: 'fusio, stand-alone', base: 'Fastify', scenario: 'b', least: 1.05 },
  { own: 'fusio, stand-alone', base: 'Fastify', scenario: 'c', least: 1.05 },
];

/** All servers in all scenarios. `full` repeats the whole with fresh processes: their luck alone is worth ±10 %. */
export async function run({ node, version, rounds, quick, full, only, scenario, say }) {
  const wanted = Object.fromEntries(Object.entries(scenarios).filter(([key]) => !scenario || scenario.includes(key)));
  const chosen = servers.filter(
    (server) =>
      (!only || only.some((word) => server.name.toLowerCase().includes(word))) &&
      (!server.only || server.only.some((key) => wanted[key])),
  );
  const repetitions = [];
  for (let repetition = 0; repetition < (full ? 3 : 1); repetition++) {
    if (full) say(`repetition ${repetition + 1} of 3`);
    const slices = await measure({
      node,
      servers: chosen.map((server) => ({ ...server, url: new URL(`http/servers/${server.file}`, import.meta.url) })),
      scenarios: wanted,
      rounds: rounds ?? (quick ? 2 : 8),
      sliceMs: 1000,
      warmMs: quick ? 1000 : 2000,
      say,
    });
    repetitions.push({ cells: summarize(slices, base), goals: goalsOf(slices, version), slices });
  }
  const titles = Object.fromEntries(Object.entries(wanted).map(([key, { title }]) => [key, title]));
  const remarks = chosen.map(({ name, remark }) => ({ name, remark }));
  return { base, titles, remarks, repetitions };
}

function goalsOf(slices, version) {
  const of = (server, scenario) => {
    const own = slices.filter((slice) => slice.server === server && slice.scenario === scenario);
    return own.length > 0 ? own : undefined;
  };
  return goals
    .filter(({ node = '24' }) => (Number(node) === 24 ? Number(version) >= 24 : node === version))
    .map((goal) => ({ ...goal, ...ratio(of(goal.base, goal.scenario), of(goal.own, goal.scenario)) }))
    .filter(({ paired }) => paired !== undefined);
}

/** A line for each scenario on the console. */
export function print({ repetitions }, log) {
  for (const { cells, goals } of repetitions) {
    for (const { server, scenario, medianUs, bestUs, paired } of cells.toSorted((a, b) =>
      a.scenario.localeCompare(b.scenario),
    )) {
      const times = paired === undefined ? '' : `${paired.toFixed(2)} × raw`;
      log(
        `(${scenario}) ${server.padEnd(36)} ${bestUs.toFixed(1).padStart(8)} µs best ${medianUs.toFixed(1).padStart(8)} median  ${times}`,
      );
    }
    for (const { own, base, scenario, least, paired, best } of goals) {
      log(`goal (${scenario}) ${own} / ${base}: ${paired.toFixed(2)} (best ${best.toFixed(2)}), wanted ${least}`);
    }
  }
}
