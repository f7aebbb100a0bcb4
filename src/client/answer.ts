import { ClientError } from './client-error.js';
import { readEvents } from './events.js';

/** Reads the body of an answer: parsed JSON, events, text, or a blob for any other media type. Undefined if there is no body. */
export async function readAnswer(
  name: string,
  response: Response,
  method: string,
  release: () => void,
): Promise<{ readonly value: unknown; readonly isStreaming: boolean }> {
  const type = typeOf(response);
  if (method === 'HEAD' || response.status === 204 || response.status === 205) {
    return { value: undefined, isStreaming: false };
  }
  if (type === 'text/event-stream' && response.body) {
    return { value: readEvents(response.body, release), isStreaming: true };
  }
  if (isJson(type)) return { value: parse(name, response, await response.text()), isStreaming: false };
  if (type.startsWith('text/')) return { value: await response.text(), isStreaming: false };
  const blob = await response.blob();
  return { value: type === '' && blob.size === 0 ? undefined : blob, isStreaming: false };
}

/** Reads the body of an error: the problem document, or text if it is not JSON. */
export async function readError(response: Response): Promise<any> {
  const text = await response.text();
  if (!isJson(typeOf(response))) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parse(name: string, response: Response, text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new ClientError(response, text, `${name}: the answer has a JSON media type, but is not valid JSON`);
  }
}

/** Gives the media type without its parameters, in lower case. */
function typeOf(response: Response): string {
  const type = response.headers.get('content-type') ?? '';
  return type.replace(/;.*/s, '').trim().toLowerCase();
}

function isJson(type: string): boolean {
  return /^application\/json$|\+json$/.test(type);
}
