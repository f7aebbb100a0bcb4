import { type IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import { Writable } from 'node:stream';
import type { Answer } from './headers.js';

/** What Node keeps of a response, as far as it is needed here. */
interface Inside {
  _header: string | null;
  _headerSent: boolean;
  _hasBody: boolean;
  _defaultKeepAlive: boolean;
  _removedConnection: boolean;
  _removedContLen: boolean;
  _keepAliveTimeout: number;
  _maxRequestsPerSocket: number | null | undefined;
  maxRequestsOnConnectionReached: boolean;
}

/**
 * Sends head and body as one text, with one write: Node would check every name and value again, and write twice before 24.21.
 * It leans on a field that Node has had since 0.5, so it is tried out before it is used, and used only where the answer would be
 * the same to the byte: the head is ours alone, the text is ASCII, the connection stays, and nobody has put a hand on the response.
 * False: nothing was sent.
 */
export function sendWhole(request: IncomingMessage, response: ServerResponse, answer: Answer): boolean {
  const inside = response as unknown as Inside;
  if (
    !answer.isPlain ||
    inside._header !== null ||
    inside._headerSent ||
    !inside._hasBody ||
    !inside._defaultKeepAlive ||
    inside._removedConnection ||
    inside._removedContLen ||
    inside._maxRequestsPerSocket ||
    inside.maxRequestsOnConnectionReached ||
    !response.shouldKeepAlive ||
    !response.sendDate ||
    response.statusMessage !== undefined ||
    response.getHeaderNames().length > 0 ||
    request.httpVersionMinor !== 1 ||
    response.writeHead !== writeHead ||
    response.end !== end ||
    response.write !== write ||
    !canSendWhole()
  ) {
    return false;
  }
  const { status, headers, body } = answer;
  let head = statusLine(status);
  for (let index = 0; index < headers.length; index += 2) {
    // While fusio stops, an answer says that the connection ends.
    if (headers[index] === 'connection') return false;
    head += headers[index]!;
    head += ': ';
    head += headers[index + 1]!;
    head += '\r\n';
  }
  const keepAlive = inside._keepAliveTimeout;
  response.statusCode = status;
  head += dateLine();
  head += 'Connection: keep-alive\r\n';
  if (keepAlive) head += keepAliveLine(keepAlive);
  head += '\r\n';
  head += body as string;
  inside._header = head;
  response.end();
  return true;
}

// As they are before anybody has changed them.
const { writeHead, end, write } = ServerResponse.prototype;

let isProven: boolean | undefined;

/** Whether this Node sends what is in the field, once, and nothing else. */
function canSendWhole(): boolean {
  isProven ??= proves();
  return isProven;
}

function proves(): boolean {
  // An agent that was loaded before may have put its own in place of Node's: it wants to be called.
  if (!String(writeHead).includes('_storeHeader') || !String(end).includes('_send')) return false;
  try {
    const response = new ServerResponse({ method: 'GET', httpVersionMajor: 1, httpVersionMinor: 1 } as IncomingMessage);
    let sent = '';
    const socket = new Writable({
      write(chunk: Buffer, _encoding, done) {
        sent += chunk.toString('latin1');
        done();
      },
    });
    response.assignSocket(socket as never);
    (response as unknown as Inside)._header = 'head and body';
    response.end();
    return sent === 'head and body' && response.headersSent && response.writableEnded;
  } catch {
    return false;
  }
}

const statusLines = new Map<number, string>();

function statusLine(status: number): string {
  let line = statusLines.get(status);
  if (line === undefined) {
    line = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
    statusLines.set(status, line);
  }
  return line;
}

let keptMs = 0;
let keptLine = '';

function keepAliveLine(timeoutMs: number): string {
  if (timeoutMs !== keptMs) {
    keptMs = timeoutMs;
    keptLine = `Keep-Alive: timeout=${Math.floor(timeoutMs / 1000)}\r\n`;
  }
  return keptLine;
}

let date = '';

/** RFC 9110, 6.6.1: made once a second. */
function dateLine(): string {
  if (date === '') {
    const now = new Date();
    date = `Date: ${now.toUTCString()}\r\n`;
    setTimeout(forgetDate, 1000 - now.getMilliseconds()).unref();
  }
  return date;
}

function forgetDate(): void {
  date = '';
}
