import {
  createServer,
  IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Application } from 'express';
import { FusioError } from '../base/errors.js';
import { Incoming, lend } from './incoming.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * A server for the host's app, or for the operations alone, which leaves `100 Continue` to the moment when a body is wanted. Both
 * close connections whose head does not arrive in ten seconds.
 *
 * Express gives every request and response its own prototypes. To change a prototype costs the engine something, before V8 13 (Node 24)
 * three quarters of a request; here the objects are born with the right ones, through the public options of `node:http`, and bodies of
 * operations go past the stream as they do without an app.
 */
export function createHttpServer(app: Application | undefined, handler: Handler, refuseExpectation: Handler): Server {
  const listener: RequestListener = app ? (app as unknown as RequestListener) : handler;
  const options: ServerOptions = { headersTimeout: 10_000, ...(app ? constructorsFor(app) : alone) };
  const server = createServer(options, listener);
  server.on('checkContinue', (request: IncomingMessage & { proceed?: boolean }, response: ServerResponse) => {
    // The host may have a way of his own with these.
    if (server.listenerCount('checkContinue') > 1) return;
    // A host's own parser must not wait for what only we would send.
    if (app) response.writeContinue();
    else request.proceed = true;
    server.emit('request', request, response);
  });
  // RFC 9110, 10.1.1: any other expectation. Node's own 417 has no body.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    if (server.listenerCount('checkExpectation') === 1) refuseExpectation(request, response);
  });
  return server;
}

// Node 24.12: a request without a body needs no stream. Middlewares of a host may want one.
const alone: ServerOptions = Object.assign({ IncomingMessage: Incoming }, { optimizeEmptyRequests: true });

function constructorsFor(app: Application): ServerOptions {
  // Express documents both as the prototypes to extend; its types leave them out.
  const prototypes = app as unknown as { request?: object; response?: object };
  if (typeof app !== 'function' || !prototypes.request || !prototypes.response) {
    const message =
      'createServer: an Express app is needed, or nothing; what else listens goes to createServer of node:http';
    throw new FusioError('OPTIONS_INVALID', message);
  }
  lend(prototypes.request);
  // Functions, not classes: a class would put its own prototype between Express's and the object.
  function AppRequest(this: IncomingMessage, socket: Socket): void {
    (IncomingMessage as unknown as (this: IncomingMessage, socket: Socket) => void).call(this, socket);
  }
  AppRequest.prototype = prototypes.request;
  function AppResponse(this: ServerResponse, request: IncomingMessage, options: unknown): void {
    (ServerResponse as unknown as (this: ServerResponse, request: IncomingMessage, options: unknown) => void).call(
      this,
      request,
      options,
    );
  }
  AppResponse.prototype = prototypes.response;
  // The engine sizes an object by the functions that its constructor inherits from; too small a one becomes a dictionary.
  Object.setPrototypeOf(AppRequest, IncomingMessage);
  Object.setPrototypeOf(AppResponse, ServerResponse);
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse } as unknown as ServerOptions;
}
