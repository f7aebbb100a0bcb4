import { groups } from './ablate/lines.mjs';
import { scenarios } from './http/scenarios.mjs';
import { compareVariants } from './switch/switch.mjs';

const module = new URL('ablate/lines.mjs', import.meta.url).href;
const controlName = 'control: identical to the base';

/** What each property of fusio costs or saves, in µs of CPU a request. */
export async function run({ node, quick, assert, say }) {
  const found = {};
  for (const [group, { lines, block, scenario = group }] of Object.entries(groups)) {
    const durationMs = quick ? 4000 : lines.length * 5000;
    const plan = { node, module, group, scenario: scenarios[scenario], warmMs: quick ? 2000 : 4000, durationMs, block };
    found[group] = await compareVariants(plan);
    say(`(${group}) ${found[group][0].blocks} blocks a variant`);
  }
  const doubts = Object.entries(found).flatMap(([group, variants]) => doubtsOf(groups[group].lines, variants));
  for (const doubt of doubts) say(`in doubt: ${doubt}`);
  if (assert && doubts.length > 0) throw new Error(doubts.join('\n'));
  return { groups: found, doubts };
}

function doubtsOf(lines, variants) {
  const [base] = variants;
  const doubts = [];
  for (const { name, change } of variants) {
    const share = change / base.us;
    if (name === controlName && Math.abs(share) > 0.03) doubts.push(`the control drifted by ${percent(share)}`);
    const line = lines.find((line) => line.name === name);
    if (line.gain && change < 0)
      doubts.push(`"${name}" makes it faster by ${percent(-share)}: the optimisation does not pay`);
  }
  return doubts;
}

export function print({ groups: found }, log) {
  for (const [group, variants] of Object.entries(found)) {
    for (const { name, us, change, spread } of variants) {
      log(`(${group}) ${name.padEnd(36)} ${us.toFixed(1).padStart(7)} µs  ${signed(change)} ± ${spread.toFixed(1)}`);
    }
  }
}

export function signed(value) {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}
