import type { Caller } from '../access/caller.js';
import type { HttpExchange } from '../action/context.js';
import type { Clock } from '../base/clock.js';
import type { ErrorCode, FusioError } from '../base/errors.js';
import { hearsInfo, type Logger } from '../log/logger.js';
import { describeError, headline, redact } from '../log/redact.js';
import type { SignalBoard, Source } from '../signal/signals.js';
import { originOf } from './failure.js';
import type { Runnable } from './runnable.js';
import type { Origin } from './transport.js';

/** An invocation as records and telemetry see it. */
export interface Recorded {
  readonly id: string;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly runnable: Runnable;
  readonly origin: Origin;
  /** Undefined until the step `authenticate`. */
  readonly caller: Caller | undefined;
}

/** Tells the log, the signals and telemetry of each invocation. Never throws. */
export interface Recorder {
  readonly log: Logger;
  /** Runs the steps under the eyes of telemetry. */
  around(invocation: Recorded, go: () => void): void;
  /** Records how an invocation ended: after the last byte of its answer. `error` where it failed, or broke off. */
  end(invocation: Recorded, status: number, error?: FusioError): void;
  /** Records a request that reached no operation. */
  refused(request: RefusedRequest, error: FusioError): void;
}

export interface RefusedRequest {
  readonly id: string;
  readonly method: string;
  readonly raw: HttpExchange['req'];
}

/** Watches invocations from the outside: spans and metrics. */
export interface Watcher {
  /** Runs the steps, with the span of the invocation as the active one. */
  around(invocation: Recorded, go: () => void): void;
  end(invocation: Recorded, status: number, error: FusioError | undefined): void;
  /** Hears of a request that reached no operation. */
  refused?(req: HttpExchange['req'], status: number): void;
}

export interface RecorderParts {
  /** As the host gave it: asked at each record whether it hears level `info`, which the host may change. */
  readonly logger: Logger;
  /** The same, safe from its own errors. */
  readonly log: Logger;
  readonly signals: SignalBoard;
  readonly clock: Clock;
  /** Undefined without telemetry. */
  readonly watcher: Watcher | undefined;
}

export function createRecorder({ logger, log, signals, clock, watcher }: RecorderParts): Recorder {
  /** An exporter of the host's that breaks must not break the request. */
  function tellWatcher(tell: (watcher: Watcher) => void): void {
    if (!watcher) return;
    try {
      tell(watcher);
    } catch (broken) {
      log.warn({ error: describeError(broken) }, 'telemetry broke');
    }
  }

  /** Reports an error of ours, with its causes and without its secrets. */
  function reportFailure(operation: string | undefined, requestId: string, source: Source, error: FusioError): void {
    const cause: unknown = error.cause ?? error;
    // A driver hangs the request, its headers and its SQL on its error: only `describeError` is written down.
    // What was thrown has the frame of the app's own code; an error that we made for it has only ours.
    const origin = describeError(originOf(error));
    const fields = { operation, requestId, source, code: error.code, error: origin };
    log.error(fields, lineOf(operation, error, headline(origin)));
    signals.emit('request:failed', { operation, error: isError(cause) ? cause : error, requestId, source });
  }

  return {
    log,
    around(invocation, go) {
      if (!watcher) return go();
      let hasBegun = false;
      try {
        watcher.around(invocation, () => {
          hasBegun = true;
          go();
        });
      } catch (thrown) {
        if (hasBegun) throw thrown;
        log.warn({ error: describeError(thrown) }, 'telemetry broke');
        go();
      }
    },
    end(invocation, status, error) {
      const { id: requestId, runnable, origin, caller } = invocation;
      const { name, handle } = runnable;
      const { source } = origin;
      tellWatcher((one) => one.end(invocation, status, error));
      if (error && isFailure(error)) reportFailure(name, requestId, source, error);
      const ms = Math.max(0, clock.now() - invocation.startedAt);
      if (hearsInfo(logger)) {
        const fields = {
          operation: name,
          ...(handle && { method: handle.method, path: handle.path }),
          status,
          ms,
          source,
          requestId,
          ...(origin.ip !== undefined && { ip: origin.ip }),
          ...(caller && caller.kind !== 'anonymous' && { user: caller.user.id }),
          ...(caller?.app && { app: caller.app.id }),
          ...(error && { code: error.code }),
        };
        log.info(fields, 'call');
      }
      signals.emit('request:done', { operation: name, status, ms, requestId, source });
    },
    refused({ id: requestId, method, raw }, error) {
      const { status, code } = error;
      const source = 'http';
      if (isFailure(error)) reportFailure(undefined, requestId, source, error);
      if (hearsInfo(logger)) log.info({ method, status, code, requestId, source }, 'call');
      tellWatcher((one) => one.refused?.(raw, status));
      signals.emit('request:done', { operation: undefined, status, ms: 0, requestId, source });
    },
  };
}

/** What went wrong, in a line: `operation "boom": Cannot read properties of undefined (reading 'y')`. */
function lineOf(operation: string | undefined, { code, message }: FusioError, cause: string): string {
  const own = redact(message);
  const text = code === 'INTERNAL_ERROR' || own === cause ? cause : `${own}: ${cause}`;
  const start = operation === undefined ? '' : `operation "${operation}": `;
  return text.startsWith(start) ? text : `${start}${text}`;
}

// Refusals on purpose, although their status is 500 or more.
const refusals: readonly string[] = ['SHUTTING_DOWN'] satisfies ErrorCode[];

/** Tells a failure of ours, which is logged as an error and signalled as `request:failed`. */
function isFailure({ status, code }: FusioError): boolean {
  return status >= 500 && !refusals.includes(code);
}

/** True also for an error behind a Proxy that throws when it is asked. */
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}
