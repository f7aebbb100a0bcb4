import { IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import type { Answer } from './answer/headers.js';

/** What Node keeps of a response, as far as it is needed here. */
interface Inside {
  _header: string | null;
  _headerSent: boolean;
  _hasBody: boolean;
  chunkedEncoding: boolean;
  _defaultKeepAlive: boolean;
  _removedConnection: boolean;
  _removedContLen: boolean;
  _keepAliveTimeout: number;
  _maxRequestsPerSocket: number;
  maxRequestsOnConnectionReached: boolean;
  /** Missing in the types. */
  getRawHeaderNames(): string[];
}

/**
 * Sends head and body as one text, with one write: Node would check every name and value again, and before 24.21 hand an empty second
 * piece to the socket. It leans on fields that are Node's own, so it is tried out before it is used, and used only where the
 * client gets the same bytes: the text is ASCII, the connection stays, and nobody has put a hand on the response but to set headers
 * that are no concern of ours, as Express does. False: nothing was sent.
 */
export function sendWhole(request: IncomingMessage, response: ServerResponse, answer: Answer): boolean {
  const inside = response as unknown as Inside;
  const keepAliveMs = inside._keepAliveTimeout;
  // Compared with what they must be: a field that a later Node does not have is undefined.
  if (
    !answer.isSafeText ||
    inside._header !== null ||
    inside._headerSent !== false ||
    inside._hasBody !== true ||
    inside.chunkedEncoding !== false ||
    inside._defaultKeepAlive !== true ||
    inside._removedConnection !== false ||
    inside._removedContLen !== false ||
    inside._maxRequestsPerSocket !== 0 ||
    inside.maxRequestsOnConnectionReached !== false ||
    typeof keepAliveMs !== 'number' ||
    response.shouldKeepAlive !== true ||
    response.sendDate !== true ||
    response.statusMessage !== undefined ||
    request.httpVersionMajor !== 1 ||
    request.httpVersionMinor !== 1 ||
    response.writeHead !== writeHead ||
    response.end !== end ||
    response.write !== write ||
    !canSendWhole()
  ) {
    return false;
  }
  const { status, headers, body } = answer;
  const given = headOf(inside, response, headers);
  if (given === undefined) return false;
  let head = statusLine(status) + given;
  for (let index = 0; index < headers.length; index += 2) {
    // While fusio stops, an answer says that the connection ends.
    if (headers[index] === 'connection') return false;
    head += headers[index]!;
    head += ': ';
    head += headers[index + 1]!;
    head += '\r\n';
  }
  response.statusCode = status;
  response.statusMessage = reasonOf(status);
  head += dateLine();
  head += 'Connection: keep-alive\r\n';
  if (keepAliveMs > 0) head += keepAliveLine(keepAliveMs);
  head += '\r\n';
  head += body as string;
  inside._header = head;
  response.end();
  return true;
}

/** The lines of headers that are set already; undefined where one of them has to do with ours, or with how the message is framed. */
function headOf(inside: Inside, response: ServerResponse, headers: readonly string[]): string | undefined {
  const names = inside.getRawHeaderNames();
  let head = '';
  for (const name of names) {
    const lower = name.toLowerCase();
    const value = response.getHeader(lower);
    if (typeof value !== 'string' || framing.has(lower) || headers.includes(lower)) return undefined;
    head += name;
    head += ': ';
    head += value;
    head += '\r\n';
  }
  return head;
}

const framing = new Set(['connection', 'keep-alive', 'date', 'expect', 'trailer', 'transfer-encoding', 'upgrade']);

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
    // Agents listen for new responses: they must find a request that is one.
    const request = new IncomingMessage(new Socket());
    Object.assign(request, { method: 'GET', url: '/', httpVersion: '1.1', httpVersionMajor: 1, httpVersionMinor: 1 });
    const response = new ServerResponse(request);
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

function reasonOf(status: number): string {
  return STATUS_CODES[status] ?? 'unknown';
}

const statusLines = new Map<number, string>();

function statusLine(status: number): string {
  let line = statusLines.get(status);
  if (line === undefined) {
    line = `HTTP/1.1 ${status} ${reasonOf(status)}\r\n`;
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
