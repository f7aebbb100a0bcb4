import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FileOptions, file, respond } from '../../src/index.js';
import { closeAll, listen } from '../support/fusio.js';
import { api, failOnUncaught } from './operation.js';

// A file answer that failed before it was sent left its descriptor open.
afterEach(closeAll);
failOnUncaught();

const folder = mkdtempSync(join(tmpdir(), 'fusio-file-'));
const path = join(folder, 'report.txt');
writeFileSync(path, 'x'.repeat(1_000_000));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Linux alone lists the open files of a process with their paths. Elsewhere the closing line of `npm test` counts these as skipped, and
// under FUSIO_REQUIRE_SERVERS=1, as in CI, a skipped test is a failure.
const descriptors = '/proc/self/fd';
const whereTheyShow = existsSync(descriptors) ? describe : describe.skip;

function openOnes(): number {
  return readdirSync(descriptors).filter((descriptor) => {
    try {
      return readlinkSync(join(descriptors, descriptor)) === path;
    } catch {
      // Closed since the list was made.
      return false;
    }
  }).length;
}

/** A stream closes its descriptor a while after its last byte: one that stays open is a time-out of the test. */
async function allClosed(): Promise<void> {
  while (openOnes() > 0) await new Promise((resolve) => setImmediate(resolve));
}

const bad = (options: object) => () => file(path, options as FileOptions);

whereTheyShow('a descriptor is closed', () => {
  it.each<[string, () => unknown, number, Record<string, string>?]>([
    ['a whole file', bad({}), 200],
    ['a name that cannot be written', bad({ download: '\ud800' }), 500],
    ['a name that is none', bad({ download: 7 }), 500],
    ['a media type that cannot be sent', bad({ mediaType: 'a\nb' }), 500],
    ['options that throw', bad(Object.defineProperty({}, 'maxAgeMs', { get: () => fail() })), 500],
    ['a header that cannot be sent', () => respond(200, file(path), { 'x-y': 'a\nb' }), 500],
    ['a range that is outside', bad({}), 416, { range: 'bytes=2000000-' }],
    ['a range', bad({}), 206, { range: 'bytes=0-9' }],
    ['a file that the caller has', bad({}), 304, { 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() }],
    ['a status without a body', () => respond(204, file(path)), 204],
  ])('after %s', async (_title, action, status, headers = {}) => {
    const { fusio } = api({ action });
    const url = await listen(createServer(fusio.handler));

    for (const method of ['GET', 'HEAD']) {
      const overHttp = await fetch(`${url}/it`, { method, headers });
      await overHttp.arrayBuffer();
      const overFetch = await fusio.fetch(new Request('http://x/it', { method, headers }));
      await overFetch.arrayBuffer();
      if (method === 'GET') expect([overHttp.status, overFetch.status]).toEqual([status, status]);
    }

    // At once, where nothing of the file was sent: Node closes forgotten ones as well, when it collects them.
    if (status > 206) expect(openOnes()).toBe(0);
    await allClosed();
  });

  it('after a body that is cancelled before it is read', async () => {
    const { fusio } = api({ action: bad({}) });

    await (await fusio.fetch(new Request('http://x/it'))).body!.cancel();

    await allClosed();
  });

  it.each(['while it is opened', 'while it is sent'])('after a client that leaves %s', async (when) => {
    let ran: () => void = () => {};
    const running = new Promise<void>((resolve) => {
      ran = resolve;
    });
    const { fusio } = api({
      action() {
        ran();
        return file(path);
      },
    });
    const done = new Promise((resolve) => fusio.on('request:done', resolve));
    const asked = request(`${await listen(createServer(fusio.handler))}/it`, { agent: false });
    asked.on('error', () => {}).end();
    await (when === 'while it is opened' ? running : once(asked, 'response'));

    asked.destroy();
    await done;

    await allClosed();
  });
});

function fail(): never {
  throw new Error('boom');
}
