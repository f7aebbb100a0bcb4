import { makeHost } from './app.mjs';

/** The host alone, with fusio mounted, or on a server of fusio's making. */
export async function start(port, { mount = false, front = false }) {
  const { app, fusio } = await makeHost({ mount });
  const server = front ? fusio.createServer(app) : app;
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}
