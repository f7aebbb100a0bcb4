/**
 * An **operation** binds a method and a path to an **action**, with its schemas, scopes and costs.
 * An action is the business logic: `(request, context) => result`. A **schema** describes the values of a request and of its response.
 * A **connection** is a named client of an official library; actions find it in their context.
 *
 * An **event** is something that happened. A **webhook** sends it to a URL, a **trigger** runs an action for it;
 * a **cronjob** runs an action by a schedule.
 * An **app** is a consumer's client and acts for a **user**; it shows a **token**, and **scopes** say which operations it may call.
 * A **rate** is how fast a caller may call; a **plan** is bought by a consumer and pays the costs of calls.
 *
 * An **invocation** is one run of an action. A **transport** (HTTP, a call in process) brings it in, the **pipeline** takes it through
 * the steps in between: `docs/reference/lifecycle.md`. A **result** comes from the action, an **outcome** is a checked
 * result, an **answer** is sent by the HTTP transport.
 */

export { Type } from 'typebox';
export type { AuthenticateRequest } from './access/authenticate.js';
export type { App, KnownUser, Nobody, Principal, PrincipalApp, PrincipalUser, Token, User } from './access/caller.js';
export type {
  Action,
  ActionDefinition,
  ActionFactory,
  ActionFunction,
  ActionHandle,
  ActionObject,
} from './action/action.js';
export { defineAction } from './action/action.js';
export type { Around, Next, Outcome } from './action/around.js';
export type { AnyContext, AnyReplies, Context, HttpExchange, Respond, Run } from './action/context.js';
export type {
  Dispatch,
  DispatchOptions,
  EventHandle,
  EventReference,
  PayloadOf,
  Transaction,
} from './action/dispatch.js';
export { type FileOptions, file } from './action/file.js';
export type { FilesInput, FilesOf, FormFile, FormFiles } from './action/form-files.js';
export type {
  Call,
  CallOptions,
  FileBody,
  Input,
  Method,
  OperationHandle,
  OperationInfo,
  Stability,
} from './action/handle.js';
export type { Reply } from './action/reply.js';
export { respond } from './action/reply.js';
export type {
  ActionRequest,
  RawBody,
  RawValues,
  Request,
  ServerSentEvent,
  Texts,
  UploadedFile,
} from './action/request.js';
export type { MediaType, StatusMap, StatusValues, Undeclared } from './action/result.js';
export type { Clock } from './base/clock.js';
export type { Duration, RateLimit, Retries } from './base/duration.js';
export {
  type AnyErrorCode,
  type ErrorCode,
  errors,
  FusioError,
  type FusioErrorOptions,
  fail,
  type Issue,
  isFusioError,
  type Problem,
  type ReplyHeaders,
} from './base/errors.js';
export { type Connection, type ConnectionHandle, defineConnection } from './connection/connection.js';
export type {
  CronjobBase,
  CronjobHandle,
  CronjobOptions,
  RunRecord,
} from './cronjob/cronjob.js';
export type { EventOptions, PayloadsOf } from './event/event.js';
export type { EventRequest, TriggerHandle, TriggerOptions } from './event/trigger.js';
export { createFusio } from './fusio/create-fusio.js';
export type {
  Adapter,
  AnyFusio,
  ContextOf,
  Fusio,
  Health,
  ReadyOptions,
  StartOptions,
  StopOptions,
} from './fusio/fusio.js';
export type { Group } from './fusio/group.js';
export type { FusioOptions } from './fusio/options.js';
export type { FormatProblem, ProblemContext, ProblemFormat } from './http/answer/format-problem.js';
export type { CorsOptions } from './http/cors.js';
export type { InjectOptions, InjectResponse } from './http/inject.js';
export type { ClientIpRequest } from './http/request/request.js';
export type { Logger } from './log/logger.js';
export type { ApiDescription, SecurityScheme } from './openapi/description.js';
export type { OpenApiDocument, OpenApiOptions } from './openapi/openapi.js';
export type { Middleware } from './operation/before.js';
export type {
  CacheOptions,
  Consumes,
  Deprecation,
  GroupOptions,
  OperationBase,
  OperationOptions,
  SharedOptions,
} from './operation/options.js';
export type { RegisteredOperation } from './operation/published.js';
export type { Url, UrlContext } from './operation/url.js';
export type { ErrorContext, MapError } from './pipeline/failure.js';
export { type InputOf, withDefault } from './schema/default.js';
export type { Schema, Static } from './schema/static.js';
export type { EventId, Off, Role, Signals, Source } from './signal/signals.js';
export type { MigrationStep } from './store/migrations/migration.js';
export type { StoreOption } from './store/options.js';
export type { PrometheusOptions, PrometheusRegistry } from './telemetry/prometheus.js';
export type { TelemetryOptions } from './telemetry/telemetry.js';
export type { WebhookBase, WebhookHandle, WebhookOptions } from './webhook/webhook.js';
