import { Readable } from 'node:stream';

/**
 * Destroys a stream that will not be sent, and ignores its errors: an unhandled `error` event would end the process.
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

/** Makes a stream of Node of a web stream: the types of both name the same class, and do not fit each other. */
export function fromWeb(stream: ReadableStream): Readable {
  // Cast: see above.
  return Readable.fromWeb(stream as never);
}

/** Listens to an error that is reported in another way, or to none. */
export function ignore(): void {}
