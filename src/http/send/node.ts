import { type IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { discard } from '../../base/streams.js';
import { type Answer, eachHeader } from '../answer/headers.js';
import { hasBody } from '../body/read.js';
import type { Ended } from '../request/request.js';

// How much of a refused body is still read, so that the client gets to read the answer, and for how long.
const lingerBytes = 4 * 1024 * 1024;
const lingerMs = 2_000;

/** Sends an answer over `node:http`. Throws where a header cannot be sent; then nothing was. */
export function sendNode(request: IncomingMessage, response: ServerResponse, answer: Answer, ended: Ended): void {
  const { status, headers, body } = answer;
  if (response.headersSent || response.destroyed || response.writableEnded) {
    discard(body);
    return ended(undefined);
  }
  try {
    writeHead(response, status, headers);
  } catch (error) {
    discard(body);
    // Node set it before it found the mistake, and would send it with the error.
    response.statusMessage = '';
    throw error;
  }
  const isStream = body instanceof Readable;
  if (isStream && request.method !== 'HEAD') {
    // A client that waits for the first event sees that it is connected.
    response.flushHeaders();
    // Whether the client went away before the stream failed: the error of `pipeline` may be the same.
    let isClientGone = false;
    const onGone = () => {
      isClientGone ||= body.errored === null;
    };
    response.once('close', onGone).once('error', onGone);
    pipeline(body, response, (error) => ended(error && !isClientGone ? error : undefined));
    return;
  }
  discard(body);
  if (body === undefined || isStream || request.method === 'HEAD') response.end();
  else response.end(body);
  if (!request.complete && hasBody(request.headers)) linger(request);
  ended(undefined);
}

function writeHead(response: ServerResponse, status: number, headers: readonly string[]): void {
  // Middleware for sessions, compression and logging patches writeHead, and older ones do not understand its array form.
  if (response.writeHead === ServerResponse.prototype.writeHead && response.getHeaderNames().length === 0) {
    // The types want an array that may be changed; Node only reads it.
    response.writeHead(status, headers as string[]);
    return;
  }
  const set = new Set<string>();
  eachHeader(headers, (name, value) => {
    // Vary and cookies are added to those of the host; any other field replaces the host's, and our own repeats add up.
    if (set.has(name) || name === 'vary' || name === 'set-cookie') response.appendHeader(name, value);
    else response.setHeader(name, value);
    set.add(name);
  });
  response.statusCode = status;
}

/**
 * Reads a little more of a body that was refused: closing at once would reset the connection before the client has read the
 * answer, and reading on without end would let it send as much as it likes.
 */
function linger(request: IncomingMessage): void {
  const { socket } = request;
  let taken = 0;
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  timer.unref();
  function stop(): void {
    clearTimeout(timer);
    request.off('data', count).off('end', stop).off('close', stop);
  }
  function count(chunk: Buffer): void {
    taken += chunk.length;
    if (taken <= lingerBytes) return;
    stop();
    socket.destroy();
  }
  request.on('data', count).on('end', stop).on('close', stop);
  request.resume();
}
