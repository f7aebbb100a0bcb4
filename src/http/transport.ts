import { type Authenticate, authenticate } from '../access/authenticate.js';
import type { Caller } from '../access/caller.js';
import type { Awaitable } from '../action/action.js';
import type { HttpEntrance } from '../action/context.js';
import type { FusioError } from '../base/errors.js';
import { isPromise } from '../base/promise.js';
import type { Outcome } from '../pipeline/check.js';
import { failureOf } from '../pipeline/failure.js';
import { type Entrance, type Hall, type RawRequest, Visit } from '../pipeline/invocation.js';
import { walk } from '../pipeline/pipeline.js';
import { recordVisit, reportFailure } from '../pipeline/recorder.js';
import { answerError, answerOutcome } from './answer/answer.js';
import type { Answer } from './answer/headers.js';
import type { Moment } from './body/collect.js';
import { readBody } from './body/read.js';
import { readParams } from './request/params.js';
import { parseQuery } from './request/query.js';
import type { ClientIp, HttpRequest } from './request/request.js';
import { RequestView } from './request/view.js';
import type { Route } from './route.js';

/** What the HTTP entrance is given by the door. */
export interface HttpParts {
  readonly hall: Hall;
  readonly authenticate: Authenticate | undefined;
  readonly clientIp: ClientIp | undefined;
}

/** A route that was found for a request. */
export interface Match {
  readonly route: Route;
  readonly values: readonly string[];
  /** Without the question mark. */
  readonly queryText: string;
}

/** Sends a finished answer; called once, and must not throw. The visit is left when the last byte is out or the client is gone. */
export type Deliver = (visit: Visit, answer: Answer) => void;

/** Answers one request of an operation: the corridor's outcome, or its failure as a problem. Never throws. */
export function serve(parts: HttpParts, request: HttpRequest, match: Match, deliver: Deliver, as?: Caller): void {
  const entrance = new HttpCall(parts, request, match, deliver, as);
  walk(new Visit(parts.hall, match.route.operation, entrance, 0, saneId(request.headers['x-request-id'])));
}

/** A call that came over HTTP. */
class HttpCall implements Entrance {
  readonly source = 'http';
  readonly origin = 'wire';
  readonly run = undefined;
  private rawBody: Buffer | undefined = undefined;

  constructor(
    readonly parts: HttpParts,
    readonly request: HttpRequest,
    readonly match: Match,
    readonly deliver: Deliver,
    /** Set by `inject({ as })`: the host is not asked. */
    readonly as: Caller | undefined,
  ) {}

  get ip(): string | undefined {
    return this.request.ip;
  }

  get http(): HttpEntrance {
    return { req: this.request.raw, res: this.request.response, rawBody: this.rawBody };
  }

  identify(): Caller | Promise<Caller> {
    return this.as ?? authenticate(this.parts.authenticate, new RequestView(this.request));
  }

  read(visit: Visit): Awaitable<RawRequest> {
    const { request } = this;
    const { route, values, queryText } = this.match;
    const params = readParams(route.params, values);
    const query = queryText === '' ? {} : parseQuery(queryText);
    const { headers } = request;
    const plan = route.body;
    if (!plan) return { params, query, headers, body: undefined };
    return readBody(request.body(), plan, momentOf(visit), ({ value, bytes, form }) => {
      this.rawBody = bytes;
      if (!form) return { params, query, headers, body: value };
      visit.files = form.files;
      visit.dispose = () => form.dispose();
      return { params, query, headers, body: form.fields };
    });
  }

  onGone(listener: () => void): () => void {
    return this.request.onGone(listener);
  }

  arrive(visit: Visit, outcome: Outcome): void {
    try {
      const answer = answerOutcome(visit, this.match.route, outcome, this.request);
      if (isPromise(answer)) {
        answer.then(
          (opened) => this.close(visit, opened),
          (thrown: unknown) => this.fail(visit, thrown),
        );
      } else this.close(visit, answer);
    } catch (thrown) {
      this.fail(visit, thrown);
    }
  }

  fail(visit: Visit, thrown: unknown): void {
    const error = failureOf(thrown, visit.abortReason);
    recordVisit(visit, error.status, error);
    this.deliver(visit, answerError(error, visit.id, this.request.fullPath, this.match.route.always));
  }

  private close(visit: Visit, answer: Answer): void {
    recordVisit(visit, answer.status);
    this.deliver(visit, answer);
  }
}

/** The time of arrival where nothing has been waited for since, otherwise the time now. */
function momentOf(visit: Visit): Moment {
  const { clock } = visit.hall;
  return { clock, now: visit.expire ? clock.now() : visit.startedAt };
}

/** Answers a request that reaches no operation: 404, 405, 503. */
export function refuseRequest(parts: HttpParts, request: HttpRequest, error: FusioError): Answer {
  const { hall } = parts;
  const requestId = saneId(request.headers['x-request-id']) ?? hall.nextRequestId();
  if (error.status >= 500 && error.code !== 'SHUTTING_DOWN') reportFailure(hall, undefined, requestId, 'http', error);
  if (hall.keepsRecords)
    hall.log.info(
      { method: request.method, status: error.status, code: error.code, requestId, source: 'http' },
      'call',
    );
  hall.watcher?.refused?.(request.raw, error.status);
  hall.signals.emit('request:done', { operation: undefined, status: error.status, ms: 0, requestId, source: 'http' });
  return answerError(error, requestId, request.fullPath, []);
}

/** A request id of the caller's, where it can do no harm in a log. */
function saneId(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value) ? value : undefined;
}
