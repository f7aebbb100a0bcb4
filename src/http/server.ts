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
import { Incoming } from './incoming.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Makes a server for the host's app, or for the operations alone. It closes connections whose head does not arrive in ten seconds;
 * for the operations alone it sends `100 Continue` only when a body is wanted.
 *
 * Express changes the prototype of every request and response, which before V8 13 (Node 24) takes three quarters of the time of a
 * request. Here the objects are made with the right prototypes, through the public options of `node:http`.
 */
export function createHttpServer(app: Application | undefined, handler: Handler, refuseExpectation: Handler): Server {
  const listener: RequestListener = app ?? handler;
  const options: ServerOptions = { ...headLimits, ...(app ? constructorsFor(app) : alone) };
  const server = createServer(options, listener);
  server.on('checkContinue', (request: IncomingMessage & { proceed?: boolean }, response: ServerResponse) => {
    // The host listens, too: the request is the host's.
    if (server.listenerCount('checkContinue') > 1) return;
    // A body parser of the host waits for the body, and would not send the 100.
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

// Node looks only every 30 seconds whether the time for a head is up, unless told otherwise.
const headLimits: ServerOptions = { headersTimeout: 10_000, connectionsCheckingInterval: 1_000 };

// Node 24.12 makes no stream for a request without a body. Not for an app, whose middleware may read the stream.
const alone: ServerOptions = Object.assign({ IncomingMessage: Incoming }, { optimizeEmptyRequests: true });

function constructorsFor(app: Application): ServerOptions {
  // Express documents `request` and `response` as the prototypes to extend; its types leave them out.
  const { request, response }: Record<string, unknown> = Object(app);
  if (typeof app !== 'function' || !isObject(request) || !isObject(response)) {
    const message =
      'createServer: an Express app is needed, or nothing; any other listener goes to createServer of node:http';
    throw new FusioError('OPTIONS_INVALID', message);
  }
  // Functions, not classes: a class would put its own prototype between Express's and the object.
  function AppRequest(this: IncomingMessage, socket: Socket): void {
    Reflect.apply(IncomingMessage, this, [socket]);
  }
  AppRequest.prototype = request;
  function AppResponse(this: ServerResponse, request: IncomingMessage, options: unknown): void {
    Reflect.apply(ServerResponse, this, [request, options]);
  }
  AppResponse.prototype = response;
  // V8 sizes an object by the constructors that its constructor inherits from; one that is too small becomes a slow dictionary.
  Object.setPrototypeOf(AppRequest, IncomingMessage);
  Object.setPrototypeOf(AppResponse, ServerResponse);
  // Node calls both with `new`, which a function may be as well as a class.
  return Object.assign({}, { IncomingMessage: AppRequest, ServerResponse: AppResponse }) as never;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
