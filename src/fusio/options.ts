import { type AuthenticateRequest, authenticateOption } from '../access/authenticate.js';
import type { Principal } from '../access/caller.js';
import type { Awaitable } from '../action/action.js';
import { type Clock, clockOption } from '../base/clock.js';
import { FusioError } from '../base/errors.js';
import { groupOf, type OptionRule } from '../base/option.js';
import type { Connection } from '../connection/connection.js';
import { connectionsOption } from '../connection/options.js';
import type { Events } from '../event/event.js';
import { type FormatProblem, formatProblemOption, type ProblemFormat } from '../http/answer/format-problem.js';
import { type CorsOptions, corsOption } from '../http/cors.js';
import { httpOptions } from '../http/options.js';
import type { ClientIpRequest } from '../http/request/request.js';
import type { Logger } from '../log/logger.js';
import { loggerOption } from '../log/options.js';
import { type ApiDescription, openapiOption } from '../openapi/description.js';
import { type DocsOptions, docsOption } from '../openapi/options.js';
import { type MapError, mapErrorOption } from '../pipeline/failure.js';
import { validationStatusOption } from '../pipeline/validate.js';
import { checkOptions } from '../schema/check-options.js';
import { type FormatsOption, formatsOption } from '../schema/options.js';
import { migrateOption, type StoreOption, storeOption, tablePrefixOption } from '../store/options.js';
import { type TelemetryOptions, telemetryOption } from '../telemetry/telemetry.js';
import { laterOptions, notAvailable } from './unavailable.js';

/** Options of `createFusio`. */
export interface FusioOptions<Connections = {}, Events = {}, Who extends Principal = Principal> {
  /** Connections by name: `{ db: mysql({ … }) }` gives `connections.db: Pool`. Default: none. */
  connections?: { readonly [Name in keyof Connections]: Connection<Connections[Name]> };
  /** Events by name: a schema, or `{ schema, description, example }`. They come with a later version: naming one throws `NOT_AVAILABLE`. */
  events?: Events;
  /** Finds the caller by the host app's own login: a principal, `null` for none, `'challenge'` for an invalid credential (401). Default: every caller is anonymous. */
  authenticate?(request: AuthenticateRequest): Awaitable<Who | null | 'challenge'>;
  /** String formats of your own, by name: functions that tell whether a text is of the format. Default: the built-in ones alone. */
  formats?: FormatsOption;
  /** URL by which callers reach the API, with the mount path: `https://example.com/api`. For links and documents. Default: from the request. */
  baseUrl?: string;
  /**
   * Serves the OpenAPI document at `/openapi.json` and a reference page at `/docs`, which needs the package `swagger-ui-dist`.
   * Default: off. `{ path: false }`: the document only. `title` and `version` are those of the API.
   */
  docs?: boolean | DocsOptions;
  /**
   * Further members of the OpenAPI document, served or not: `info`, `servers`, `tags`, `securitySchemes`, `externalDocs`.
   * Default: one scheme, `bearer`, and nothing else.
   */
  openapi?: ApiDescription;
  /**
   * Finds the caller's address: `({ headers, socket }) => headers['x-real-ip']?.toString() ?? socket?.remoteAddress`. There is no socket
   * through `fetch`. Default: Express's `req.ip`, elsewhere the address of the socket; undefined through `fetch`.
   */
  clientIp?(request: ClientIpRequest): string | undefined;
  /** Cross-origin access for browsers. Default: off. `true` lets any origin read, without credentials. */
  cors?: boolean | CorsOptions;
  /**
   * Gives the error that the caller gets for one that an action, a wrapper or `authenticate` threw and that is no `FusioError`:
   * `(error) => (error instanceof OutOfStock ? new FusioError('OUT_OF_STOCK', error.message, { status: 409 }) : undefined)`.
   * Default: an error with a status keeps it, anything else is `INTERNAL_ERROR`.
   */
  mapError?: MapError;
  /** Makes what is sent in place of a problem document, for clients that know another form. Default: the document as it is. */
  formatProblem?: FormatProblem | ProblemFormat;
  /** Status of a request that does not match the schemas of its operation (`REQUEST_INVALID`). Default: 400. */
  validationStatus?: 400 | 422;
  /** Whether `router` passes a request that is not an operation's on to the host. Default: true. False: it answers 404, 405 and OPTIONS itself. */
  fallthrough?: boolean;
  /** Logger in the shape of pino's. Default: warnings and errors to stderr, a JSON line each. `false`: nothing. */
  logger?: Logger | false;
  /**
   * Spans and metrics. Default: OpenTelemetry where the host has `@opentelemetry/api`. `true`: it must be there. `false`: none.
   */
  telemetry?: boolean | TelemetryOptions;
  /**
   * The database for what must last: a file of SQLite (`'data/fusio.sqlite'`), a server (`'mysql://…'`, `'postgres://…'`), or
   * `{ connection: 'db' }`, the database of a connection of the app. It is opened when something needs it. Default: in memory, until the
   * process ends.
   */
  store?: StoreOption;
  /** Beginning of the names of fusio's tables: a lower-case letter, then up to 23 letters, digits and `_`. Default: `'fusio_'`. */
  tablePrefix?: string;
  /** Whether `ready()` brings the tables to the newest version. Default: true. False: `npx fusio migrate` does. */
  migrate?: boolean;
  /** Source of the time. Default: the system's; tests replace it. */
  clock?: Clock;
}

/** The options without the types of their connections and events. */
export type AnyOptions = FusioOptions<Record<string, unknown>, Events>;

// The rules in the order in which they are checked: a new option is a line here and a file in the folder of its service.
const rules = {
  events: { schema: {}, check: faultOfEvents },
  connections: connectionsOption,
  formats: formatsOption,
  baseUrl: httpOptions.baseUrl,
  docs: docsOption,
  openapi: openapiOption,
  authenticate: authenticateOption,
  clientIp: httpOptions.clientIp,
  logger: loggerOption,
  clock: clockOption,
  cors: corsOption,
  fallthrough: httpOptions.fallthrough,
  telemetry: telemetryOption,
  mapError: mapErrorOption,
  formatProblem: formatProblemOption,
  validationStatus: validationStatusOption,
  store: storeOption,
  tablePrefix: tablePrefixOption,
  migrate: migrateOption,
} satisfies { readonly [Key in keyof AnyOptions]-?: OptionRule<NonNullable<AnyOptions[Key]>> };

export const optionsSchema = groupOf(
  Object.fromEntries(Object.entries(rules).map(([name, { schema }]) => [name, schema])),
);

/** Checks the options of `createFusio`: throws `OPTIONS_INVALID`, or `NOT_AVAILABLE` where an event is named. */
export function checkFusioOptions(options: AnyOptions): void {
  checkOptions(optionsSchema, options, 'createFusio', 'OPTIONS_INVALID', laterOptions);
  const given: Readonly<Record<string, unknown>> = { ...options };
  for (const [name, { check }] of Object.entries<OptionRule<never>>(rules)) {
    const value = given[name];
    // `rules` has for each name a rule for the type of its option; `Object.entries` forgets which one.
    const fault = value === undefined ? undefined : check?.(value as never);
    if (fault !== undefined) throw new FusioError('OPTIONS_INVALID', `createFusio: ${fault}`);
  }
}

function faultOfEvents(events: Events): undefined {
  if (Object.keys(events ?? {}).length > 0) notAvailable('events')();
}
