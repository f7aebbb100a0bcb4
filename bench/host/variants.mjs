import { makeHost } from './app.mjs';

/** The host with and without fusio in one process; Express apps are request listeners. Called in the process that is measured. */
export async function makeVariants() {
  const variants = [
    { name: 'host alone' },
    { name: 'control: host alone' },
    // What Express itself takes for one more layer: no mount can cost less.
    { name: 'with a middleware that does nothing', layer: true },
    { name: 'with app.use(fusio.router)', mount: true },
    { name: "with app.use('/api', fusio.router)", mount: '/api' },
  ];
  return await Promise.all(
    variants.map(async ({ name, ...options }) => ({ name, handler: (await makeHost(options)).app })),
  );
}
