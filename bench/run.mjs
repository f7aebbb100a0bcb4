// One command: `node bench/run.mjs [http|ablate|host|startup|types|all]`. See README.md for the options.
import { parseArgs } from 'node:util';
import { describeMachine, exactVersion } from './machine.mjs';
import { nodeBinary, prepare, save } from './prepare.mjs';
import { writeReport } from './report.mjs';

const parts = ['http', 'ablate', 'host', 'startup', 'types'];
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    node: { type: 'string', default: process.versions.node.split('.')[0] },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    assert: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
    scenario: { type: 'string' },
  },
});
const wanted = positionals.length === 0 || positionals.includes('all') ? parts : positionals;
for (const part of wanted) {
  if (!parts.includes(part) && part !== 'report')
    throw new Error(`no part "${part}": ${parts.join(', ')}, report, all`);
}
// A number as Node's major version: `24.3` would be another download.
const versions = values.node.split(',').map((version) => version.trim());

if (wanted.some((part) => part !== 'report')) prepare({ peers: true });
for (const part of wanted.filter((part) => part !== 'report')) {
  const { run, print } = await import(`./${part}.mjs`);
  // Types do not depend on Node.
  for (const version of part === 'types' ? versions.slice(0, 1) : versions) {
    const node = nodeBinary(version);
    console.log(`${part}, Node ${version}`);
    const result = await run({
      node,
      version,
      quick: values.quick,
      full: values.full,
      assert: values.assert,
      rounds: values.rounds ? Number(values.rounds) : undefined,
      only: values.only?.toLowerCase().split(','),
      scenario: values.scenario?.split(','),
      say: (text) => console.log(`  ${text}`),
    });
    print(result, (text) => console.log(`  ${text}`));
    // Part of a table would pass for the whole one.
    if (values.only || values.scenario) continue;
    save(part, version, { part, node: exactVersion(node), machine: describeMachine(), quick: values.quick, ...result });
  }
}
if (values.write || wanted.includes('report')) writeReport();
