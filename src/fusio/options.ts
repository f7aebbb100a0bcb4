import type { IncomingMessage } from 'node:http';
import { Type } from 'typebox';
import type { AuthenticateRequest } from '../access/authenticate.js';
import type { Principal } from '../access/caller.js';
import type { Awaitable } from '../action/action.js';
import type { Clock } from '../base/clock.js';
import type { Connection } from '../connection/connection.js';
import type { Events } from '../event/event.js';
import type { CorsOptions } from '../http/cors.js';
import type { Logger } from '../log/logger.js';
import type { DocsOptions } from '../openapi/options.js';
import type { TelemetryOptions } from '../telemetry/telemetry.js';

/** What `createFusio` takes. */
export interface FusioOptions<Connections = {}, Events = {}> {
  /** Typed by name: `{ db: mysql({ … }) }` gives `connections.db: Pool`. */
  connections?: { readonly [Name in keyof Connections]: Connection<Connections[Name]> };
  /** Typed by name: a schema, or `{ schema, description, example }`. Events come with a later version: naming one fails. */
  events?: Events;
  /** The host app's own login. */
  authenticate?(request: AuthenticateRequest): Awaitable<Principal | null | 'challenge'>;
  /** String formats of your own, beside the built-in ones: whether a text is of the format. */
  formats?: Readonly<Record<string, (value: string) => boolean>>;
  /** Where callers reach the API, with the mount path: `https://example.com/api`. For links and documents. Default: from the request. */
  baseUrl?: string;
  /**
   * Serves the OpenAPI document at `/openapi.json` and a reference page at `/docs`, which needs the package `swagger-ui-dist`.
   * Default: off. `{ path: false }`: the document only. `title` and `version` are those of the API.
   */
  docs?: boolean | DocsOptions;
  /** The caller's address. Default: Express's `req.ip`, elsewhere that of the socket. */
  clientIp?(request: IncomingMessage): string | undefined;
  /** Default: off. `true` lets any origin read, without credentials. */
  cors?: boolean | CorsOptions;
  /** Default: true, what is not an operation's goes on to the host. False: `router` answers 404, 405 and OPTIONS itself. */
  fallthrough?: boolean;
  /** Default: warnings and errors to stderr, a JSON line each. `false`: nothing. */
  logger?: Logger | false;
  /**
   * Spans and metrics. Default: OpenTelemetry where the host has `@opentelemetry/api`. `true`: it must be there. `false`: none.
   */
  telemetry?: boolean | TelemetryOptions;
  /** The system's, unless a test replaces it. */
  clock?: Clock;
}

export type AnyOptions = FusioOptions<Record<string, unknown>, Events>;

const anything = Type.Unknown();

/** Checked when a fusio is made; unknown keys are errors. Functions are checked where they are used. */
export const optionsSchema = Type.Object(
  {
    connections: Type.Optional(anything),
    events: Type.Optional(anything),
    authenticate: Type.Optional(anything),
    formats: Type.Optional(anything),
    baseUrl: Type.Optional(Type.String({ format: 'uri' })),
    docs: Type.Optional(
      Type.Union([
        Type.Boolean(),
        Type.Object(
          {
            path: Type.Optional(Type.Union([Type.String({ pattern: '^/[^?#]+$' }), Type.Literal(false)])),
            title: Type.Optional(Type.String()),
            version: Type.Optional(Type.String()),
          },
          { additionalProperties: false },
        ),
      ]),
    ),
    clientIp: Type.Optional(anything),
    cors: Type.Optional(
      Type.Union([
        Type.Boolean(),
        Type.Object(
          {
            origins: anything,
            credentials: Type.Optional(Type.Boolean()),
            maxAgeMs: Type.Optional(Type.Integer({ minimum: 0 })),
            exposeHeaders: Type.Optional(Type.Array(Type.String())),
          },
          { additionalProperties: false },
        ),
      ]),
    ),
    fallthrough: Type.Optional(Type.Boolean()),
    logger: Type.Optional(anything),
    telemetry: Type.Optional(
      Type.Union([
        Type.Boolean(),
        Type.Object(
          { openTelemetry: Type.Optional(Type.Boolean()), prometheus: Type.Optional(anything) },
          { additionalProperties: false },
        ),
      ]),
    ),
    clock: Type.Optional(anything),
  },
  { additionalProperties: false },
);
