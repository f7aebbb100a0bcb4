import express from 'express';
import { makeFusio } from './fusio-operations.mjs';

/** Mounted in an Express app; `front` puts the app and the operations on one server of fusio's making. */
export async function start(port, { front = false, ...options } = {}) {
  const fusio = await makeFusio(options);
  const app = express();
  app.use(fusio.router);
  const server = front ? fusio.createServer(app) : app;
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}
