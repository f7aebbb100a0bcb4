import { type IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { discard } from '../../base/streams.js';
import type { Answer } from '../answer/headers.js';
import { hasBody } from '../body/read.js';
import { sendWhole } from '../whole.js';

// How much of a refused body is still taken, so that the client gets to read why, and for how long.
const lingerBytes = 4 * 1024 * 1024;
const lingerMs = 2_000;

/**
 * Sends an answer over `node:http`. A body that is a stream is given back, with the head sent: it is still to be piped.
 * Throws where a header cannot be sent; nothing has gone out then.
 */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Readable | undefined {
  const { status, headers, body } = answer;
  const isStream = body instanceof Readable;
  if (response.headersSent || response.destroyed || response.writableEnded) {
    discard(body);
    return undefined;
  }
  const isHead = request.method === 'HEAD';
  if (isHead || !sendWhole(request, response, answer)) {
    try {
      writeHead(response, status, headers);
    } catch (error) {
      discard(body);
      throw error;
    }
    if (isStream && !isHead) {
      // Whoever waits for the first event should know that it is connected.
      response.flushHeaders();
      return body;
    }
    discard(body);
    if (body === undefined || isStream || isHead) response.end();
    else response.end(body);
  }
  if (!request.complete && hasBody(request.headers)) linger(request);
  return undefined;
}

/** Sends a stream; `done` hears of its end, with an error where it broke off and the client had not gone. */
export function pipe(body: Readable, response: ServerResponse, done: (error: Error | undefined) => void): void {
  pipeline(body, response, (error) => done(error && !isGone(error) ? error : undefined));
}

function writeHead(response: ServerResponse, status: number, headers: readonly string[]): void {
  // Sessions, compression and logging patch writeHead, and older ones do not understand its array form.
  if (response.writeHead === ServerResponse.prototype.writeHead && response.getHeaderNames().length === 0) {
    response.writeHead(status, headers as string[]);
    return;
  }
  const set = new Set<string>();
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]!;
    const value = headers[index + 1]!;
    // Vary and cookies add to what the host said; anything else replaces it, and our own repeats add up.
    if (set.has(name) || name === 'vary' || name === 'set-cookie') response.appendHeader(name, value);
    else response.setHeader(name, value);
    set.add(name);
  }
  response.statusCode = status;
}

/** The client went away while we sent: that is no failure of ours. */
function isGone(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE';
}

/**
 * Takes a little more of a body that nobody wants: closing at once would reset the connection before the client has read the answer,
 * reading on for ever would let it send what it likes.
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
