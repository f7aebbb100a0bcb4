import type { CallerOf, Principal } from '../access/caller.js';
import { systemClock } from '../base/clock.js';
import type { Events, PayloadsOf } from '../event/event.js';
import { createFormatText, problemFormatOf } from '../http/answer/format-problem.js';
import { createCors } from '../http/cors.js';
import { createHttp } from '../http/http.js';
import { createInject } from '../http/inject.js';
import { httpDefaults } from '../http/options.js';
import { defaultSchemes } from '../openapi/description.js';
import { createDocuments } from '../openapi/documents.js';
import { publish } from '../operation/published.js';
import { createRegistry } from '../operation/registry.js';
import { createUrl } from '../operation/url.js';
import { createDeadlines } from '../pipeline/deadlines.js';
import { createCall, createCallDirect } from '../pipeline/direct.js';
import { createFailureOf } from '../pipeline/failure.js';
import { createGate } from '../pipeline/gate.js';
import type { PipelineParts } from '../pipeline/parts.js';
import { createRecorder } from '../pipeline/recorder.js';
import { createRequestIds } from '../pipeline/request-ids.js';
import { defaultValidationStatus } from '../pipeline/validate.js';
import { createSchemas } from '../schema/schemas.js';
import { createTelemetry } from '../telemetry/telemetry.js';
import { callAdapter, ownAdapters } from './adapter.js';
import { failuresOf } from './failures.js';
import type { AnyFusio, Fusio } from './fusio.js';
import { createGroup } from './group.js';
import { createLifecycle } from './lifecycle.js';
import { type AnyOptions, checkFusioOptions, type FusioOptions } from './options.js';
import { ownConnections } from './own-connections.js';
import { ownStore } from './own-store.js';
import { partOf, partOfStore } from './part.js';
import { createReports } from './reports.js';
import { dispatch, notAvailable } from './unavailable.js';

/**
 * Makes a fusio. Connections and events are fixed here, once; everything else is registered on it.
 * Throws `OPTIONS_INVALID` with the name of the option that does not fit.
 */
export function createFusio<
  Connections extends object = {},
  const E extends Events = {},
  Who extends Principal = Principal,
>(options: FusioOptions<Connections, E, Who> = {}): Fusio<Connections, PayloadsOf<E>, CallerOf<Who>> {
  // The parts are the same whatever the types of the caller's connections and events.
  return build(options as AnyOptions) as Fusio<any, any, any>;
}

function build(options: AnyOptions): AnyFusio {
  checkFusioOptions(options);
  const { authenticate, baseUrl, clientIp, docs = false, openapi = {}, telemetry } = options;
  const { clock = systemClock, validationStatus = defaultValidationStatus } = options;
  const { logger, log, signals } = createReports(options.logger);
  const schemas = createSchemas(options.formats ? { formats: options.formats } : {});
  const format = problemFormatOf(options.formatProblem, schemas);
  const connections = ownConnections(options.connections, { log, signals });
  const store = ownStore(options, { connections, log, signals });

  const registry = createRegistry({
    schemas,
    securitySchemes: Object.keys(openapi.securitySchemes ?? defaultSchemes),
    onOperation: (operation) => http.add(operation),
    onChange: () => documents.forget(),
  });
  const documents = createDocuments({
    registry,
    schemas,
    docs,
    description: openapi,
    baseUrl,
    problems: { validationStatus, format },
  });
  const deadlines = createDeadlines(clock);
  const gate = createGate(deadlines, log);
  const watcher = createTelemetry(telemetry);
  const recorder = createRecorder({ logger, log, signals, clock, watcher });
  const life = createLifecycle({
    parts: [partOf(connections), partOfStore(store), documents, gate],
    signals,
    waitFor: () => (connections.isReady ? undefined : connections.ready()),
    failures: () => failuresOf(connections, store),
  });
  life.await(watcher?.loading);

  const pipeline: PipelineParts = {
    ready: life.readyFor,
    deadlines,
    recorder,
    failureOf: createFailureOf(options.mapError, log),
    validationStatus,
    nextRequestId: createRequestIds(),
    reach: { connections, dispatch, find: registry.find, call: (...call) => callDirect(...call) },
  };
  const callDirect = createCallDirect(pipeline, gate);
  const http = createHttp({
    pipeline,
    gate,
    authenticate,
    clientIp,
    cors: options.cors ? createCors(options.cors) : undefined,
    formatText: createFormatText(format, log),
    fallthrough: options.fallthrough ?? httpDefaults.fallthrough,
  });

  const fusio: AnyFusio = {
    schema(name, schema) {
      schemas.name(name, schema);
      documents.forget();
      return schema;
    },
    connection: connections.add,
    // The interface gives them their types; the registry checks their values.
    action: (name, action) => registry.action(name, action) as never,
    ...createGroup(registry),
    around(wrapper) {
      registry.around(wrapper);
      // The same fusio: what the wrapper hands over is known to the types only.
      return fusio as never;
    },
    scope: (name, description) => registry.scope(name, description),
    event: notAvailable('event'),
    trigger: notAvailable('trigger'),
    webhook: notAvailable('webhook'),
    cronjob: notAvailable('cronjob'),
    operations: () => [...registry.operations.values()].map(publish),
    use(adapter) {
      life.await(callAdapter(adapter, fusio));
      return fusio;
    },
    router: http.router,
    handler: http.handler,
    createServer: http.createServer,
    fetch: (request) => http.fetch(request),
    inject: createInject(http.fetch),
    call: createCall(registry.find, callDirect),
    url: createUrl(registry.find, baseUrl),
    dispatch,
    requireScope: http.requireScope,
    openapi: documents.openapi,
    on: signals.on,
    ready: life.ready,
    start: life.start,
    stop: life.stop,
    health: life.health,
    migrate: store.migrate,
  };
  for (const adapter of ownAdapters(options, documents)) fusio.use(adapter);
  return fusio;
}
