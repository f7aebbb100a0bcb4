import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Application, RequestHandler } from 'express';
import { authenticate } from '../access/authenticate.js';
import { authorize } from '../access/authorize.js';
import type { Caller } from '../access/caller.js';
import { FusioError } from '../base/errors.js';
import { describeError } from '../log/redact.js';
import type { Operation } from '../operation/operation.js';
import { failureOf } from '../pipeline/failure.js';
import type { Gate } from '../pipeline/gate.js';
import type { Visit } from '../pipeline/invocation.js';
import { reportFailure } from '../pipeline/recorder.js';
import type { Answer } from './answer/headers.js';
import type { Cors } from './cors.js';
import { findRoute, isMatch, notFound, type OtherMethods } from './find.js';
import { NodeRequest } from './request/node.js';
import { RequestView } from './request/view.js';
import { WebRequest } from './request/web.js';
import { makeRoute, type Route } from './route.js';
import { pipe, send } from './send/node.js';
import { toResponse } from './send/web.js';
import { createHttpServer } from './server.js';
import { type HttpParts, type Match, refuseRequest, serve } from './transport.js';
import { createTree } from './tree.js';

export interface HttpOptions {
  /** Whether the router passes on what is not an operation's. */
  readonly fallthrough: boolean;
  readonly cors: Cors | undefined;
  /** Counts requests that are being answered; false once fusio drains. */
  readonly gate: Gate;
}

/** The HTTP entrance in all its forms. */
export interface Http {
  add(operation: Operation): void;
  readonly router: RequestHandler;
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  readonly fetch: (request: globalThis.Request, as?: Caller) => Promise<Response>;
  createServer(app: Application | undefined): Server;
  requireScope(scopes: readonly string[]): RequestHandler;
}

export function createHttp(parts: HttpParts, { fallthrough, cors, gate }: HttpOptions): Http {
  const tree = createTree<Route>();

  /** Answers what is ours; `pass` is where anything else goes, undefined where everything is ours. */
  function handle(request: IncomingMessage, response: ServerResponse, pass: (() => void) | undefined): void {
    const method = request.method ?? 'GET';
    const found = findRoute(tree, method, request.url ?? '/');
    const isPreflight = cors !== undefined && found !== undefined && cors.isPreflight(method, request.headers);
    if (pass && !isPreflight && (!found || !isMatch(found))) return pass();

    const seen = new NodeRequest(request, response, parts.clientIp);
    if (!gate.enter()) deliver(request, response, refuseRequest(parts, seen, shuttingDown()));
    else if (found && isMatch(found) && !isPreflight) serve(parts, seen, found, deliverVisit);
    else deliverSafely(request, response, answerOwn(seen, method, found, isPreflight), undefined);
  }

  function deliverVisit(visit: Visit, answer: Answer): void {
    const { req, res } = visit.entrance.http as { req: IncomingMessage; res: ServerResponse };
    deliverSafely(req, res, answer, visit);
  }

  /** What must not happen, such as a `writeHead` of the host's that throws: the connection ends rather than the process. */
  function deliverSafely(
    request: IncomingMessage,
    response: ServerResponse,
    answer: Answer,
    visit: Visit | undefined,
  ): void {
    try {
      deliver(request, response, answer, visit, gate);
    } catch (error) {
      parts.hall.log.error({ error: describeError(error) }, 'an answer could not be sent');
      response.destroy();
      leave(visit, gate);
    }
  }

  function deliver(
    request: IncomingMessage,
    response: ServerResponse,
    answer: Answer,
    visit?: Visit,
    entered?: Gate,
  ): void {
    if (cors) answer.headers.push(...cors.headers(request.headers));
    if (gate.isClosed && !response.headersSent) answer.headers.push('connection', 'close');
    const stream = sendOrRefuse(request, response, answer);
    if (!stream) return leave(visit, entered);
    pipe(stream, response, (error) => leave(visit, entered, error));
  }

  function sendOrRefuse(request: IncomingMessage, response: ServerResponse, answer: Answer): Readable | undefined {
    try {
      return send(request, response, answer);
    } catch (error) {
      // A header that cannot be sent, such as one with a line break: nothing has gone out yet.
      response.statusMessage = '';
      const failure = new FusioError('RESULT_INVALID', undefined, { cause: error });
      const seen = new NodeRequest(request, response, parts.clientIp);
      return send(request, response, refuseRequest(parts, seen, failure));
    }
  }

  /** The answer is out, or it broke off: lets go of the call. */
  function leave(visit: Visit | undefined, entered: Gate | undefined, error?: Error): void {
    if (visit) {
      if (error && !visit.abortReason) {
        const failure = new FusioError('INTERNAL_ERROR', 'the answer broke off', { cause: error });
        reportFailure(parts.hall, visit.operation.name, visit.id, 'http', failure);
      }
      visit.close();
      parts.hall.visits.delete(visit);
    }
    entered?.leave();
  }

  function answerOwn(
    request: NodeRequest | WebRequest,
    method: string,
    found: Match | OtherMethods | undefined,
    isPreflight: boolean,
  ): Answer {
    if (cors && isPreflight && found) {
      const headers = [...cors.preflight(request.headers, methodsAt(request))];
      return { status: 204, headers, body: undefined };
    }
    if (method === 'OPTIONS' && found && !isMatch(found)) return optionsAnswer(found);
    return refuseRequest(parts, request, notFound(found as OtherMethods | undefined, method));
  }

  /** The methods of the path, whichever the preflight itself found. */
  function methodsAt(request: NodeRequest | WebRequest): readonly string[] {
    const wanted = request.header('access-control-request-method') ?? 'GET';
    return [...(tree.find(wanted, request.path)?.methods.keys() ?? [])];
  }

  async function fetch(request: globalThis.Request, as?: Caller): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const seen = new WebRequest(request, pathname);
    const method = request.method;
    const found = findRoute(tree, method, pathname + search);
    const isPreflight = cors?.isPreflight(method, seen.headers) === true && found !== undefined;
    if (!gate.enter()) return toResponse(refuseRequest(parts, seen, shuttingDown()), method, () => {});
    const { answer, visit }: Served =
      found && isMatch(found) && !isPreflight
        ? await new Promise((resolve) => serve(parts, seen, found, (visit, answer) => resolve({ visit, answer }), as))
        : { visit: undefined, answer: answerOwn(seen, method, found, isPreflight) };
    if (cors) answer.headers.push(...cors.headers(seen.headers));
    try {
      return toResponse(answer, method, (error) => leave(visit, gate, error));
    } catch (cause) {
      leave(visit, gate);
      return toResponse(
        refuseRequest(parts, seen, new FusioError('RESULT_INVALID', undefined, { cause })),
        method,
        () => {},
      );
    }
  }

  function requireScope(scopes: readonly string[]): RequestHandler {
    const demand = { public: false, scopes };
    return function requireScope_(request, response, next) {
      const seen = new NodeRequest(request, response, parts.clientIp);
      function refuse(thrown: unknown): void {
        sendOrRefuse(request, response, refuseRequest(parts, seen, failureOf(thrown, undefined)));
      }
      async function decide(): Promise<void> {
        authorize(demand, await authenticate(parts.authenticate, new RequestView(seen)));
      }
      decide().then(() => next(), refuse);
    };
  }

  function refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
    const seen = new NodeRequest(request, response, parts.clientIp);
    const answer = refuseRequest(parts, seen, new FusioError('EXPECTATION_FAILED'));
    deliver(request, response, answer);
  }

  const handler = (request: IncomingMessage, response: ServerResponse): void => handle(request, response, undefined);

  return {
    add(operation) {
      const route = makeRoute(operation);
      tree.add(operation.segments, route);
    },
    router: (request, response, next) => handle(request, response, fallthrough ? next : undefined),
    handler,
    fetch,
    createServer: (app) => createHttpServer(app, handler, refuseExpectation),
    requireScope,
  };
}

interface Served {
  readonly visit: Visit | undefined;
  readonly answer: Answer;
}

function shuttingDown(): FusioError {
  return new FusioError('SHUTTING_DOWN', undefined, { headers: { 'retry-after': '5' } });
}

function optionsAnswer({ methods }: OtherMethods): Answer {
  return { status: 204, headers: ['allow', methods.join(', ')], body: undefined };
}
