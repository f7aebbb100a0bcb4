import { Readable } from 'node:stream';
import { isReply } from '../action/reply.js';
import { findPromise } from '../base/promise.js';
import { discard } from '../base/streams.js';

/** Lets go of a result, an outcome or an answer that will not be sent: its stream would stay open, its promises be unhandled. */
export function drop(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Readable) return discard(value);
  findPromise(value);
  discard(isReply(value) ? value.body : value);
  if ('body' in value) discard(value.body);
}
