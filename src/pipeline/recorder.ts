import type { FusioError } from '../base/errors.js';
import { describeError, redact } from '../log/redact.js';
import type { Source } from '../signal/signals.js';
import type { Hall, Visit } from './invocation.js';

/** Tells the log and the signals how a call ended. `error` where it failed. */
export function recordVisit(visit: Visit, status: number, error?: FusioError): void {
  const { hall, operation, entrance, caller } = visit;
  endWatching(visit, status, error);
  if (error && error.status >= 500) reportFailure(hall, operation.name, visit.id, entrance.source, error);
  if (!hall.isTimed) return;
  const ms = Math.max(0, hall.clock.now() - visit.startedAt);
  const { source } = entrance;
  if (hall.keepsRecords) {
    hall.log.info(
      {
        operation: operation.name,
        method: operation.method,
        path: operation.handle.path,
        status,
        ms,
        source,
        requestId: visit.id,
        ...(entrance.ip !== undefined && { ip: entrance.ip }),
        ...(caller && caller.kind !== 'anonymous' && { user: caller.user.id }),
        ...(caller?.app && { app: caller.app.id }),
        ...(error && { code: error.code }),
      },
      'call',
    );
  }
  hall.signals.emit('request:done', { operation: operation.name, status, ms, requestId: visit.id, source });
}

/** An exporter of the host's that breaks must not break the call. */
function endWatching(visit: Visit, status: number, error: FusioError | undefined): void {
  try {
    visit.hall.watcher?.end(visit, status, error);
  } catch (broken) {
    visit.hall.log.warn({ error: describeError(broken) }, 'telemetry broke');
  }
}

/** Tells of something that is our fault, with its causes and without its secrets. */
export function reportFailure(
  hall: Hall,
  operation: string | undefined,
  requestId: string,
  source: Source,
  error: FusioError,
): void {
  const cause: unknown = error.cause ?? error;
  // A driver hangs the request, its headers and its SQL on its error: only what is described here is written down.
  hall.log.error(
    { operation, requestId, source, code: error.code, error: describeError(error) },
    redact(error.message),
  );
  hall.signals.emit('request:failed', {
    operation,
    error: isError(cause) ? cause : error,
    requestId,
    source,
  });
}

/** Also of a proxy that does not want to be asked. */
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}
