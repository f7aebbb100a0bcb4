// One fresh process: `child.mjs bare`, `child.mjs import <package>` or `child.mjs operations <count> <make schemas first: 0|1>`.
// Prints what it measured as JSON.
const [mode, subject, early] = process.argv.slice(2);
const result = {};

if (mode === 'import') await import(subject);
if (mode === 'operations') await register(Number(subject), early === '1');
if (mode !== 'operations') result.cpuMs = usedMs();
process.stdout.write(JSON.stringify(result));

/** Registers operations of four schemas each, all of them different, until fusio is ready. */
async function register(count, early) {
  const { createFusio, Type } = await import('fusio');
  const fusio = createFusio();
  const made = early ? Array.from({ length: count }, (_, index) => makeOptions(Type, index)) : undefined;
  const heapBefore = heapBytes();
  const before = usedMs();
  const handles = [];
  for (let index = 0; index < count; index++) handles.push(fusio.operation(made?.[index] ?? makeOptions(Type, index)));
  result.registeredMs = usedMs() - before;
  await fusio.ready();
  result.readyMs = usedMs() - before;
  result.heapPerOperation = (heapBytes() - heapBefore) / count;
  // What waits for the first request: one to each, at most to 500 of them.
  const asked = Math.min(count, 500);
  const beforeRequests = usedMs();
  for (let index = 0; index < asked; index++) await ask(fusio, index);
  result.firstRequestMs = (usedMs() - beforeRequests) / asked;
  if (asked === count) result.heapPerUsedOperation = (heapBytes() - heapBefore) / count;
  // They must be alive when the heap is measured.
  if (handles.length !== count) throw new Error('handles are missing');
  await fusio.stop();
}

async function ask(fusio, index) {
  const body = { title: 'Read a poem', tags: ['evening'], [`own${index}`]: index };
  const { status } = await fusio.inject({ method: 'PUT', path: `/things${index}/7`, query: { limit: '10' }, body });
  if (status !== 200) throw new Error(`operation ${index} answers ${status}`);
}

function makeOptions(Type, index) {
  return {
    name: `thing${index}.put`,
    method: 'PUT',
    path: `/things${index}/:id`,
    public: true,
    params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
    query: Type.Object({ expand: Type.Optional(Type.Boolean()), limit: Type.Optional(Type.Integer({ maximum: 100 })) }),
    body: Type.Object({
      title: Type.String({ minLength: 1 }),
      tags: Type.Array(Type.String()),
      [`own${index}`]: Type.Number(),
    }),
    response: Type.Object({ id: Type.Integer(), title: Type.String(), [`own${index}`]: Type.Number() }),
    action: ({ params, body }) => ({ id: params.id, title: body.title, [`own${index}`]: body[`own${index}`] }),
  };
}

function usedMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function heapBytes() {
  // Twice: the first run frees what finalisers hold.
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
