import { isReply } from '../action/reply.js';
import { discard } from '../base/streams.js';

/** Lets go of a result, an outcome or an answer that will not be sent: its stream would stay open. */
export function drop(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  discard(isReply(value) ? value.body : value);
  if ('body' in value) discard(value.body);
}
