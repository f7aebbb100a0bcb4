// Imported because the global `Buffer` is a getter, and slow.
import { Buffer } from 'node:buffer';
import { pipeline, Readable, Transform } from 'node:stream';
import { isFile } from '../../action/file.js';
import { FusioError } from '../../base/errors.js';
import { discard, fromWeb } from '../../base/streams.js';
import type { Outcome, Transported } from '../../pipeline/transport.js';
import { answerFile } from './file.js';
import { type Answer, type Conditions, hopByHop, replace, setDefault } from './headers.js';
import { started } from './started.js';

/** Answers with a text, bytes, a Blob, a file, a web `Response` or a stream as it is. */
export function answerRaw(
  invocation: Transported,
  { status, body, mediaType }: Outcome & { kind: 'raw' },
  headers: string[],
  conditions: Conditions,
): Answer | Promise<Answer> {
  if (body instanceof Response) return answerResponse(invocation, body, headers, conditions);
  if (isFile(body))
    return answerFile(body, status, headers, mediaType, conditions).then((answer) => held(invocation, answer));
  if (typeof body === 'string') {
    setDefault(headers, 'content-type', withCharset(mediaType ?? 'text/plain'));
    replace(headers, 'content-length', String(Buffer.byteLength(body)));
    return { status, headers, body };
  }
  if (body instanceof Uint8Array) {
    setDefault(headers, 'content-type', mediaType ?? 'application/octet-stream');
    replace(headers, 'content-length', String(body.byteLength));
    // A web `Response` takes no shared memory.
    return { status, headers, body: body.buffer instanceof ArrayBuffer ? body : new Uint8Array(body) };
  }
  if (body instanceof Blob) {
    setDefault(headers, 'content-type', mediaType ?? (body.type || 'application/octet-stream'));
    replace(headers, 'content-length', String(body.size));
    return held(invocation, { status, headers, body: fromWeb(body.stream()) });
  }
  setDefault(headers, 'content-type', mediaType ?? 'application/octet-stream');
  return started(invocation, status, headers, streamOf(body), conditions);
}

/** A web `Response` is passed on with its own status and headers. */
function answerResponse(
  invocation: Transported,
  response: Response,
  headers: string[],
  conditions: Conditions,
): Answer | Promise<Answer> {
  // `fetch` has unpacked the body already, so its length is another one, and hop-by-hop fields are not to be passed on.
  const dropped = new Set([...hopByHop, 'content-encoding', 'content-length']);
  for (const name of response.headers.get('connection')?.split(',') ?? []) dropped.add(name.trim().toLowerCase());
  for (const [name, value] of response.headers) {
    if (!dropped.has(name)) replace(headers, name, value);
  }
  if (!response.body) return { status: response.status, headers, body: undefined };
  return started(invocation, response.status, headers, fromWeb(response.body), conditions);
}

/** Ties the stream of an answer, where there is one, to the invocation. */
function held(invocation: Transported, answer: Answer): Answer {
  if (answer.body instanceof Readable) invocation.hold(answer.body, false);
  return answer;
}

function streamOf(body: Readable | ReadableStream | AsyncIterable<unknown>): Readable {
  // A stream of objects may hold objects that cannot be sent: `node:http` would throw outside of any `try`.
  if (body instanceof Readable) return body.readableObjectMode ? sendable(body) : body;
  if (body instanceof ReadableStream) return fromWeb(body);
  return relay(body);
}

function sendable(chunks: Readable): Readable {
  const checked = new Transform({
    writableObjectMode: true,
    transform(chunk: unknown, _encoding, done) {
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) return done(null, chunk);
      done(new FusioError('RESULT_INVALID', `a stream of texts or bytes can be sent, this one gave ${typeof chunk}`));
    },
  });
  // `pipeline` destroys both where one fails; the reader of `checked` gets the errors.
  return pipeline(chunks, checked, () => {});
}

/** A stream of another copy of `readable-stream`, read through its iterator. */
function relay(body: AsyncIterable<unknown>): Readable {
  // An iterator that waits for its next chunk does not hear that nobody reads on.
  return sendable(Readable.from(body)).once('close', () => discard(body));
}

function withCharset(mediaType: string): string {
  return mediaType.startsWith('text/') && !mediaType.includes('charset') ? `${mediaType}; charset=utf-8` : mediaType;
}
