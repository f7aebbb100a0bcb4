import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { signed } from './ablate.mjs';
import { results, root } from './prepare.mjs';
import { toKb } from './startup.mjs';
import { median } from './statistics.mjs';

const standAlone = 'fusio, stand-alone';
// Differences below this are ties: neighbours change places from run to run.
const tie = 1.05;

/** Makes `docs/benchmarks.md` from what lies in `results/`. */
export function writeReport(file = join(root, 'docs', 'benchmarks.md')) {
  const found = readResults();
  if (found.length === 0) throw new Error('there are no results yet: run `node bench/run.mjs all` first');
  const sections = [
    head(found),
    ...of(found, 'http').map(httpSection),
    ...listed(of(found, 'host'), 'The host’s own routes', hostIntroduction, hostTable),
    ...listed(of(found, 'startup'), 'Start-up and memory', startupIntroduction, startupTables),
    ...listed(of(found, 'ablate'), 'What each property costs', ablateIntroduction, ablateTables),
    ...listed(of(found, 'types'), 'What the types cost the compiler', '', typesTable),
  ];
  mkdirSync(dirname(file), { recursive: true });
  const text = sections
    .join('\n\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
  writeFileSync(file, `${text}\n`);
}

function readResults() {
  if (!existsSync(results)) return [];
  const files = readdirSync(results).filter((file) => file.endsWith('.json'));
  const read = files.map((file) => JSON.parse(readFileSync(join(results, file), 'utf8')));
  return read.toSorted((a, b) => major(b) - major(a));
}

function of(found, part) {
  return found.filter((result) => result.part === part);
}

function major({ node }) {
  return Number(node.split('.')[0]);
}

function head(found) {
  const [{ machine }] = found;
  const isQuick = found.some(({ quick }) => quick);
  return `# Benchmarks

Run them yourself: \`node bench/run.mjs all --write\` makes this page (\`bench/README.md\` has the options). The ratios are what to carry
to another machine, not the microseconds.

${isQuick ? '**Some of these figures come from a quick run: they show that the bench works, not how fast anything is.**\n' : ''}
- **Machine**: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}; \
Node ${[...new Set(found.map(({ node }) => node))].join(', ')}.
- **Load**: ${machine.load}, 64 keep-alive connections, no pipelining, ${machine.pinned ? 'on another core than the server' : 'not pinned'}; closed loop, so the server is \
always saturated.
- **Method**: all servers run at the same time and are measured in slices of a second, in an order that is shuffled for each round and
  then run backwards. The measure is the CPU time of the server's process for one request, which leaves out what other processes took.
  *Paired* is the median of the ratios within a round; *best* compares the best slices, for noise only ever adds.
- **Equal work**: all servers share the business functions and the rules of validation. Before each run their answers, good and bad,
  are compared; the run fails on a difference. Texts of errors are each server's own, only their status is compared.
- **Noise**: take differences below ten per cent as ties.`;
}

function listed(found, title, introduction, body) {
  if (found.length === 0) return [];
  return [`## ${title}\n\n${introduction}`, ...found.map((result) => `### Node ${result.node}\n\n${body(result)}`)];
}

// HTTP ---------------------------------------------------------------------------------------------------------------

function httpSection({ node, base, titles, remarks, repetitions }) {
  const cells = joinRepetitions(repetitions);
  const keys = Object.keys(titles);
  const names = remarks.map(({ name }) => name).filter((name) => cells.some(({ server }) => server === name));
  const cell = (name, key) => cells.find(({ server, scenario }) => server === name && scenario === key);
  const row = (show) => (name) => [name, ...keys.map((key) => (cell(name, key) ? show(cell(name, key), key) : '–'))];
  const header = ['server', ...keys];

  return `## HTTP, Node ${node}

${keys.map((key) => `- **(${key})** ${titles[key]}`).join('\n')}

Work for the same CPU time, ${base} being 1: paired, and best in brackets. Higher is better.

${table(header, names.map(row(({ paired, best }) => `${number(paired)} (${number(best)})`)))}

The same as times bare Express (of medians).

${table(header, names.map(row(({ medianUs }, key) => number(ratioOf(cell('Express', key)?.medianUs, medianUs)))))}

CPU µs a request, best slice and median.

${table(header, names.map(row(({ bestUs, medianUs }) => `${bestUs.toFixed(1)} / ${medianUs.toFixed(1)}`)))}

99th percentile of the latency at saturation, ms.

${table(header, names.map(row(({ p99Ms }) => p99Ms.toFixed(1))))}

${goalTable(repetitions)}

${aheadOfUs(cells, keys, names)}

What the servers are:

${remarks
  .filter(({ remark }) => remark)
  .map(({ name, remark }) => `- **${name}**: ${remark}.`)
  .join('\n')}

In (d) fusio remembers verified tokens, as do the rows that say *token cache*; compare those with one another, and the others with
*no token cache*.`;
}

/** The median of repeated runs; the best of all for what is best. */
function joinRepetitions(repetitions) {
  const [first] = repetitions;
  return first.cells.map(({ server, scenario }) => {
    const own = repetitions.map(({ cells }) =>
      cells.find((cell) => cell.server === server && cell.scenario === scenario),
    );
    const middle = (name) => (own[0][name] === undefined ? undefined : median(own.map((cell) => cell[name])));
    const bestUs = Math.min(...own.map((cell) => cell.bestUs));
    const medians = {
      medianUs: middle('medianUs'),
      paired: middle('paired'),
      best: middle('best'),
      p99Ms: middle('p99Ms'),
    };
    return { server, scenario, bestUs, ...medians };
  });
}

function goalTable(repetitions) {
  const rows = repetitions[0].goals.map(({ own, base, scenario, least }, index) => {
    const paired = repetitions.map(({ goals }) => goals[index].paired);
    const best = repetitions.map(({ goals }) => goals[index].best);
    const met = median(paired) >= least ? 'yes' : '**no**';
    return [
      `${own} / ${base}`,
      `(${scenario})`,
      `≥ ${least}`,
      paired.map(number).join(', '),
      best.map(number).join(', '),
      met,
    ];
  });
  if (rows.length === 0) return '';
  return `The goals, with one figure for each repetition.\n\n${table(['ratio', 'scenario', 'goal', 'paired', 'best', 'met'], rows)}`;
}

/** Says plainly where a peer needs less CPU than fusio does. */
function aheadOfUs(cells, keys, names) {
  const remarks = keys.flatMap((key) => {
    const inScenario = cells.filter(({ scenario }) => scenario === key);
    const own = inScenario.find(({ server }) => server === standAlone);
    if (!own) return [];
    const ahead = inScenario.filter(({ server, medianUs }) => isPeer(server) && own.medianUs / medianUs > tie);
    const list = ahead
      .toSorted((a, b) => names.indexOf(a.server) - names.indexOf(b.server))
      .map(({ server, medianUs }) => `${server} by ${number(own.medianUs / medianUs)} ×`);
    return list.length > 0 ? [`- (${key}): ${list.join(', ')}.`] : [];
  });
  if (remarks.length === 0) return 'No peer is ahead of stand-alone fusio by more than a tie.';
  return `Where peers are ahead of stand-alone fusio (medians):\n\n${remarks.join('\n')}`;
}

function isPeer(name) {
  return !name.includes('fusio');
}

// The other parts ----------------------------------------------------------------------------------------------------

const hostIntroduction = `An Express app with ten middlewares and fifty routes of its own: alone, with fusio and its fifty operations mounted before the routes, and on
\`createServer(app)\`. A set of probes compared \`req\` and \`res\` first (prototypes, \`req.ip\`, \`res.json\`, sub-apps, extensions of
\`app.request\`, errors): they behave identically. Above 1 is faster than without fusio.`;

function hostTable({ cells, goals, mounts }) {
  const rows = cells.map(({ server, scenario, bestUs, medianUs }) => {
    const goal = goals.find((goal) => goal.own === server && goal.scenario === scenario);
    const times = goal ? `${number(goal.paired)} (${number(goal.best)})` : '1';
    return [server, scenario, bestUs.toFixed(1), medianUs.toFixed(1), times];
  });
  const order = rows.toSorted((a, b) => a[1].localeCompare(b[1]) || b[4].localeCompare(a[4]));
  return `${table(['host', 'route', 'best µs', 'median µs', '× the host alone, paired (best)'], order)}

The last route again, in one process and in shuffled rounds of 1,500 requests each, where only the mount differs. Above 1 is
faster than the host alone; a line whose interval (95 %, of ${mounts[0].blocks} rounds) holds 1 cannot be told from it. The control is the host alone once more.

${table(['', 'µs', 'change', '× the host alone', '95 %'], mounts.map(mountRow))}`;
}

function mountRow(variant, index) {
  const { ratio, interval } = variant;
  const times = index === 0 ? ['1', ''] : [ratio.toFixed(3), interval.map((bound) => bound.toFixed(3)).join(' to ')];
  return [...changeRow(variant, index), ...times];
}

const startupIntroduction = `CPU time of fresh processes, the least of several. Operations have four schemas each, all of them different. fusio compiles a schema when it is
first needed: *first request* says what is put off (one in-process request to each operation, its own cost included).`;

function startupTables({ bareMs, imports, operations, flatness, goals }) {
  const importRows = Object.entries(imports).map(([name, ms]) => [
    name,
    ms.toFixed(0),
    name === 'fusio' ? `≤ ${goals.importMs}` : '',
  ]);
  const rows = Object.entries(operations).map(([count, own]) => [
    count,
    own.readyMs.toFixed(1),
    goals.readyMs[count] ? `≤ ${goals.readyMs[count]}` : '',
    own.readyWithSchemasMs.toFixed(1),
    own.firstRequestMs.toFixed(2),
    toKb(own.heapPerOperation),
    toKb(own.heapWithSchemas),
    toKb(own.heapPerUsedOperation),
  ]);
  const header = ['operations', 'ready, ms', 'goal', 'with the making of the schemas, ms', 'first request, ms each'];
  const heap = ['heap each, KB', 'with its schemas, KB', 'after a first request, KB'];
  return `Imports, on top of the ${bareMs.toFixed(0)} ms of bare Node.

${table(['package', 'CPU ms', 'goal'], importRows)}

Operations, on top of the import; the goal for the heap is ${toKb(goals.heapPerOperation)} KB each. The row of one operation holds the fixed cost.

${table([...header, ...heap], rows)}

Does a request care how many operations there are? Scenario (e), in one process.

${table(['', 'µs', 'change'], flatness.map(changeRow))}`;
}

const ablateIntroduction = `One process holds all variants, each a module instance of its own; the server changes the variant every 1,500 requests (60 where bodies are large) and books its CPU time.
The change is against the base, ± half the distance of the quartiles. The control is identical to the base: its change is the error.`;

function ablateTables({ groups, doubts }) {
  const tables = Object.entries(groups).map(([group, variants]) => {
    return table([`(${group})`, 'µs', 'change'], variants.map(changeRow));
  });
  return [...tables, ...doubts.map((doubt) => `In doubt: ${doubt}.`)].join('\n\n');
}

/** The first row is what the others are compared with. */
function changeRow({ name, us, change, spread }, index) {
  return [name, us.toFixed(1), index === 0 ? '' : `${signed(change)} ± ${spread.toFixed(1)}`];
}

function typesTable({ counts, budget }) {
  const rows = Object.values(counts).map(({ title, one, many, each }) => [
    title,
    one.instantiations.toLocaleString('en'),
    many.instantiations.toLocaleString('en'),
    each.toFixed(0),
    `${budget.one.toLocaleString('en')} and ${budget.each.toLocaleString('en')}, × ${budget.slack}`,
  ]);
  return table(['instantiations', '1 operation', '200 operations', 'each', 'budget: one, each'], rows);
}

function table(header, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = header.map((_, index) => (index === 0 ? '---' : '--:'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}

function ratioOf(base, own) {
  return base === undefined ? undefined : base / own;
}

function number(value) {
  return value === undefined ? '–' : value.toFixed(2);
}
