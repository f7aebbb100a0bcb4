import { createServer } from 'node:http';
import { makersOf, serverOf } from '../switch/makers.mjs';
import { makeHost } from './app.mjs';

/** The host with and without fusio in one process. Called in the process that is measured. */
export async function makeVariants() {
  const variants = [
    { name: 'host alone' },
    { name: 'control: host alone' },
    // What Express itself takes for one more layer: no mount can cost less.
    { name: 'with a middleware that does nothing', layer: true },
    { name: 'with app.use(fusio.router)', mount: true },
    { name: "with app.use('/api', fusio.router)", mount: '/api' },
    { name: 'with createServer(app)', mount: true, front: true },
  ];
  return await Promise.all(
    variants.map(async ({ name, front, ...options }) => {
      const { app, fusio } = await makeHost(options);
      // Express apps are request listeners; `createServer` makes the requests and responses, too.
      return { name, handler: app, ...makersOf(front ? fusio.createServer(app) : createServer(app)) };
    }),
  );
}

/** One server for all, on which each variant makes its own requests and responses. */
export function makeServer(_variants, listener, current) {
  return serverOf(current, {}, listener);
}
