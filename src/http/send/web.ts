import { Readable } from 'node:stream';
import { discard, endedEarly, errorOf } from '../../base/streams.js';
import { type Answer, eachHeader } from '../answer/headers.js';
import type { Ended } from '../request/request.js';

/** Makes a web `Response` of an answer. `left` is called when its reader cancels the body. Throws where a header cannot be sent. */
export function toResponse(
  { status, headers, body }: Answer,
  method: string,
  left: () => void,
  ended: Ended,
): Response {
  const fields = headersOf(headers, body);
  if (body instanceof Readable && method !== 'HEAD') {
    return new Response(bytesOf(body, left, ended), { status, headers: fields });
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

/** The bytes of a stream, whose chunks may be texts; nothing is read ahead of the reader. `ended` is called once. */
function bytesOf(body: Readable, left: () => void, ended: Ended): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<unknown> = body[Symbol.asyncIterator]();
  let isOver = false;
  function over(error?: Error): void {
    if (isOver) return;
    isOver = true;
    body.off('close', onClose);
    ended(error);
  }
  const onClose = (): void => over(body.errored ?? (body.readableEnded ? undefined : endedEarly()));
  if (body.closed) onClose();
  else body.once('close', onClose);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (!done) {
            // The step `answer` lets through streams of texts and bytes only.
            controller.enqueue(typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array));
            return;
          }
          controller.close();
          over();
        } catch (error) {
          over(errorOf(error));
          throw error;
        }
      },
      cancel() {
        left();
        discard(body);
        over();
      },
    },
    { highWaterMark: 0 },
  );
}
