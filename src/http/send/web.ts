import { Readable } from 'node:stream';
import { discard } from '../../base/streams.js';
import type { Answer } from '../answer/headers.js';

/** An answer as a web `Response`. `done` is called once its last byte is read or its reader is gone. Throws where a header cannot be sent. */
export function toResponse(
  { status, headers, body }: Answer,
  method: string,
  done: (error: Error | undefined) => void,
): Response {
  const fields = new Headers();
  for (let index = 0; index < headers.length; index += 2) fields.append(headers[index]!, headers[index + 1]!);
  if (body instanceof Readable) {
    if (method !== 'HEAD') {
      const response = new Response(bytesOf(body), { status, headers: fields });
      const tell = () => done(body.errored ?? undefined);
      if (body.closed) tell();
      else body.once('close', tell);
      return response;
    }
    discard(body);
  }
  const content =
    method === 'HEAD' || status === 204 || status === 304
      ? null
      : ((body as string | Uint8Array<ArrayBuffer> | undefined) ?? null);
  const response = new Response(content, { status, headers: fields });
  done(undefined);
  return response;
}

/** The bytes of a stream, whose chunks may be texts; nothing is read ahead of the reader. */
function bytesOf(body: Readable): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<unknown> = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array));
      },
      cancel: () => void body.destroy(),
    },
    { highWaterMark: 0 },
  );
}
