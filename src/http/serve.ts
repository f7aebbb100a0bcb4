import type { Caller } from '../access/caller.js';
import type { FusioError } from '../errors.js';
import type { Outcome } from '../operation/check.js';
import { walk } from '../operation/corridor.js';
import { failureOf } from '../operation/failure.js';
import { recordVisit, reportFailure } from '../operation/record.js';
import { Visit } from '../operation/visit.js';
import { isPromise, proceed } from '../proceed.js';
import { answerError, answerOutcome } from './answer.js';
import { HttpCall, type HttpParts, type HttpRequest } from './entrance.js';
import type { Answer } from './headers.js';
import type { Route } from './route.js';

/** A route that was found for a request. */
export interface Match {
  readonly route: Route;
  readonly values: readonly string[];
  /** Without the question mark. */
  readonly queryText: string;
}

/** A finished answer, and what to do when its last byte is out or its client is gone. */
export interface Served {
  readonly answer: Answer;
  readonly visit: Visit | undefined;
}

/** Answers one request of an operation: the corridor's outcome, or its failure as a problem. Never throws, never rejects. */
export function serve(parts: HttpParts, request: HttpRequest, match: Match, as?: Caller): Served | Promise<Served> {
  const { route } = match;
  const entrance = new HttpCall(parts, request, route, match.values, match.queryText, as);
  const visit = new Visit(parts.hall, route.operation, entrance, 0, saneId(request.headers['x-request-id']));
  try {
    const answer = proceed(visit, walk(visit), finish);
    return isPromise(answer)
      ? answer.then(
          (done) => close(visit, done),
          (error: unknown) => refuse(visit, error),
        )
      : close(visit, answer);
  } catch (error) {
    return refuse(visit, error);
  }
}

function finish(visit: Visit, outcome: Outcome): Answer | Promise<Answer> {
  const entrance = visit.entrance as HttpCall;
  return answerOutcome(visit, entrance.route, outcome, entrance.request);
}

function close(visit: Visit, answer: Answer): Served {
  recordVisit(visit, answer.status);
  return { answer, visit };
}

function refuse(visit: Visit, thrown: unknown): Served {
  const error = failureOf(thrown, visit.abortReason);
  recordVisit(visit, error.status, error);
  const { request, route } = visit.entrance as HttpCall;
  return { answer: answerError(error, visit.id, request.fullPath, route.always), visit };
}

/** Answers a request that reaches no operation: 404, 405, 503. */
export function refuseRequest(parts: HttpParts, request: HttpRequest, error: FusioError): Served {
  const { hall } = parts;
  const requestId = saneId(request.headers['x-request-id']) ?? hall.nextRequestId();
  if (error.status >= 500 && error.code !== 'SHUTTING_DOWN') reportFailure(hall, undefined, requestId, 'http', error);
  if (hall.keepsRecords)
    hall.log.info(
      { method: request.method, status: error.status, code: error.code, requestId, source: 'http' },
      'call',
    );
  hall.watcher?.refused?.(request.method, error.status);
  hall.signals.emit('request:done', { operation: undefined, status: error.status, ms: 0, requestId, source: 'http' });
  return { answer: answerError(error, requestId, request.fullPath, []), visit: undefined };
}

/** A request id of the caller's, where it can do no harm in a log. */
function saneId(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value) ? value : undefined;
}
