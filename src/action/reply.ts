import type { ReplyHeaders } from '../base/errors.js';

/** What `respond` returns: a body with its own status and headers. */
export interface Reply {
  readonly '~reply': true;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: unknown;
}

/** Answers with any status, outside an action's context. In an action prefer `context.respond`, which knows the operation's statuses. */
export function respond(status: number, body?: unknown, headers?: ReplyHeaders): Reply {
  const reply: Reply = {
    '~reply': true,
    status,
    headers: headers === undefined ? noHeaders : cleanHeaders(headers),
    body,
  };
  return Object.defineProperty(reply, brand, { value: true });
}

// A symbol, which no JSON can make: a body that an action hands back must not become a reply with headers of a stranger's choosing.
// Shared, because the ESM and the CommonJS copy of fusio may meet in one process.
const brand = Symbol.for('fusio.reply');

export function isReply(value: unknown): value is Reply {
  // The name first: to look for a symbol in values of ever new shapes takes long.
  return typeof value === 'object' && value !== null && (value as Partial<Reply>)['~reply'] === true && brand in value;
}

const noHeaders: Reply['headers'] = Object.freeze({});

function cleanHeaders(headers: ReplyHeaders): Reply['headers'] {
  const clean: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) clean[name] = typeof value === 'number' ? String(value) : value;
  }
  return clean;
}
