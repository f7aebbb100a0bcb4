import type { ReplyHeaders } from '../base/errors.js';
import { hush } from '../base/promise.js';

/** A result with a status and headers of its own: returned by `respond`. Only `respond` makes one. */
export interface Reply {
  readonly '~reply': true;
  /** HTTP status, from 200 to 599. */
  readonly status: number;
  /** Header fields beside those of the operation. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** The body, checked against the schema that the operation declares for the status. */
  readonly body: unknown;
}

/** Answers with any status, where no context is at hand. In an action prefer `context.respond`, which knows the operation's statuses. */
export function respond(status: number, body?: unknown, headers?: ReplyHeaders): Reply {
  const reply: Reply = {
    '~reply': true,
    status,
    headers: headers === undefined ? noHeaders : cleanHeaders(headers),
    body,
  };
  return Object.defineProperty(reply, brand, { value: true });
}

// A symbol, which JSON cannot contain: a request's body that an action returns must not become a reply with headers that the caller chose.
// Registered by name, because the ESM and the CommonJS copy of fusio may be in one process.
const brand = Symbol.for('fusio.reply');

/** Tells a reply of either copy of fusio from a plain result. */
export function isReply(value: unknown): value is Reply {
  // The name first: looking for a symbol in values of ever new shapes is slow.
  return typeof value === 'object' && value !== null && '~reply' in value && value['~reply'] === true && brand in value;
}

const noHeaders: Reply['headers'] = Object.freeze({});

function cleanHeaders(headers: ReplyHeaders): Reply['headers'] {
  const clean: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    // One that was not awaited: the answer refuses it.
    hush(value);
    if (value !== undefined) clean[name] = typeof value === 'number' ? String(value) : value;
  }
  return clean;
}
