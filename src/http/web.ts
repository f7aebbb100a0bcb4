import { Readable } from 'node:stream';
import type { Answer } from './headers.js';

/** An answer as a web `Response`. `done` is called once its last byte is read or its reader is gone. */
export function toResponse({ status, headers, body }: Answer, method: string, done: () => void): Response {
  const fields = new Headers();
  for (let index = 0; index < headers.length; index += 2) fields.append(headers[index]!, headers[index + 1]!);
  if (body instanceof Readable) {
    if (method === 'HEAD') body.destroy();
    else {
      // Node's own adapter does not tell when the stream is over for a reason of its own.
      if (body.closed) done();
      else body.once('close', done);
      return new Response(Readable.toWeb(body) as ReadableStream, { status, headers: fields });
    }
  }
  done();
  const content =
    method === 'HEAD' || status === 204 || status === 304
      ? null
      : ((body as string | Uint8Array<ArrayBuffer> | undefined) ?? null);
  return new Response(content, { status, headers: fields });
}
