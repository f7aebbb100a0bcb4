import { type AuthenticateParts, authenticate } from '../access/authenticate.js';
import { anonymous, type Caller } from '../access/caller.js';
import type { Awaitable } from '../action/action.js';
import { isPromise } from '../base/promise.js';
import type { Middleware } from '../operation/before.js';
import type { PipelineParts } from '../pipeline/parts.js';
import type { Outcome, RawRequest, Transport, Transported } from '../pipeline/transport.js';
import { answerOutcome } from './answer/answer.js';
import type { Answer } from './answer/headers.js';
import { expressExchange, runBefore } from './before.js';
import { type Body, readBody } from './body/read.js';
import type { OperationMatch } from './match.js';
import { readParams } from './request/params.js';
import { parseQuery } from './request/query.js';
import type { HttpRequest } from './request/request.js';
import { RequestView } from './request/view.js';

export interface HttpTransportParts extends AuthenticateParts {
  readonly pipeline: Pick<PipelineParts, 'deadlines'>;
}

/** Brings in a request over HTTP, and makes the `Answer` that `handle.ts` sends. */
export class HttpTransport implements Transport<Answer> {
  constructor(
    readonly parts: HttpTransportParts,
    readonly request: HttpRequest,
    readonly match: OperationMatch,
    /** The caller that `inject({ as })` names: the host is not asked. */
    readonly as: Caller | undefined,
  ) {}

  before(middleware: readonly Middleware[]): Awaitable<true | number> {
    // `as` names the caller, in place of middleware and login.
    if (this.as) return true;
    const { request, match } = this;
    const exchange = expressExchange(request.raw, request.response);
    exchange.request.params = { ...readParams(match.route, match.values) };
    const went = runBefore(middleware, exchange);
    const { response } = exchange;
    return isPromise(went) ? went.then((goesOn) => goesOn || response.statusCode) : went || response.statusCode;
  }

  authenticate(): Awaitable<Caller> {
    if (this.as) return this.as;
    if (!this.match.route.operation.authenticate) return anonymous;
    return authenticate(new RequestView(this.request), this.parts);
  }

  read(invocation: Transported): Awaitable<RawRequest> {
    const { route, values, queryText } = this.match;
    const params = readParams(route, values);
    const query = queryText === '' ? {} : parseQuery(queryText);
    if (!route.body) return this.rawRequest(params, query, undefined);
    const body = readBody(this.request.body(), route.body, this.parts.pipeline.deadlines, invocation);
    if (!isPromise(body)) return this.rawRequest(params, query, this.take(body, invocation));
    return body.then((arrived) => this.rawRequest(params, query, this.take(arrived, invocation)));
  }

  answer(invocation: Transported, outcome: Outcome): Awaitable<Answer> {
    return answerOutcome(invocation, this.match.route, outcome, this.request);
  }

  onGone(listener: () => void): () => void {
    return this.request.onGone(listener);
  }

  private take({ value, bytes, form }: Body, invocation: Transported): unknown {
    this.request.rawBody = bytes;
    if (form) invocation.files = form.files;
    return value;
  }

  private rawRequest(params: unknown, query: unknown, body: unknown): RawRequest {
    return { params, query, headers: this.request.headers, body };
  }
}
