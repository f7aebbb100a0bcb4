import { ClientError } from './client-error.js';
import { readEvents } from './events.js';

/** The value of an answer: parsed JSON, events, text, or a blob of any other media type. Nothing where there is no body. */
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

/** The problem document of an error, or its text. */
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
    throw new ClientError(response, text, `${name}: the answer is not the JSON that it says it is`);
  }
}

/** The media type without its parameters. */
function typeOf(response: Response): string {
  const type = response.headers.get('content-type') ?? '';
  return type.replace(/;.*/s, '').trim().toLowerCase();
}

function isJson(type: string): boolean {
  return /^application\/json$|\+json$/.test(type);
}
