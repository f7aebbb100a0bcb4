import { Readable } from 'node:stream';

/**
 * Ends a stream that is not sent after all. What it has to complain of meanwhile nobody hears: an `error` without a listener
 * would end the process.
 */
export function discard(body: unknown): void {
  if (body instanceof Readable) {
    body.on('error', ignore);
    body.destroy();
    return;
  }
  const web = body instanceof Response ? body.body : body;
  if (web instanceof ReadableStream && !web.locked) void web.cancel().catch(ignore);
}

function ignore(): void {}
