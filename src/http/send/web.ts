import { Readable } from 'node:stream';
import { discard, ignore } from '../../base/streams.js';
import { type Answer, eachHeader } from '../answer/headers.js';
import type { Ended } from '../request/request.js';

/** Makes a web `Response` of an answer. Throws where a header cannot be sent. */
export function toResponse({ status, headers, body }: Answer, method: string, ended: Ended): Response {
  const fields = headersOf(headers, body);
  if (body instanceof Readable && method !== 'HEAD') {
    // The reader gets the error with its next chunk; before its first one nothing else listens, and the process would end.
    body.on('error', ignore);
    const response = new Response(bytesOf(body), { status, headers: fields });
    const tell = () => ended(body.errored ?? undefined);
    if (body.closed) tell();
    else body.once('close', tell);
    return response;
  }
  discard(body);
  const isEmpty = body instanceof Readable || method === 'HEAD' || status === 204 || status === 205 || status === 304;
  const response = new Response(isEmpty ? null : (body ?? null), { status, headers: fields });
  ended(undefined);
  return response;
}

function headersOf(headers: readonly string[], body: unknown): Headers {
  const fields = new Headers();
  try {
    eachHeader(headers, (name, value) => fields.append(name, value));
  } catch (error) {
    discard(body);
    throw error;
  }
  return fields;
}

/** The bytes of a stream, whose chunks may be texts; nothing is read ahead of the reader. */
function bytesOf(body: Readable): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<unknown> = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        // The step `answer` lets through streams of texts and bytes only.
        else controller.enqueue(typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array));
      },
      cancel: () => void body.destroy(),
    },
    { highWaterMark: 0 },
  );
}
