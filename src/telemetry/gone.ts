import type { Recorded } from '../pipeline/recorder.js';

/** Whether the caller went away before the answer: then no status was sent, whatever the invocation came to. */
export function isGone({ origin: { http } }: Recorded): boolean {
  if (!http) return false;
  const { req, res } = http;
  return res ? res.closed && !res.headersSent : 'signal' in req && req.signal.aborted;
}
