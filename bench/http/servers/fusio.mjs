import { makeFusio } from './fusio-operations.mjs';

/** Stand-alone: no host app. */
export async function start(port, options) {
  const fusio = await makeFusio(options);
  const server = fusio.createServer();
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}
