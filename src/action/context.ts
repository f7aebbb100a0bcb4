import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App, Token, User } from '../access/caller.js';
import type { ReplyHeaders } from '../base/errors.js';
import type { ConnectionHandle } from '../connection/connection.js';
import type { Logger } from '../log/logger.js';
import type { Source } from '../signal/signals.js';
import type { Dispatch } from './dispatch.js';
import type { Call, OperationInfo } from './handle.js';
import type { Reply } from './reply.js';
import type { UploadedFile } from './request.js';

/** The run of a cronjob, a trigger or a queued action. */
export interface Run {
  /** Unique id of the run: its attempts share it. */
  readonly id: string;
  /** The planned instant of a cronjob's run. */
  readonly slot?: Date;
  /** Counts from 1. */
  readonly attempt: number;
  /** Grows with every claim: use it in conditional writes. */
  readonly fence: number;
  /** The event that pulled the trigger. */
  readonly event?: { readonly id: string; readonly name: string; readonly timestamp: Date };
}

/** The HTTP request of an invocation and its response, as the host has them. */
export interface HttpExchange {
  /** The host's own request: an Express `Request`, an `IncomingMessage`, or a web `Request` through `fetch`. */
  readonly req: IncomingMessage | globalThis.Request;
  /** The host's own response. Undefined through `fetch`. */
  readonly res: ServerResponse | undefined;
  /** The bytes of the body, as fusio read them; undefined without a body and when a host's parser read it. */
  readonly rawBody: Buffer | undefined;
}

/** Statuses of which an answer needs no body. */
export interface EmptyReplies {
  readonly 204: undefined;
  readonly 205: undefined;
  readonly 301: undefined;
  readonly 302: undefined;
  readonly 303: undefined;
  readonly 304: undefined;
  readonly 307: undefined;
  readonly 308: undefined;
}

/** The bodies that an operation may send, by status: any, where it is not known which operation runs. */
export interface AnyReplies {
  readonly [status: number]: unknown;
}

// A method, because TypeScript compares methods in both directions: the context of an operation, which knows its statuses, is then a
// context of an action that does not.
interface Respondent<Replies> {
  respond<Status extends keyof Replies & number>(
    status: Status,
    body: NoInfer<Replies[Status]>,
    headers?: ReplyHeaders,
  ): Reply;
  // Only for a call with nothing but a status: with two signatures for one number of arguments TypeScript reports the wrong one.
  respond(status: keyof EmptyReplies): Reply;
}

/** Answers with a status, a body that the operation declares for it and headers: `respond(status, body, headers?)`. Without a body: 204, 205, 304, redirects. */
export type Respond<Replies> = Respondent<Replies>['respond'];

/** The context of an action: the second argument it gets, beside the request. No function of it uses `this`: take it apart. */
export interface Context<Connections = {}, Events = {}, Replies = AnyReplies> {
  /** Clients by name. Reading one that cannot be opened throws `CONNECTION_UNAVAILABLE`. */
  readonly connections: Connections;
  /** The client of a connection that was registered with `fusio.connection`. Throws `CONNECTION_UNKNOWN` for a handle of another fusio. */
  readonly connection: <Client>(connection: ConnectionHandle<Client>) => Client;
  /** The user that calls. Always there: `user.anonymous` is true for a request without a credential. */
  readonly user: User;
  /** The consumer's client that calls; undefined where the principal names none. */
  readonly app: App | undefined;
  /** The credential of the call; undefined for the anonymous caller and the system. */
  readonly token: Token | undefined;
  /** Scopes that the caller holds. `todo` covers `todo.*`. */
  readonly scopes: readonly string[];
  /** The operation that runs; undefined for the action of a trigger or a cronjob. */
  readonly operation: OperationInfo | undefined;
  /** The way in which the call came: `http`, `call`, … */
  readonly source: Source;
  /** Id of the request for logs. Over HTTP it is `X-Request-Id` where the caller sent one of at most 128 letters, digits, `_`, `.`, `:` and `-`, so a caller may choose it. */
  readonly requestId: string;
  /** The caller's address, by the option `clientIp`, else by Express's `req.ip`, else by the socket. Undefined in process, and through `fetch` without the option. */
  readonly ip: string | undefined;
  /** The logger of the option `logger`, with the operation's name and the request's id where it has `child`. */
  readonly log: Logger;
  /**
   * Aborts when the client is gone, when the time is up and at shutdown (an event stream at once, anything else when the
   * time to drain is over). Made on first use.
   */
  readonly signal: AbortSignal;
  /** The run of a cronjob, a trigger or a queued action; undefined for a request and a call. */
  readonly run: Run | undefined;
  /** The raw request and response; undefined for an invocation that did not come over HTTP. */
  readonly http: HttpExchange | undefined;
  /** The files of a `multipart/form-data` request, in the order of the form; empty for any other request, and where `files` declares them. */
  readonly files: AsyncIterable<UploadedFile>;
  /** Dispatches an event, as `fusio.dispatch` does. Not in this version: rejects with `NOT_AVAILABLE`. */
  readonly dispatch: Dispatch<Events>;
  /** Runs an operation in process as the same caller, with the same request id; aborts with `signal`. */
  readonly call: Call;
  /** Answers with a status and headers of your own; the body is typed by the status. */
  readonly respond: Respond<Replies>;
}

/** The context of an action that belongs to no fusio in particular: every connection by name, `unknown` until told. */
export type AnyContext = Context<{ readonly [name: string]: unknown }, {}>;
