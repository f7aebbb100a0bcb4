import type { Recorded } from '../pipeline/recorder.js';

/** Tells whether the caller closed the connection before the answer: then no status was sent, for any outcome. */
export function isGone({ origin: { http } }: Recorded): boolean {
  if (!http) return false;
  const { req, res } = http;
  return res ? res.closed && !res.headersSent : 'signal' in req && req.signal.aborted;
}
