import { withoutSecrets } from './secrets.js';

/** Takes the secrets out of a text, and cuts it at 4,000 characters. */
export function redact(text: string): string {
  return withoutSecrets(text.length > 4000 ? `${text.slice(0, 4000)}…` : text);
}

/** An error for a log: name, message, code, stack and causes. Drivers put requests, SQL and headers on their errors: these stay out. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/** Describes anything that was thrown, however hostile, without its secrets. Never throws. */
export function describeError(error: unknown, depth = 0): LoggedError {
  try {
    if (typeof error !== 'object' || error === null) return { type: typeof error, message: redact(String(error)) };
    const { name, message, code, stack, cause }: Partial<Error & { code: unknown }> = error;
    return {
      type: typeof name === 'string' ? redact(name) : 'Object',
      message: redact(typeof message === 'string' ? message : 'an object was thrown that is no error'),
      ...((typeof code === 'string' || typeof code === 'number') && { code: redact(String(code)) }),
      ...(typeof stack === 'string' && { stack: redact(stack) }),
      ...(cause !== undefined && depth < 3 && { cause: describeError(cause, depth + 1) }),
    };
  } catch {
    return { type: 'unknown', message: 'something was thrown that cannot be read' };
  }
}

/** What went wrong, in a line. A host name with several addresses fails with an error that has a code and no message. */
export function headline({ message, code, type }: LoggedError): string {
  return message === '' ? (code ?? type) : message;
}
