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
  /** Undefined through `fetch`. */
  readonly res: ServerResponse | undefined;
  /** The bytes of the body, as fusio read them; undefined without a body and when a host's parser read it. */
  readonly rawBody: Buffer | undefined;
}

type EmptyStatus = 204 | 205 | 301 | 302 | 303 | 304 | 307 | 308;

export interface Respond<Replies> {
  <Status extends keyof Replies & number>(
    status: Status,
    body: NoInfer<Replies[Status]>,
    headers?: ReplyHeaders,
  ): Reply;
  /** Without a body: 204, 304, redirects. */
  (status: EmptyStatus, body?: undefined, headers?: ReplyHeaders): Reply;
}

/** What an action is given besides the request. No function of it uses `this`: take it apart. */
export interface Context<Connections = {}, Events = {}, Replies = any> {
  /** Clients by name. */
  readonly connections: Connections;
  /** The client of a connection that was registered with `fusio.connection`. */
  readonly connection: <Client>(connection: ConnectionHandle<Client>) => Client;
  readonly user: User;
  readonly app: App | undefined;
  readonly token: Token | undefined;
  readonly scopes: readonly string[];
  readonly operation: OperationInfo | undefined;
  readonly source: Source;
  readonly requestId: string;
  readonly ip: string | undefined;
  readonly log: Logger;
  /**
   * Aborts when the client is gone, when the time is up and at shutdown (an event stream at once, anything else when the
   * time to drain is over). Made on first use.
   */
  readonly signal: AbortSignal;
  readonly run: Run | undefined;
  /** The raw request and response; undefined for an invocation that did not come over HTTP. */
  readonly http: HttpExchange | undefined;
  /** The files of a `multipart/form-data` request, in the order of the form; empty for any other request. */
  readonly files: AsyncIterable<UploadedFile>;
  readonly dispatch: Dispatch<Events>;
  readonly call: Call;
  /** Answers with a status and headers of your own; the body is typed by the status. */
  readonly respond: Respond<Replies>;
}

/** The context of an action that belongs to no fusio in particular: every connection by name, `unknown` until told. */
export type AnyContext = Context<{ readonly [name: string]: unknown }, {}>;
