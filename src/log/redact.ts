// Forms of secrets in texts of others: messages of drivers, URLs, headers.
const patterns: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, '$1 [redacted]'],
  [/([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:]{0,256}:[^\s/@]{1,256}@/gi, '$1[redacted]@'],
  [/\b(whsec_|fus_(?:live|test)_)[\w+/=-]+/g, '$1[redacted]'],
  [/\b(password|passwd|secret|token|api[_-]?key|authorization)(["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi, '$1$2[redacted]'],
];

/** Takes texts in the form of a credential out of a text, and cuts it at 4,000 characters. */
export function redact(text: string): string {
  let clean = text.length > 4000 ? `${text.slice(0, 4000)}…` : text;
  for (const [pattern, replacement] of patterns) clean = clean.replace(pattern, replacement);
  return clean;
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
      type: typeof name === 'string' ? name : 'Object',
      message: redact(typeof message === 'string' ? message : 'an object was thrown that is no error'),
      ...((typeof code === 'string' || typeof code === 'number') && { code: String(code) }),
      ...(typeof stack === 'string' && { stack: redact(stack) }),
      ...(cause !== undefined && depth < 3 && { cause: describeError(cause, depth + 1) }),
    };
  } catch {
    return { type: 'unknown', message: 'something was thrown that cannot be read' };
  }
}
