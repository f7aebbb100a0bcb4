/*
 * The databases on which everything of the store must work. Each test gets tables of its own.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionFailure } from '../../src/connection/failure.js';
import { createStore, type Store, type StoreParts } from '../../src/store/store.js';
import { mariadb, postgresql } from './database.js';

/** Value of the option `store` for a fresh database, or undefined, after one line, where there is no server. */
export type Place = () => Promise<string | undefined>;

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A path for a new SQLite file, which is gone after the tests of the file. */
export function sqliteFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fusio-store-'));
  folders.push(folder);
  return join(folder, 'fusio.sqlite');
}

/** By name; those with `isShared` can be opened by several processes. */
export const places: readonly { name: string; isShared: boolean; place: Place }[] = [
  { name: 'SQLite in memory', isShared: false, place: async () => ':memory:' },
  { name: 'SQLite in a file', isShared: true, place: async () => sqliteFile() },
  { name: 'MariaDB', isShared: true, place: async () => (await mariadb())?.uri },
  { name: 'PostgreSQL', isShared: true, place: async () => (await postgresql())?.uri },
];

export function randomPrefix(): string {
  return `t${randomBytes(4).toString('hex')}_`;
}

const open: Store[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
});

/** A store as `createFusio` makes it, closed after the test. */
export function storeOf(parts: Partial<StoreParts>): Store {
  const store = createStore({
    store: undefined,
    tablePrefix: undefined,
    migrate: undefined,
    clientOf: async (name) => {
      throw new Error(`there is no connection ${name}`);
    },
    isAway: connectionFailure,
    onOpened() {},
    onFailed() {},
    ...parts,
  });
  open.push(store);
  return store;
}
