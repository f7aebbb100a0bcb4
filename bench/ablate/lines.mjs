import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as schemas from '../http/schemas.mjs';
import { placeOrder, readUser } from '../http/work.mjs';
import { bench, copyPackage } from '../prepare.mjs';

/**
 * A variant is what is done to the base: `options` for `createFusio`, `operation` over the base's operation, `setUp` for the instance,
 * `edits` in the built files (`search` must be found exactly once), with which an optimisation is switched off. Every variant is
 * a module instance of its own.
 *
 * A line whose `gain` is true removes an optimisation: with `--assert` its change must not be negative.
 *
 * @typedef {{ name: string, gain?: boolean, options?: object, operation?: object, setUp?(fusio: any): void,
 *   edits?: { search: string, replace: string }[] }} Line
 */

/** The optimisations of fusio, each switched off in the built files. @type {Record<string, Line>} */
const without = {
  generated: {
    name: 'without generated code for closed objects',
    gain: true,
    edits: [{ search: 'if (mayGenerate === false) return void 0;', replace: 'return void 0;' }],
  },
  latin1: {
    name: 'ASCII answers written as UTF-8',
    gain: true,
    edits: [{ search: 'bytes === body.length ? "latin1" : "utf8"', replace: '"utf8"' }],
  },
  shapes: {
    name: 'query objects without a shape (Object.create(null))',
    gain: true,
    edits: [{ search: 'const pairs = new Bare();', replace: 'const pairs = Object.create(null);' }],
  },
  head: {
    name: 'setHeader for each field in place of one writeHead',
    gain: true,
    edits: [{ search: 'getHeaderNames().length === 0', replace: 'getHeaderNames().length < 0' }],
  },
};

const readUserOperation = {
  name: 'user.get',
  method: 'GET',
  path: '/users/:id',
  public: true,
  params: schemas.UserParams,
  query: schemas.UserQuery,
  response: schemas.User,
  action: ({ params, query }) => readUser(params.id, query.limit),
};
const createOrderOperation = {
  name: 'order.create',
  method: 'POST',
  path: '/orders',
  public: true,
  body: schemas.Order,
  response: schemas.Receipt,
  status: 201,
  action: ({ body }) => placeOrder(body),
};

/** @type {Record<string, { operation: object, lines: Line[] }>} */
export const groups = {
  b: {
    operation: readUserOperation,
    lines: [
      { name: 'base' },
      { name: 'control: identical to the base' },
      { name: 'the action is async', operation: { action: async (request) => readUserOperation.action(request) } },
      { name: 'no response schema', operation: { response: undefined } },
      {
        name: 'the action reads `signal`',
        operation: {
          action: (request, context) => (context.signal.aborted ? undefined : readUserOperation.action(request)),
        },
      },
      {
        name: 'the action reads `requestId`',
        operation: {
          action: (request, context) => (context.requestId ? readUserOperation.action(request) : undefined),
        },
      },
      {
        name: 'one wrapper around the action',
        setUp: (fusio) => fusio.around((next, request, context) => next(request, context)),
      },
      without.generated,
      without.latin1,
      without.shapes,
      without.head,
    ],
  },
  c: {
    operation: createOrderOperation,
    lines: [
      { name: 'base' },
      { name: 'control: identical to the base' },
      { name: 'the action is async', operation: { action: async (request) => createOrderOperation.action(request) } },
      { name: 'no response schema', operation: { response: undefined } },
      without.generated,
      without.latin1,
      without.head,
    ],
  },
};

/** Called in the process that is measured. */
export async function makeVariants(group) {
  const { operation, lines } = groups[group];
  const variants = [];
  for (const [index, line] of lines.entries()) {
    const folder = join(bench, '.variants', `${group}${index}`);
    copyPackage(folder);
    for (const edit of line.edits ?? []) change(join(folder, 'dist'), edit, line.name);
    const { createFusio } = await import(pathToFileURL(join(folder, 'dist', 'index.js')).href);
    const fusio = createFusio(line.options);
    line.setUp?.(fusio);
    fusio.operation({ ...operation, ...line.operation });
    await fusio.ready();
    variants.push({ name: line.name, handler: fusio.handler });
  }
  return variants;
}

/** The names of the built files change with their contents: the text is looked for in all of them. */
function change(folder, { search, replace }, name) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'));
  const found = files.filter((file) => readFileSync(join(folder, file), 'utf8').includes(search));
  const source = found.length === 1 ? readFileSync(join(folder, found[0]), 'utf8') : '';
  if (source.split(search).length !== 2) {
    throw new Error(`line "${name}": the text is not there exactly once: ${search}`);
  }
  writeFileSync(
    join(folder, found[0]),
    source.replace(search, () => replace),
  );
}
