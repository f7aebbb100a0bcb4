import { hush } from '../base/promise.js';
import { redact } from './redact.js';
import { isSecretName, redacted } from './secrets.js';

/** A logger in the shape of pino's: fields first, then the message. */
export interface Logger {
  /** Logs a detail for developers. */
  debug(message: string): void;
  debug(fields: object, message?: string): void;
  /** Logs a call. fusio writes a record for each where the level is enabled. */
  info(message: string): void;
  info(fields: object, message?: string): void;
  /** Logs a fault that did not fail a call. */
  warn(message: string): void;
  warn(fields: object, message?: string): void;
  /** Logs a fault of the server's that failed a call. */
  error(message: string): void;
  error(fields: object, message?: string): void;
  /** Makes a logger that adds these fields to each record. Default: fusio adds them itself. */
  child?(fields: object): Logger;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Makes the logger of a host that gives none: warnings and errors to stderr, a JSON line each. */
export function stderrLogger(fields: object = {}): Logger {
  function write(level: Level, first: object | string, message?: string): void {
    const entry =
      typeof first === 'string' ? { message: first } : { ...first, ...(message !== undefined && { message }) };
    const line = safeJson({ time: new Date().toISOString(), level, ...fields, ...entry });
    process.stderr.write(`${escapeInvisible(line)}\n`);
  }
  return {
    debug: ignore,
    info: ignore,
    warn: (first: object | string, message?: string) => write('warn', first, message),
    error: (first: object | string, message?: string) => write('error', first, message),
    child: (more) => stderrLogger({ ...fields, ...more }),
  };
}

/** The logger of `logger: false`. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  child: () => silentLogger,
};

/** Tells whether records of level info are written. Where not, they need not be made. */
export function hearsInfo(logger: Logger): boolean {
  if (logger.info === ignore) return false;
  // pino's own method.
  if (!('isLevelEnabled' in logger) || typeof logger.isLevelEnabled !== 'function') return true;
  try {
    return Boolean(logger.isLevelEnabled('info'));
  } catch {
    return true;
  }
}

/** Makes a logger that never throws: a broken sink must not break a request. */
export function guarded(logger: Logger): Logger {
  const call = (level: Level) =>
    logger[level] === ignore
      ? ignore
      : function log(first: object | string, message?: string): void {
          try {
            // pino's methods need their logger as `this`.
            const returned: unknown = typeof first === 'string' ? logger[level](first) : logger[level](first, message);
            // An asynchronous sink.
            if (returned !== undefined) hush(returned);
          } catch {
            // No other sink is known.
          }
        };
  return {
    debug: call('debug'),
    info: call('info'),
    warn: call('warn'),
    error: call('error'),
    child(fields) {
      try {
        if (logger.child) return guarded(logger.child(fields));
      } catch {
        // Then the fields are added here.
      }
      return withFields(guarded(logger), fields);
    },
  };
}

function withFields(logger: Logger, fields: object): Logger {
  const call =
    (level: Level) =>
    (first: object | string, message?: string): void =>
      typeof first === 'string' ? logger[level](fields, first) : logger[level]({ ...fields, ...first }, message);
  return {
    debug: call('debug'),
    info: call('info'),
    warn: call('warn'),
    error: call('error'),
    child: (more) => withFields(logger, { ...fields, ...more }),
  };
}

function ignore(): void {}

/** Escapes what JSON leaves as it is and a terminal obeys: control characters, line separators and signs that turn the direction. */
function escapeInvisible(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) =>
    Array.from(
      { length: sign.length },
      (_, index) => `\\u${sign.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Writes any value as JSON: circular ones, bigint, getters that throw. */
function safeJson(value: unknown): string {
  const path: object[] = [];
  try {
    return JSON.stringify(value, function describeMember(this: object, key, member: unknown) {
      if (isSecretName(key) && (typeof member === 'string' || (typeof member === 'object' && member !== null))) {
        return redacted;
      }
      if (typeof member === 'bigint') return String(member);
      if (typeof member === 'string') return redact(member);
      if (member instanceof Error) return { name: member.name, message: redact(member.message) };
      if (typeof member === 'object' && member !== null) {
        // `this` is the holder of the member: objects deeper than it are written already.
        while (path.length > 0 && path.at(-1) !== this) path.pop();
        if (path.includes(member)) return '[circular]';
        path.push(member);
      }
      return member;
    });
  } catch {
    return '{"level":"error","message":"a log entry could not be written as JSON"}';
  }
}
