import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import express from 'express';
import { createOrder, importItems, readUser } from '../http/operations.mjs';
import { bench, copyPackage } from '../prepare.mjs';
import { makersOf, serverOf } from '../switch/makers.mjs';

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
    name: 'without generated code for schemas',
    gain: true,
    edits: [{ search: 'if (mayGenerate === false ||', replace: 'if (true ||' }],
  },
  shapes: {
    name: 'query objects without a shape (Object.create(null))',
    gain: true,
    edits: [{ search: 'const pairs = new Bare();', replace: 'const pairs = Object.create(null);' }],
  },
  head: {
    name: 'setHeader for each field in place of writeHead',
    gain: true,
    edits: [{ search: 'getHeaderNames().length === 0', replace: 'getHeaderNames().length < 0' }],
  },
  divert: {
    name: 'bodies taken from the events of a stream',
    gain: true,
    edits: [{ search: 'if (!divert(this.stream, this))', replace: '' }],
  },
  data: {
    name: 'every result asked whether it is a stream, a reply, a Response …',
    gain: true,
    edits: [
      { search: '|| isData(value)) return false;', replace: ') return false;' },
      { search: '!isData(result) &&', replace: '' },
      { search: 'value["~reply"] === true &&', replace: '' },
    ],
  },
  size: {
    name: 'requests and responses of a size that the engine guesses',
    gain: true,
    edits: [
      { search: 'Object.setPrototypeOf(AppRequest,', replace: 'void (AppRequest,' },
      { search: 'Object.setPrototypeOf(AppResponse,', replace: 'void (AppResponse,' },
    ],
  },
  flat: {
    name: 'the depth of flat lists counted bracket by bracket',
    gain: true,
    edits: [{ search: '&& opensMore(text, maxDepth, true)', replace: '' }],
  },
};

/** `app`: on `createServer(app)`; otherwise stand-alone. @type {Record<string, { scenario?: string, app?: boolean, block?: number, operation: object, lines: Line[] }>} */
export const groups = {
  b: {
    operation: readUser,
    lines: [
      { name: 'base' },
      { name: 'control: identical to the base' },
      { name: 'the action is async', operation: { action: async (request) => readUser.action(request) } },
      { name: 'no response schema', operation: { response: undefined } },
      {
        name: 'the action reads `signal`',
        operation: {
          action: (request, context) => (context.signal.aborted ? undefined : readUser.action(request)),
        },
      },
      {
        name: 'the action reads `requestId`',
        operation: {
          action: (request, context) => (context.requestId ? readUser.action(request) : undefined),
        },
      },
      {
        name: 'one wrapper around the action',
        setUp: (fusio) => fusio.around((next) => next()),
      },
      without.generated,
      without.shapes,
      without.head,
      without.data,
    ],
  },
  c: {
    operation: createOrder,
    lines: [
      { name: 'base' },
      { name: 'control: identical to the base' },
      { name: 'the action is async', operation: { action: async (request) => createOrder.action(request) } },
      { name: 'no response schema', operation: { response: undefined } },
      without.generated,
      without.head,
      without.divert,
      without.data,
    ],
  },
  'c, createServer(app)': {
    scenario: 'c',
    app: true,
    operation: createOrder,
    lines: [{ name: 'base' }, { name: 'control: identical to the base' }, without.size],
  },
  f: {
    block: 60,
    operation: importItems,
    lines: [
      { name: 'base' },
      { name: 'control: identical to the base' },
      without.generated,
      without.divert,
      without.flat,
    ],
  },
};

/** Called in the process that is measured. */
export async function makeVariants(group) {
  const { operation, lines, app: hasApp } = groups[group];
  const variants = [];
  for (const [index, line] of lines.entries()) {
    const folder = join(bench, '.variants', `${Object.keys(groups).indexOf(group)}-${index}`);
    copyPackage(folder);
    for (const edit of line.edits ?? []) change(join(folder, 'dist'), edit, line.name);
    const { createFusio } = await import(pathToFileURL(join(folder, 'dist', 'index.js')).href);
    const fusio = createFusio(line.options);
    line.setUp?.(fusio);
    fusio.operation({ ...operation, ...line.operation });
    await fusio.ready();
    const app = hasApp ? express().use(fusio.router) : undefined;
    const server = app ? fusio.createServer(app) : fusio.createServer();
    variants.push({ name: line.name, handler: app ?? fusio.handler, hasApp, ...makersOf(server) });
  }
  return variants;
}

/** One server for all, on which each variant makes its own requests: it knows them, and takes their bodies its own way. */
export function makeServer([{ hasApp }], listener, current) {
  return serverOf(current, { optimizeEmptyRequests: !hasApp }, listener);
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
