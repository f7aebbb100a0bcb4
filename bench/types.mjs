import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bench, root } from './prepare.mjs';

const folder = join(bench, '.programs');
/** Counts, which no machine changes: of a program with one operation, and of each further one. A quarter more is allowed. */
export const budget = { one: 6000, each: 2100, slack: 1.25 };

/**
 * Instantiations of programs with 1 and with 200 operations. `FUSIO_BENCH_DECLARATIONS` may name a file of declarations
 * that the packed types are compared with.
 */
export async function run({ say }) {
  const declarations = process.env.FUSIO_BENCH_DECLARATIONS;
  const programs = { packed: 'packed types' };
  if (declarations) programs.declared = 'reference declarations';

  const counts = {};
  for (const [key, title] of Object.entries(programs)) {
    const none = check(key, 0, key === 'declared' ? declarations : undefined);
    const one = check(key, 1, key === 'declared' ? declarations : undefined);
    const many = check(key, 200, key === 'declared' ? declarations : undefined);
    counts[key] = { title, none, one, many, each: (many.instantiations - one.instantiations) / 199 };
    say(`${title} checked`);
  }
  return { counts, budget, within: isWithin(counts.packed) };
}

function isWithin({ one, each }) {
  return one.instantiations <= budget.one * budget.slack && each <= budget.each * budget.slack;
}

function check(key, count, declarations) {
  const program = join(folder, `${key}${count}`);
  rmSync(program, { recursive: true, force: true });
  mkdirSync(program, { recursive: true });
  writeFileSync(join(program, 'main.ts'), programOf(count));
  // Beside the program, where the packages that it names are found.
  if (declarations) copyFileSync(declarations, join(program, 'fusio.d.ts'));
  const options = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: 'es2022',
      module: 'nodenext',
      moduleResolution: 'nodenext',
      types: ['node'],
      typeRoots: [join(root, 'node_modules', '@types')],
    },
    files: declarations ? ['main.ts', 'fusio.d.ts'] : ['main.ts'],
  };
  writeFileSync(join(program, 'tsconfig.json'), JSON.stringify(options));
  writeFileSync(join(program, 'package.json'), '{ "type": "module" }');

  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', program, '--extendedDiagnostics'], {
    encoding: 'utf8',
  });
  const errors = stdout.split('\n').filter((line) => line.includes('error TS'));
  if (errors.length > 0) throw new Error(`${key}, ${count} operations:\n${errors.slice(0, 5).join('\n')}`);
  const read = (name) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(stdout)[1]);
  return { instantiations: read('Instantiations'), types: read('Types'), checkSeconds: read('Check time') };
}

/** A program as users write it: a connection, two events, and operations whose actions use all slots. */
function programOf(count) {
  const operations = Array.from({ length: count }, (_, index) => operationOf(index));
  return `import { createFusio, Type } from 'fusio';

const fusio = createFusio({
  connections: { db: { open: () => new Map<string, number>() } },
  events: {
    thing_created: Type.Object({ id: Type.Integer(), title: Type.String() }),
    thing_deleted: Type.Object({ id: Type.Integer() }),
  },
});
${operations.join('')}
export { fusio };
`;
}

function operationOf(index) {
  return `
export const putThing${index} = fusio.operation({
  name: 'thing${index}.put',
  method: 'PUT',
  path: '/things${index}/:id',
  params: Type.Object({ id: Type.Integer() }),
  body: Type.Object({ title: Type.String(), own${index}: Type.Number(), tags: Type.Array(Type.String()) }),
  response: Type.Object({ id: Type.Integer(), title: Type.String(), own${index}: Type.Number() }),
  async action({ params, body }, { connections, dispatch }) {
    connections.db.set(body.title, body.own${index});
    await dispatch('thing_created', { id: params.id, title: body.title });
    return { id: params.id, title: body.title, own${index}: body.own${index} };
  },
});
`;
}

export function print({ counts, within }, log) {
  for (const { title, none, one, many, each } of Object.values(counts)) {
    log(
      `${title}: no operation ${none.instantiations}, 1: ${one.instantiations}, 200: ${many.instantiations} instantiations ` +
        `(${each.toFixed(0)} an operation), ${many.types} types, ${many.checkSeconds} s`,
    );
  }
  log(within ? 'within the budget' : `over the budget of ${budget.one} and ${budget.each}, a quarter more allowed`);
}
