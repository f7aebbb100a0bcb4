import { type IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { discard, errorOf } from '../../base/streams.js';
import { type Answer, eachHeader } from '../answer/headers.js';
import { isShort } from '../body/collect.js';
import { hasBody } from '../body/read.js';
import type { Ended } from '../request/request.js';
import { pump } from './pump.js';

// How much of the rest of a body is still read after the answer, so that the client gets to read the answer, how long without
// a byte, and how many times as long in all.
const lingerBytes = 4 * 1024 * 1024;
const lingerMs = 2_000;
const lingerRounds = 5;

/**
 * Sends an answer over `node:http`; `isLast`: the connection ends after it. Throws where a header cannot be sent; then nothing was.
 *
 * RFC 9112, 9.3 and 9.6: an answer that is given before the body has come says that the connection ends, unless the rest is short
 * enough to be taken.
 */
export function sendNode(
  request: IncomingMessage & { readonly proceed?: boolean },
  response: ServerResponse,
  { status, headers: given, body }: Answer,
  isLast: boolean,
  ended: Ended,
): void {
  if (response.destroyed || response.writableEnded) {
    discard(body);
    return ended(undefined);
  }
  if (response.headersSent) {
    discard(body);
    // Nothing would end it: the client would wait for its rest until it gives up.
    response.destroy();
    return ended(new Error('code of the app has begun an answer by itself, and not ended it'));
  }
  const isUnread = !request.complete && hasBody(request.headers);
  const isEnding = given.includes('connection') || isLast || (isUnread && !isTaken(request));
  const headers = isEnding && !given.includes('connection') ? [...given, 'connection', 'close'] : given;
  try {
    writeHead(response, status, headers);
  } catch (error) {
    discard(body);
    // Node set it before it found the mistake, and would send it with the error.
    response.statusMessage = '';
    throw error;
  }
  try {
    sendBody(request, response, body, isUnread, isEnding, ended);
  } catch (error) {
    discard(body);
    // Nothing is out yet: a problem can still be sent in its place.
    if (!response.headersSent) throw error;
    response.destroy();
    ended(errorOf(error));
  }
}

function sendBody(
  request: IncomingMessage,
  response: ServerResponse,
  body: Answer['body'],
  isUnread: boolean,
  isEnding: boolean,
  ended: Ended,
): void {
  const isStream = body instanceof Readable;
  if (isStream && request.method !== 'HEAD') {
    // A client that waits for the first event sees that it is connected.
    response.flushHeaders();
    const isLingering = isUnread && isEnding;
    pump(body, response, !isLingering, (pumped) => {
      ended(pumped.how === 'broken' ? pumped.error : undefined);
      if (isLingering && pumped.how === 'sent') linger(request, response);
    });
    return;
  }
  discard(body);
  const text = isStream || request.method === 'HEAD' ? undefined : body;
  if (!isUnread || !isEnding) {
    if (text === undefined) response.end();
    else response.end(text);
  } else if (text === undefined) response.flushHeaders();
  else response.write(text);
  // What `ended` lets go of, an unread form, pauses the request: reading on comes after it.
  ended(undefined);
  if (isUnread) linger(request, isEnding ? response : undefined);
}

/** Whether reading the rest costs less than a new connection. A client that waits for a 100 may never send it. */
function isTaken(request: IncomingMessage & { readonly proceed?: boolean }): boolean {
  return request.proceed !== true && isShort(request.headers);
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
 * Reads the rest of a body, within limits: closing at once would reset the connection before the client has read the answer, and
 * reading on without end would let it send as much as it likes. `response` is all written; it ends, and the connection with it,
 * when the rest was read.
 */
function linger(request: IncomingMessage, response?: ServerResponse): void {
  const { socket } = request;
  let taken = 0;
  let takenBefore = 0;
  let rounds = 0;
  const timer = setInterval(look, lingerMs);
  timer.unref();
  function look(): void {
    rounds++;
    if (taken === takenBefore || rounds === lingerRounds) giveUp();
    takenBefore = taken;
  }
  function giveUp(): void {
    stop();
    // A download that is slower than that is finished first.
    if (response?.writableEnded && !response.writableFinished) response.once('finish', () => socket.destroy());
    else socket.destroy();
  }
  function stop(): void {
    clearInterval(timer);
    request.off('data', count).off('end', stop).off('close', stop);
    try {
      response?.end();
    } catch {
      // An `end` that the host has replaced.
      response?.destroy();
    }
  }
  function count(chunk: Buffer): void {
    taken += chunk.length;
    if (taken > lingerBytes) giveUp();
  }
  request.on('data', count).on('end', stop).on('close', stop);
  request.resume();
}
