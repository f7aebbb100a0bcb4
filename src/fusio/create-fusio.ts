import { system } from '../access/caller.js';
import { type Around, type Handle, handleOf } from '../action/action.js';
import type { Call, CallOptions, OperationHandle } from '../action/handle.js';
import { systemClock } from '../base/clock.js';
import { FusioError } from '../base/errors.js';
import { isPromise } from '../base/promise.js';
import { createConnections } from '../connection/connections.js';
import type { Events, PayloadsOf } from '../event/event.js';
import { createCors } from '../http/cors.js';
import { createHttp } from '../http/http.js';
import { type InjectOptions, injectedRequest, injectedResponse } from '../http/inject.js';
import { httpDefaults } from '../http/options.js';
import { guarded, hearsInfo } from '../log/logger.js';
import { loggerOf } from '../log/options.js';
import { describeError } from '../log/redact.js';
import { createDocuments } from '../openapi/documents.js';
import { makeOperation, type Operation, wrap } from '../operation/operation.js';
import type { AnyOperationOptions } from '../operation/options.js';
import { register } from '../operation/published.js';
import { createVisits } from '../pipeline/deadlines.js';
import { callOperation } from '../pipeline/direct.js';
import { createGate } from '../pipeline/gate.js';
import { callerFor, checkCallOptions, type Hall } from '../pipeline/invocation.js';
import { createSchemas } from '../schema/schemas.js';
import { createSignals } from '../signal/signals.js';
import { metricsOperation } from '../telemetry/prometheus.js';
import { createTelemetry } from '../telemetry/telemetry.js';
import type { AnyFusio, Fusio } from './fusio.js';
import { createLifecycle } from './lifecycle.js';
import { type AnyOptions, checkFusioOptions, type FusioOptions } from './options.js';
import { notAvailable } from './unavailable.js';

/**
 * Makes a fusio. Connections and events are fixed here, once; everything else is registered on it.
 * Throws `OPTIONS_INVALID` with the name of what does not fit.
 */
export function createFusio<Connections extends object = {}, const E extends Events = {}>(
  options: FusioOptions<Connections, E> = {},
): Fusio<Connections, PayloadsOf<E>> {
  // The parts know nothing of the types that the caller's options carry.
  return build(options as AnyOptions) as Fusio<any, any>;
}

function build(options: AnyOptions): AnyFusio {
  checkFusioOptions(options);
  const clock = options.clock ?? systemClock;
  const logger = loggerOf(options.logger);
  const log = guarded(logger);
  const signals = createSignals((signal, error) =>
    log.error({ signal, error: describeError(error) }, `a listener of "${signal}" broke`),
  );
  const schemas = createSchemas(options.formats ? { formats: options.formats } : {});
  const connections = createConnections({
    onOpened: (connection) => signals.emit('connection:opened', { connection }),
    onFailed(connection, error) {
      log.warn({ connection, error: describeError(error) }, `connection "${connection}" does not open`);
      signals.emit('connection:failed', { connection, error });
    },
  });
  for (const [name, connection] of Object.entries(options.connections ?? {}))
    connections.add(name, connection as never);

  const actions = new Map<string, Handle>();
  const operations = new Map<string, Operation>();
  const own = new WeakMap<object, Operation>();
  const scopes = new Map<string, string | undefined>();
  const arounds: Around[] = [];
  const documents = createDocuments({ operations, schemas, scopes }, options.baseUrl?.replace(/\/+$/, ''));
  const visits = createVisits(clock);
  const gate = createGate();
  const life = createLifecycle({
    connections,
    gate,
    visits,
    signals,
    // An example that does not fit is found at the start, not by the first reader.
    check: () => options.docs && documents.openapi(),
  });

  const hall: Hall = {
    clock,
    log,
    connections,
    signals,
    dispatch,
    visits,
    notReady: life.notReady,
    nextRequestId: requestIds(),
    find,
    async call(operation, input, caller, callerOptions) {
      // Calls within a call that is still draining go on; new ones come too late.
      const isCounted = gate.enter();
      if (!isCounted && callerOptions.depth === 0) throw new FusioError('SHUTTING_DOWN');
      try {
        return await callOperation(hall, operation, input, caller, callerOptions);
      } finally {
        if (isCounted) gate.leave();
      }
    },
    // The host may raise its level while we run.
    get keepsRecords() {
      return hearsInfo(logger);
    },
    get isTimed() {
      return hearsInfo(logger) || signals.heard('request:done');
    },
    watcher: createTelemetry(options.telemetry),
  };
  const http = createHttp(
    { hall, authenticate: options.authenticate, clientIp: options.clientIp && safely(options.clientIp) },
    {
      fallthrough: options.fallthrough ?? httpDefaults.fallthrough,
      cors: options.cors ? createCors(options.cors) : undefined,
      gate,
    },
  );

  /** A lookup of the host's that breaks must not break the call: the address is unknown then. */
  function safely(clientIp: NonNullable<AnyOptions['clientIp']>): NonNullable<AnyOptions['clientIp']> {
    return function guardedClientIp(request) {
      try {
        return clientIp(request);
      } catch (error) {
        log.warn({ error: describeError(error) }, 'clientIp broke');
        return undefined;
      }
    };
  }

  function find(handle: OperationHandle): Operation {
    const operation = typeof handle === 'object' && handle !== null ? own.get(handle) : undefined;
    if (operation) return operation;
    throw new FusioError('OPERATION_INVALID', `call: ${describe(handle)} is not an operation of this fusio`);
  }

  function addOperation(given: AnyOperationOptions): OperationHandle {
    const operation = makeOperation(given, {
      schemas,
      action: (name) => actions.get(name),
      actionNames: () => actions.keys(),
    });
    if (operations.has(operation.name)) {
      throw new FusioError('NAME_TAKEN', `operation "${operation.name}" is registered already; names are unique`);
    }
    operation.run = wrap(operation.inner, arounds);
    http.add(operation);
    operations.set(operation.name, operation);
    documents.forget();
    own.set(operation.handle, operation);
    return operation.handle;
  }

  const call = function call(handle: OperationHandle, input?: unknown, callOptions: CallOptions = {}) {
    return Promise.resolve().then(() => {
      checkCallOptions(callOptions);
      return hall.call(find(handle), input, callerFor(callOptions, system), { signal: callOptions.signal, depth: 0 });
    });
  } as Call;

  const fusio: AnyFusio = {
    schema(name, schema) {
      schemas.name(name, schema);
      documents.forget();
      return schema;
    },
    connection: (name, connection) => connections.add(name, connection as never) as never,
    action(name, action) {
      const handle = handleOf(action);
      if (typeof name !== 'string' || !/^[a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*$/.test(name)) {
        throw new FusioError(
          'NAME_INVALID',
          `action: the name must be letters, digits, "_", "-" and ".", got ${describe(name)}`,
        );
      }
      if (!handle)
        throw new FusioError('ACTION_INVALID', `action "${name}": a function or an object with handle() is needed`);
      if (actions.has(name))
        throw new FusioError('NAME_TAKEN', `action "${name}" is registered already; names are unique`);
      actions.set(name, handle);
      return Object.freeze({ kind: 'action', name, handle }) as never;
    },
    operation: (given) => addOperation(given as AnyOperationOptions) as never,
    around(wrapper) {
      if (typeof wrapper !== 'function')
        throw new FusioError('OPTIONS_INVALID', 'around: a function (next, request, context) is needed');
      arounds.push(wrapper);
      for (const operation of operations.values()) operation.run = wrap(operation.inner, arounds);
      return fusio;
    },
    scope(name, description) {
      if (typeof name !== 'string' || !/^[a-zA-Z0-9_:-]+(\.[a-zA-Z0-9_:-]+)*$/.test(name)) {
        throw new FusioError('NAME_INVALID', `scope: the name must be dotted words, got ${describe(name)}`);
      }
      scopes.set(name, description);
      documents.forget();
    },
    event: notAvailable('event'),
    trigger: notAvailable('trigger'),
    webhook: notAvailable('webhook'),
    cronjob: notAvailable('cronjob'),
    operations: () => [...operations.values()].map(register),
    use(adapter) {
      if (typeof adapter !== 'function')
        throw new FusioError('OPTIONS_INVALID', 'use: an adapter is a function (fusio) => …');
      const done = adapter(fusio);
      if (isPromise(done)) life.await(done);
      return fusio;
    },
    router: http.router,
    handler: http.handler,
    createServer: (app) => http.createServer(app),
    fetch: (request) => http.fetch(request),
    async inject(given: InjectOptions) {
      const as = 'as' in given ? callerFor(given, system) : undefined;
      return injectedResponse(await http.fetch(injectedRequest(given), as));
    },
    call,
    dispatch,
    requireScope(...wanted) {
      if (wanted.length === 0 || !wanted.every((scope) => typeof scope === 'string' && scope !== '')) {
        throw new FusioError('OPTIONS_INVALID', 'requireScope: at least one scope is needed, as a text');
      }
      return http.requireScope(wanted);
    },
    openapi: documents.openapi,
    on: (signal, listener) => signals.on(signal, listener),
    ready: life.ready,
    start: life.start,
    stop: life.stop,
    health: life.health,
  };
  for (const operation of documents.operations(options.docs ?? false)) addOperation(operation);
  const { telemetry } = options;
  const metrics = typeof telemetry === 'object' && telemetry.prometheus && metricsOperation(telemetry.prometheus);
  if (metrics) addOperation(metrics);
  return fusio;
}

async function dispatch(): Promise<never> {
  return notAvailable('dispatch')();
}

/** Ids that are unique among processes without costing a random number each. */
function requestIds(): () => string {
  const prefix = `${Date.now().toString(36)}${Math.floor(Math.random() * 36 ** 6)
    .toString(36)
    .padStart(6, '0')}`;
  let count = 0;
  return () => `${prefix}-${++count}`;
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  return typeof value === 'object' && value !== null && 'name' in value ? `"${String(value.name)}"` : String(value);
}
