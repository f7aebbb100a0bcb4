import type { Caller } from '../access/caller.js';
import { FusioError } from '../base/errors.js';
import { hushError } from '../base/promise.js';
import { describeError } from '../log/redact.js';
import type { Gate } from '../pipeline/gate.js';
import { Invocation } from '../pipeline/invocation.js';
import type { PipelineParts } from '../pipeline/parts.js';
import { invoke } from '../pipeline/pipeline.js';
import type { Answered } from '../pipeline/transport.js';
import type { FormatText } from './answer/format-problem.js';
import { type Answer, withHeaders } from './answer/headers.js';
import { answerError } from './answer/problem.js';
import type { Cors } from './cors.js';
import { type Match, notFound, type OperationMatch } from './match.js';
import type { HttpRequest } from './request/request.js';
import { HttpTransport, type HttpTransportParts } from './transport.js';

export interface HandleParts extends HttpTransportParts {
  readonly pipeline: PipelineParts;
  readonly gate: Gate;
  readonly cors: Cors | undefined;
  /** The option `formatProblem`. */
  readonly formatText: FormatText | undefined;
}

/** The way of every request over HTTP, of `node:http` and of `fetch`: match → gate → the pipeline, or an answer of our own → send. */
export interface Handle {
  /** Answers a request that is fusio's. `as`: a caller that is known already. */
  handle(request: HttpRequest, match: Match, as?: Caller): void;
  /** Answers with an error without running anything. */
  refuse(request: HttpRequest, error: FusioError): void;
  /** Answers with the error for something that the host's code threw. */
  fail(request: HttpRequest, thrown: unknown): void;
}

export function createHandle(parts: HandleParts): Handle {
  const { pipeline, gate, cors, formatText } = parts;
  const { recorder, nextRequestId } = pipeline;

  function handle(request: HttpRequest, match: Match, as?: Caller): void {
    if (!gate.enter()) return refuse(request, shuttingDown());
    if (match.kind === 'operation') return run(request, match, as);
    if (match.kind === 'preflight') answerOptions(request, cors?.preflight(request.headers, match.methods) ?? []);
    else if (match.kind === 'server' || (match.kind === 'methods' && request.method === 'OPTIONS')) {
      answerOptions(request, ['allow', match.methods.join(', ')]);
    } else if (match.kind === 'invalid') refuse(request, badTarget());
    else refuse(request, notFound(request.method, match.kind === 'methods' ? match.methods : []));
    gate.leave();
  }

  function run(request: HttpRequest, match: OperationMatch, as: Caller | undefined): void {
    const { operation, always } = match.route;
    const transport = new HttpTransport(parts, request, match, as);
    const invocation = new Invocation(pipeline, operation, request, transport, deliver, 0, idOf(request));
    invocation.onEnd(gate.leave);
    invoke(invocation);

    function deliver(answered: Answered | undefined, error: FusioError | undefined): void {
      try {
        // HttpTransport.answer made it, which makes nothing else.
        const answer = error ? problem(error) : (answered as Answer);
        send(request, answer, problem, (status, failure) => {
          // A refusal is no reason why its own answer broke off.
          const isReason = error && error.status >= 500;
          // A stream that fusio ended itself, at a shutdown, has that for its reason.
          invocation.end(status, isReason ? error : failure ? (invocation.abortReason ?? failure) : error);
        });
      } catch (thrown) {
        // The last resort: whatever an error of the host is made of, the invocation ends.
        abandon(request, thrown);
        invocation.end(500, new FusioError('INTERNAL_ERROR', undefined, { cause: thrown }));
      }
    }
    function problem(error: FusioError): Answer {
      const { id: requestId } = invocation;
      const about = { requestId, instance: request.fullPath, always, operation: operation.handle };
      return answerError(error, about, formatText);
    }
  }

  function answerOptions(request: HttpRequest, headers: readonly string[]): void {
    const problem = (error: FusioError) => answerOwn(request, nextRequestId(), error);
    send(request, { status: 204, headers, body: undefined }, problem, () => {});
  }

  function refuse(request: HttpRequest, error: FusioError): void {
    refuseAs(request, idOf(request) ?? nextRequestId(), error);
  }

  function fail(request: HttpRequest, thrown: unknown): void {
    const id = idOf(request) ?? nextRequestId();
    refuseAs(request, id, pipeline.failureOf(thrown, undefined, { id, operation: undefined, source: 'http' }));
  }

  function refuseAs(request: HttpRequest, id: string, error: FusioError): void {
    const { method, raw } = request;
    const problem = (failure: FusioError) => answerOwn(request, id, failure);
    send(request, problem(error), problem, () => recorder.refused({ id, method, raw }, error));
  }

  /** Renders an error where no operation runs. */
  function answerOwn(request: HttpRequest, requestId: string, error: FusioError): Answer {
    return answerError(error, { requestId, instance: request.fullPath, always: [], operation: undefined }, formatText);
  }

  /** Sends an answer; where it cannot be sent, a problem in its place; where not even that, closes the connection. */
  function send(
    request: HttpRequest,
    answer: Answer,
    problem: (error: FusioError) => Answer,
    ended: (status: number, failure?: FusioError) => void,
  ): void {
    const more = cors ? cors.headers(request.headers) : [];
    try {
      request.send(withHeaders(answer, more), gate.isClosed, (error) => {
        if (error) hushError(error);
        ended(answer.status, error && new FusioError('INTERNAL_ERROR', 'the answer broke off', { cause: error }));
      });
    } catch (cause) {
      const failure = new FusioError('RESULT_INVALID', undefined, { cause });
      try {
        request.send(withHeaders(problem(failure), more), gate.isClosed, () => ended(failure.status, failure));
      } catch (error) {
        // A `writeHead` of the host that throws: the connection is closed rather than the process.
        abandon(request, error);
        ended(failure.status, failure);
      }
    }
  }

  function abandon(request: HttpRequest, error: unknown): void {
    recorder.log.error({ error: describeError(error) }, 'an answer could not be sent');
    request.abandon(error);
  }

  return { handle, refuse, fail };
}

function badTarget(): FusioError {
  return new FusioError(
    'PATH_INVALID',
    'The target of the request is no path, or has a character that is not accepted',
  );
}

function shuttingDown(): FusioError {
  return new FusioError('SHUTTING_DOWN', undefined, { headers: { 'retry-after': '5' } });
}

/** The request id of the caller, where it can do no harm in a log. */
function idOf({ headers }: HttpRequest): string | undefined {
  const id = headers['x-request-id'];
  return typeof id === 'string' && /^[\w.:-]{1,128}$/.test(id) ? id : undefined;
}
