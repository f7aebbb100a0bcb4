import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Application, RequestHandler } from 'express';
import { authenticate } from '../access/authenticate.js';
import { authorize } from '../access/authorize.js';
import type { Caller } from '../access/caller.js';
import { FusioError } from '../base/errors.js';
import { hush, isPromise } from '../base/promise.js';
import type { Logger } from '../log/logger.js';
import { describeError } from '../log/redact.js';
import type { Operation } from '../operation/operation.js';
import { createHandle, type HandleParts } from './handle.js';
import { type Match, match } from './match.js';
import { NodeRequest } from './request/node.js';
import type { ClientIp } from './request/request.js';
import { RequestView } from './request/view.js';
import { WebRequest } from './request/web.js';
import { makeRoute, type Route } from './route.js';
import { createHttpServer } from './server.js';
import { createTree } from './tree.js';

export interface HttpParts extends HandleParts {
  /** False: `router` answers every other request with 404 or 405, and does not pass it on. */
  readonly fallthrough: boolean;
  readonly clientIp: ClientIp | undefined;
}

/** HTTP in all its forms. */
export interface Http {
  /** Serves an operation. Throws `OPERATION_CONFLICT` where another one has its method and path. */
  add(operation: Operation): void;
  readonly router: RequestHandler;
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  readonly fetch: (request: globalThis.Request, as?: Caller) => Promise<Response>;
  createServer(app: Application | undefined): Server;
  requireScope(...scopes: string[]): RequestHandler;
}

export function createHttp(parts: HttpParts): Http {
  const { cors, fallthrough, pipeline } = parts;
  const clientIp = parts.clientIp && safely(parts.clientIp, pipeline.recorder.log);
  const tree = createTree<Route>();
  const { handle, refuse } = createHandle(parts);
  // Routes of the host have the CORS headers of the host.
  const { fail: failForHost } = createHandle({ ...parts, cors: undefined });

  function matchNode(request: IncomingMessage): Match {
    const { method = 'GET', url = '/' } = request;
    return match(tree, cors, method, url, request);
  }

  function handler(request: IncomingMessage, response: ServerResponse): void {
    handle(new NodeRequest(request, response, clientIp), matchNode(request));
  }

  const router: RequestHandler = (request, response, next) => {
    const found = matchNode(request);
    const isOurs = found.kind === 'operation' || found.kind === 'preflight';
    if (fallthrough && !isOurs) next();
    else handle(new NodeRequest(request, response, clientIp), found);
  };

  function fetch(request: globalThis.Request, as?: Caller): Promise<Response> {
    return new Promise((resolve, reject) => {
      const seen = new WebRequest(request, resolve, reject, clientIp);
      handle(seen, match(tree, cors, seen.method, seen.url, seen), as);
    });
  }

  function requireScope(...scopes: string[]): RequestHandler {
    if (scopes.length === 0 || !scopes.every((scope) => typeof scope === 'string' && scope !== '')) {
      throw new FusioError('OPTIONS_INVALID', 'requireScope: at least one scope is needed, as a text');
    }
    const demand = { public: false, demands: [scopes] };
    return function requireScope_(request, response, next) {
      const seen = new NodeRequest(request, response, clientIp);
      async function decide(): Promise<void> {
        authorize(demand, await authenticate(new RequestView(seen), parts));
      }
      decide().then(
        () => next(),
        (thrown: unknown) => failForHost(seen, thrown),
      );
    };
  }

  function refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
    refuse(new NodeRequest(request, response, clientIp), new FusioError('EXPECTATION_FAILED'));
  }

  return {
    add: (operation) => tree.add(operation.segments, makeRoute(operation)),
    router,
    handler,
    fetch,
    createServer: (app) => createHttpServer(app, handler, refuseExpectation),
    requireScope,
  };
}

/** A `clientIp` of the host that throws must not break the request: the address is unknown then. */
function safely(clientIp: ClientIp, log: Logger): ClientIp {
  return function safeClientIp(request) {
    try {
      const ip: unknown = clientIp(request);
      if (ip === undefined || typeof ip === 'string') return ip;
      // An `async` function cannot be waited for here: its rejection is not left without a handler.
      hush(ip);
      throw new TypeError(`clientIp must return a text or undefined, got ${isPromise(ip) ? 'a promise' : typeof ip}`);
    } catch (error) {
      log.warn({ error: describeError(error) }, 'clientIp broke');
      return undefined;
    }
  };
}
