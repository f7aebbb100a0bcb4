import type { Visit } from '../pipeline/invocation.js';

/** Whether the caller went away before the answer: then no status is sent, whatever the call came to. */
export function isGone({ entrance: { http } }: Visit): boolean {
  if (!http) return false;
  const { req, res } = http;
  return res ? res.closed && !res.writableFinished : 'signal' in req && req.signal.aborted;
}
