import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Application } from 'express';
import type { ActionFunction, ActionHandle, ActionObject, Awaitable } from '../action/action.js';
import type { Around } from '../action/around.js';
import type { Context } from '../action/context.js';
import type { Dispatch, EventHandle, EventReference, PayloadOf } from '../action/dispatch.js';
import type { AnyResult } from '../action/form.js';
import type { Call } from '../action/handle.js';
import type { ActionRequest } from '../action/request.js';
import type { Joined } from '../base/joined.js';
import type { Connection, ConnectionHandle } from '../connection/connection.js';
import type { CronjobHandle, CronjobOptions } from '../cronjob/cronjob.js';
import type { EventOptions } from '../event/event.js';
import type { TriggerHandle, TriggerOptions } from '../event/trigger.js';
import type { InjectOptions, InjectResponse } from '../http/inject.js';
import type { OpenApiDocument, OpenApiOptions } from '../openapi/openapi.js';
import type { Middleware } from '../operation/before.js';
import type { RegisteredOperation } from '../operation/published.js';
import type { Url } from '../operation/url.js';
import type { SlotSchema, Static } from '../schema/static.js';
import type { Off, Role, Signals } from '../signal/signals.js';
import type { MigrationStep } from '../store/migrations/migration.js';
import type { WebhookHandle, WebhookOptions } from '../webhook/webhook.js';
import type { Group } from './group.js';

/** A function that adds operations, connections or schemas to a fusio: give it to `fusio.use`, and `ready()` waits for it. */
export type Adapter<Connections = AnyConnections, Events = {}> = (fusio: Fusio<Connections, Events>) => Awaitable<void>;

interface AnyConnections {
  readonly [name: string]: unknown;
}

/** Any fusio, in signatures that do not care for its connections and events. An action may need any connection of it. */
// `any`, because an action that needs `{ db: Pool }` must fit: no other type is assignable both from and to every record of connections.
export type AnyFusio = Fusio<any, {}>;

/** The context that a given fusio hands its actions: `ContextOf<typeof fusio>`. */
export type ContextOf<F> =
  F extends Fusio<infer Connections, infer Events, infer Own> ? Context<Connections, Events> & Own : never;

/** The state of a fusio and of its connections. */
export interface Health {
  /** `degraded` where some connection does not answer, `down` where none does or fusio has stopped. */
  readonly status: 'ok' | 'degraded' | 'down';
  /** The connections by name, and `store` where something uses it: how long the ping took, or a code for its failure, without addresses and secrets. */
  readonly checks: Readonly<
    Record<string, { readonly status: 'ok' | 'down'; readonly ms?: number; readonly error?: string }>
  >;
}

/** How `ready()` takes a connection that does not work. */
export interface ReadyOptions {
  /** True: rejects, and names every one. Default: false, it is reported and tried again on use. */
  strict?: boolean;
}

/** How `start()` starts. */
export interface StartOptions extends ReadyOptions {
  /** The tasks of this process. Default: all. */
  roles?: readonly Role[];
}

/** How `stop()` stops. */
export interface StopOptions {
  /** How long calls that are under way may take, in milliseconds. Default: 10,000. */
  timeoutMs?: number;
}

/**
 * An API of operations: made by `createFusio`, mounted in a host app or served alone. Registering throws at once, with the name and
 * the fix, on a mistake.
 */
// The variance is written down because working it out costs every program a million instantiations: it compares `operation` with
// itself, over schemas that are not known.
export interface Fusio<out Connections, out Events, out Own = {}> extends Group<Connections, Events, Own> {
  // register

  /** Names a schema: one component in OpenAPI, reusable by `$ref`. Gives the schema back. Throws `NAME_INVALID`, `NAME_TAKEN` or `SCHEMA_INVALID`. */
  schema<const S extends SlotSchema>(name: string, schema: S): S;
  /** Registers a connection; its handle gives the client: `context.connection(handle)`. Throws `NAME_INVALID`, `NAME_TAKEN` or `OPTIONS_INVALID`. */
  connection<Client>(name: string, connection: Connection<Client>): ConnectionHandle<Client>;
  /**
   * Registers an action by name. An unannotated function gets `unknown` slots; annotate, or use `defineAction`.
   * Throws `NAME_INVALID`, `NAME_TAKEN` or `ACTION_INVALID`.
   */
  action<Request = ActionRequest, Result extends AnyResult = AnyResult>(
    name: string,
    action:
      | ActionFunction<Request, Result, Context<Connections, Events> & Own>
      | ActionObject<Request, Result, Context<Connections, Events> & Own>,
  ): ActionHandle<Request, Result, Own>;
  /**
   * Runs a function around the action of every operation that is registered after it, however it is invoked; the first wrapper is
   * outermost. Gives this fusio with the type of the context that its actions then have. Throws `OPTIONS_INVALID`.
   */
  around<More extends object = {}>(
    wrapper: Around<Context<Connections, Events> & Own, More>,
  ): Fusio<Connections, Events, Joined<Own, More>>;
  /** Describes a scope, for the documents. Throws `NAME_INVALID`. */
  scope(name: string, description?: string): void;
  /** Registers an event. Not in this version: throws `NOT_AVAILABLE`. */
  event<const S extends SlotSchema>(name: string, options: EventOptions<S>): EventHandle<Static<S>>;
  event<const S extends SlotSchema>(name: string, schema: S): EventHandle<Static<S>>;
  /** Registers a trigger. Not in this version: throws `NOT_AVAILABLE`. */
  trigger<Event extends EventReference<Events>>(
    options: TriggerOptions<Event, PayloadOf<Events, Event>, Context<Connections, Events>>,
  ): TriggerHandle;
  /** Registers a webhook of the operator's own. Not in this version: throws `NOT_AVAILABLE`. */
  webhook(options: WebhookOptions<EventReference<Events> | '*'>): WebhookHandle;
  /** Registers a cronjob. Not in this version: throws `NOT_AVAILABLE`. */
  cronjob(options: CronjobOptions<Context<Connections, Events>>): CronjobHandle;
  /** Lists all operations, in the order of their registration. */
  operations(): readonly RegisteredOperation[];
  /** Runs an adapter at once; `ready()` waits for it where it is asynchronous, and rejects where it fails. */
  use(adapter: Adapter<Connections, Events>): this;

  // run

  /** Express middleware: `app.use('/api', fusio.router)`. A request that is not an operation's goes on to the host. */
  readonly router: Middleware;
  /** Request listener for `node:http`, without Express: 404, 405 and OPTIONS are answered. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** Makes a server for the host's app, the fast way, or without one for the operations alone. Mount `router` in the app first. */
  createServer(app?: Application): Server;
  /** Answers a web `Request`: `export default { fetch: fusio.fetch }`. Never rejects for a fault of the request or the action. */
  readonly fetch: (request: globalThis.Request) => Promise<Response>;
  /** Sends a request without a port, for tests. */
  inject(options: InjectOptions): Promise<InjectResponse>;
  /** Runs an operation in process: as the system, unless `as` names a caller. Rejects with a `FusioError`. */
  readonly call: Call;
  /**
   * Writes the URL of an operation, its values encoded: `fusio.url(getBook, { id }, context)`. It begins with `baseUrl`, else with the mount
   * path of the context's request. Throws `OPTIONS_INVALID` for a value that is missing or cannot be in the path.
   */
  readonly url: Url;
  /** Dispatches an event. Not in this version: rejects with `NOT_AVAILABLE`. */
  readonly dispatch: Dispatch<Events>;
  /** Makes Express middleware that protects a route of the host app: the caller needs one of the scopes. It answers 401 and 403. */
  requireScope(...scopes: [string, ...string[]]): Middleware;
  /** Writes the OpenAPI 3.1 document of the operations that are registered now. The same registrations give the same document. */
  openapi(options?: OpenApiOptions): OpenApiDocument;
  /** Listens to a signal; gives a function that stops listening. An error of a listener goes to the log. */
  on<Name extends keyof Signals>(signal: Name, listener: (data: Signals[Name]) => void): Off;
  /**
   * Waits for adapters, then opens and pings connections. One that does not work is reported, not thrown, and tried again on use; with
   * `strict` it rejects. A missing package (`PACKAGE_MISSING`) and wrong options of a connection always reject.
   */
  ready(options?: ReadyOptions): Promise<void>;
  /** Waits for `ready()`, with its options, and starts the roles. Default: all of them. Rejects with `STOPPED` after `stop()`. */
  start(options?: StartOptions): Promise<void>;
  /** Drains for at most `timeoutMs` (default: 10,000), then ends the calls that still run, then closes connections. Idempotent. */
  stop(options?: StopOptions): Promise<void>;
  /** Pings every connection, for at most 3 seconds; the answer is kept for a second. */
  health(): Promise<Health>;
  /**
   * Brings the tables of the option `store` to the newest version, and gives the migrations that were done; with `dryRun`, those that are
   * to be done. `ready()` does it unless `migrate: false`. Rejects with `STORE_REFUSED` or `STORE_UNAVAILABLE`.
   */
  migrate(options?: { dryRun?: boolean }): Promise<readonly MigrationStep[]>;
}
