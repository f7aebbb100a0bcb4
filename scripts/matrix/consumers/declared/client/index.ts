// Of the other module system than the server: the types of both are the same.
import type { FusioError } from 'fusio';
import { createClient } from 'fusio/client';
import type { api, conflict } from '../server/index.js';

export const client = createClient<typeof api>({
  baseUrl: 'https://todo.example.com',
  routes: {
    create: { method: 'POST', path: '/todo/:id' },
    plain: { method: 'GET', path: '/plain' },
  },
});
export const { create } = client;
export const state = async () =>
  (await client.create({ params: { id: 1 }, body: { id: 1, state: 'open' } })) satisfies {
    state: 'open' | null;
  } | null;
export type IsSame = typeof conflict extends FusioError ? true : never;
export const isSame: IsSame = true;
