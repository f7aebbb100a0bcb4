export { ClientError, type ErrorsOf } from './client-error.js';
export {
  type Client,
  type ClientMethod,
  type ClientOptions,
  createClient,
  type Operations,
  type OperationsOf,
  type Routes,
} from './create-client.js';
export type { ServerSentEvent } from './events.js';
export type { Route } from './request.js';
export type { ClientCallOptions } from './send.js';
