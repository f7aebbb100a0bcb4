import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { discard, endedEarly, errorOf, ignore } from '../../base/streams.js';

/**
 * How the sending of a stream ended: all was sent; the client left; the stream broke, with its error; or the response could not be
 * written, because of the host's code.
 */
export type Pumped = { readonly how: 'sent' | 'left' } | { readonly how: 'broken'; readonly error: Error };

/**
 * Sends a stream over `node:http`, and calls `done` once. Unlike `pipeline` of Node it tells the two sides apart, whose errors may be
 * the same (a gateway's upstream is reset as a client is), and nothing that the code of the app or of the host throws leaves it.
 * `ends`: the response ends with the stream.
 */
export function pump(body: Readable, response: ServerResponse, ends: boolean, done: (pumped: Pumped) => void): void {
  let isOver = false;

  function over(pumped: Pumped): void {
    if (isOver) return;
    isOver = true;
    body.off('data', onData).off('end', onEnd).off('close', onBodyClose).off('error', onError).on('error', ignore);
    response.off('drain', onDrain).off('finish', onFinish).off('close', onGone).off('error', onGone);
    if (pumped.how !== 'sent') {
      discard(body);
      response.on('error', ignore).destroy();
    }
    done(pumped);
  }
  /** Runs what may reach code of the app or of the host. */
  function attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      over({ how: 'broken', error: errorOf(error) });
    }
  }
  const onData = (chunk: unknown): void =>
    attempt(() => {
      if (!response.write(chunk)) body.pause();
    });
  const onDrain = (): void => attempt(() => body.resume());
  const onEnd = (): void =>
    attempt(() => {
      if (ends) response.end();
      else over({ how: 'sent' });
    });
  const onError = (error: unknown): void => over({ how: 'broken', error: errorOf(error) });
  const onBodyClose = (): void => {
    // After its end it is the response that counts.
    if (!body.readableEnded) onError(body.errored ?? endedEarly());
  };
  const onFinish = (): void => over({ how: 'sent' });
  const onGone = (): void => over({ how: 'left' });

  attempt(() => {
    response.on('drain', onDrain).on('finish', onFinish).on('close', onGone).on('error', onGone);
    body.on('error', onError).on('end', onEnd).on('close', onBodyClose);
    // What happened already is not told again.
    if (response.destroyed) onGone();
    else if (body.errored) onError(body.errored);
    else if (body.readableEnded) onEnd();
    else if (body.destroyed) onBodyClose();
    else body.on('data', onData).resume();
  });
}
