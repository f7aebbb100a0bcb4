// Run by the test as a process of its own: breaks and throws at every place, at every tick, in every entrance, and must live.
import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import express from 'express';
import { type Context, createFusio, type FusioOptions, type OperationHandle } from '../../../src/index.js';
import { type At, hooks, noted, places, ticks } from './places.js';

// The places whose names have this text; all, without it.
const [, , only = ''] = process.argv;

let label = '';
// Places at which the moment matters.
const timed = new Set<number>();
const failures: string[] = [];
const warnings: string[] = [];
const note = (_fields: object | string, message = ''): void => {
  if (/is ended|cleanly|could not be sent/.test(message)) warnings.push(message);
};
const logger = { debug() {}, info() {}, warn: note, error: note };

const all = Object.entries(places()).filter(([name]) => name.includes(only));
const fusio = createFusio({ logger });
const failing = fusio.operation({
  name: 'failing',
  method: 'GET',
  path: '/failing',
  public: true,
  action: async () => {
    throw new Error('boom');
  },
});
fusio.operation({ name: 'alive', method: 'GET', path: '/alive', public: true, action: () => 'alive' });
const handles = all.map(([, { options, action }], index) =>
  fusio.operation({
    name: `place${index}`,
    method: 'GET',
    path: `/place/${index}`,
    public: true,
    ...options,
    action({ query: { tick } }: { readonly query: { readonly tick: string } }, { call }: Context) {
      // Which places have a moment at all is found out at the first one.
      const at = tick === 'sync' ? noted(() => timed.add(index)) : (ticks[tick] as At);
      return action(at, () => call(failing));
    },
    // Cast: options of a place may be what the types refuse.
  } as unknown as Parameters<typeof fusio.operation>[0]),
);

/** Every hook breaks for an action that fails, over both entrances that ask them, with listeners of signals that break as well. */
async function breakHooks(): Promise<void> {
  for (const [name, optionsOf] of Object.entries(hooks)) {
    for (const [tick, at] of Object.entries(ticks)) {
      label = `hook | ${name} | ${tick}`;
      const one = createFusio({ logger: false, ...(optionsOf(at) as FusioOptions) });
      one.on('request:done', (() => Promise.reject(new Error('listener'))) as never);
      one.on('request:failed', () => {
        throw new Error('listener');
      });
      const action = () => {
        throw new Error('boom');
      };
      one.operation({ name: 'failing', method: 'GET', path: '/failing', public: true, action });
      const server = one.createServer();
      const url = await listen(server);
      const answers = [
        await ask(`${url}/failing`, 'GET', false),
        await read(await one.fetch(new Request('http://x/failing'))),
      ];
      if (answers.some((answer) => answer !== '500')) failures.push(`${label}: ${answers}`);
      await one.stop({ timeoutMs: 1_000 });
      server.close();
    }
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Sends a request, and reads the answer or leaves after its first bytes. */
function ask(url: string, method: string, leaves: boolean): Promise<string> {
  return new Promise((resolve) => {
    const request = httpRequest(url, { method, agent: false }, (response) => {
      response.on('error', () => resolve(`${response.statusCode} broken`));
      response.on('end', () => resolve(`${response.statusCode}`));
      response.on('close', () => resolve(`${response.statusCode} closed`));
      if (leaves) {
        request.destroy();
        return resolve(`${response.statusCode} left`);
      }
      response.resume();
    });
    request.on('error', () => resolve('no answer'));
    request.end();
    if (leaves) request.on('socket', (socket) => socket.on('connect', () => setImmediate(() => request.destroy())));
  });
}

async function read(response: Response): Promise<string> {
  return response.text().then(
    () => `${response.status}`,
    () => `${response.status} broken`,
  );
}

async function call(handle: OperationHandle, tick: string): Promise<string> {
  try {
    const result: unknown = await fusio.call(handle, { query: { tick } });
    if (result instanceof Readable || result instanceof ReadableStream) for await (const _ of result);
    return 'result';
  } catch {
    return 'rejected';
  }
}

async function run(): Promise<void> {
  const own = fusio.createServer();
  const app = express().use('/api', fusio.router);
  const host = createServer(app);
  const [ownUrl, hostUrl] = [await listen(own), await listen(host)];
  const web = (index: number, tick: string) => new Request(`http://x/place/${index}?tick=${tick}`);
  const entrances: Record<string, (index: number, tick: string) => Promise<string>> = {
    express: (index, tick) => ask(`${hostUrl}/api/place/${index}?tick=${tick}`, 'GET', false),
    'express, HEAD': (index, tick) => ask(`${hostUrl}/api/place/${index}?tick=${tick}`, 'HEAD', false),
    'express, left': (index, tick) => ask(`${hostUrl}/api/place/${index}?tick=${tick}`, 'GET', true),
    server: (index, tick) => ask(`${ownUrl}/place/${index}?tick=${tick}`, 'GET', false),
    fetch: async (index, tick) => read(await fusio.fetch(web(index, tick))),
    'fetch, cancelled': async (index, tick) => {
      const response = await fusio.fetch(web(index, tick));
      await response.body?.cancel().catch(() => {});
      return `${response.status} left`;
    },
    'fetch, not read': async (index, tick) => `${(await fusio.fetch(web(index, tick))).status} not read`,
    inject: async (index, tick) => {
      const answer = fusio.inject({ path: `/place/${index}`, query: { tick } });
      return answer.then(
        ({ status }) => String(status),
        () => 'broken',
      );
    },
    call: (index, tick) => call(handles[index]!, tick),
  };

  let done = 0;
  async function enter(entrance: string, index: number, tick: string): Promise<void> {
    const [name] = all[index] as [string, unknown];
    let timer: NodeJS.Timeout | undefined;
    // The time-out of the test could not say which place hangs.
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, 30_000, 'hangs');
    });
    const entered = entrances[entrance]?.(index, tick).catch((error) => `threw ${error}`);
    const outcome = await Promise.race([entered, late]);
    clearTimeout(timer);
    if (/^(threw|hangs)/.test(String(outcome))) failures.push(`${entrance} | ${name} | ${tick}: ${outcome}`);
    if (process.env.VERBOSE) process.stdout.write(`${entrance} | ${name} | ${tick}: ${outcome}\n`);
    done++;
  }

  for (const entrance of Object.keys(entrances)) {
    const chosen = [...all.keys()].filter((index) => fits(entrance, all[index]?.[0] ?? ''));
    for (let from = 0; from < chosen.length; from += 10) {
      const some = chosen.slice(from, from + 10);
      label = `${entrance} | one of: ${some.map((index) => all[index]?.[0]).join('; ')}`;
      await Promise.all(some.map((index) => enter(entrance, index, 'sync')));
      const later = Object.keys(ticks).filter((tick) => tick !== 'sync');
      const theTimed = some.filter((index) => timed.has(index));
      await Promise.all(theTimed.flatMap((index) => later.map((tick) => enter(entrance, index, tick))));
      // What breaks late breaks before the next ones begin.
      await new Promise((resolve) => setTimeout(resolve, 5));
      if ((await ask(`${ownUrl}/alive`, 'GET', false)) !== '200') failures.push(`does not answer after ${label}`);
    }
  }
  await breakHooks();
  await fusio.stop({ timeoutMs: 2_000 });
  for (const server of [own, host]) {
    server.closeAllConnections();
    server.close();
  }
  process.stdout.write(`${JSON.stringify({ done, failures, warnings: [...new Set(warnings)] })}\n`);
  process.exit(0);
}

/** A stream that never ends by itself is left by its caller; leaving is of interest for what is sent in pieces only. */
function fits(entrance: string, name: string): boolean {
  const leaves = /left|cancelled|not read|HEAD/.test(entrance);
  if (/never ends|whose end throws/.test(name)) return leaves;
  return !leaves || /stream|events/.test(name);
}

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    process.stderr.write(`${event} in ${label}: ${describe(error)}\n`);
    if (!process.env.GO_ON) process.exit(1);
  });
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? String(error.stack) : String(error);
  } catch {
    return 'a hostile object';
  }
}

void run();
