import { FusioError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import { faultsOf } from '../schema/check-options.js';
import { createSchemas } from '../schema/schemas.js';
import type { AnyContext } from './context.js';
import type { Reply } from './reply.js';
import type { FilledOr, InputOr, Request, Slot, ValueOf } from './request.js';
import type { Plain, ResponseSlot, Undeclared } from './result.js';

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/** An action as a function: `(request, context) => result`, synchronous or not. */
export type ActionFunction<Request, Result, Context> = (request: Request, context: Context) => Awaitable<Result>;

/** An action as an object with `handle`, often an instance of a class. */
export interface ActionObject<Request, Result, Context> {
  /** Runs the action, with the object as `this`. */
  // A property, not a method: methods are compared in both directions.
  readonly handle: (request: Request, context: Context) => Awaitable<Result>;
}

/** The business logic: a function, an object with `handle`, an `ActionHandle`, or the name of a registered action. */
export type Action<Request, Result, Context> =
  | ActionFunction<Request, Result, Context>
  | ActionObject<Request, Result, Context>
  | string;

/** An action with a name, registered by `fusio.action`: give it, or its name, to an operation, a trigger or a cronjob. */
export interface ActionHandle<Request = never, Result = unknown, Context = unknown> {
  readonly kind: 'action';
  readonly name: string;
  /** Runs the action. */
  // A method: a fusio with more in its context then still fits where one with less is wanted. An operation looks closely, all the same.
  handle(request: Request, context: Context): Awaitable<Result>;
}

/** A reusable action, made by `defineAction`: called with its configuration, it gives an action. Throws `ACTION_INVALID` for a wrong one. */
export interface ActionFactory<Configuration, Request, Result, Context> {
  (
    ...configuration: [Configuration] extends [undefined]
      ? []
      : {} extends Configuration
        ? [configuration?: Configuration]
        : [configuration: Configuration]
  ): ActionObject<Request, Result, Context>;
  /** The name that `defineAction` gave it. */
  readonly action: string;
}

/** Any action as a plain function. */
export type Handle = (request: Request, context: AnyContext) => Awaitable<unknown>;

/** Gives the plain function behind an action. Throws `ACTION_INVALID` for a value that is no action; `where` begins the message. */
export function handleOf(action: unknown, where: string): Handle {
  if (isFunction(action)) {
    const factory = factoryName(action);
    // It would run without an error, and give the action that it makes as the result.
    if (factory !== undefined)
      throw invalid(where, `is defineAction's "${factory}", which must be called: ${factory}({ … })`);
    // It would be called without `new`.
    if (isClass(action)) throw invalid(where, `is the class ${action.name}: give an instance, new ${action.name}(…)`);
    return action;
  }
  // A method of a class needs its instance.
  if (hasHandle(action)) return (request, context) => action.handle(request, context);
  throw invalid(where, `must be a function, an object with handle() or a name, got ${kindOf(action)}`);
}

function invalid(where: string, message: string): FusioError {
  return new FusioError('ACTION_INVALID', `${where} ${message}`);
}

/** The name that `defineAction` gave a factory; undefined for any other function. */
function factoryName(action: Handle): string | undefined {
  const { value } = Object.getOwnPropertyDescriptor(action, 'action') ?? {};
  return typeof value === 'string' ? value : undefined;
}

function kindOf(action: unknown): string {
  if (action instanceof Promise) return 'a promise: await it first';
  if (action === null || typeof action !== 'object') return action === undefined ? 'nothing' : String(action);
  return Array.isArray(action) ? 'an array' : 'an object without handle()';
}

function isFunction(value: unknown): value is Handle {
  return typeof value === 'function';
}

function hasHandle(value: unknown): value is { readonly handle: Handle } {
  return typeof value === 'object' && value !== null && 'handle' in value && isFunction(value.handle);
}

/** Also for a class that a compiler wrote as a function. */
function isClass(action: Handle): boolean {
  const { prototype }: { prototype?: unknown } = Object(action);
  return /^class\b/.test(Function.prototype.toString.call(action)) || hasHandle(prototype);
}

/** A reusable action for `defineAction`: its name, its schemas and the function that runs. */
export interface ActionDefinition<C, P, Q, H, B, R, Context> {
  /** Kebab-case: `sql-select-all`. */
  name: string;
  description?: string;
  /** Schema of the configuration. Checked when the action is configured, before the first request. Default: none is taken. */
  configuration?: C;
  /** Schema of the path's parameters that the action needs. Default: it fits any operation. */
  params?: P;
  /** Schema of the query that the action needs. Default: it fits any operation. */
  query?: Q;
  /** Schema of the headers that the action needs. Default: it fits any operation. */
  headers?: H;
  /** Schema of the body that the action needs. Default: it fits any operation. */
  body?: B;
  /** Schema of the result. Default: not declared, so that the response of the operation decides. */
  response?: R;
  /** Runs the action. Annotate `context: Context<{ db: Pool }>` to say which connections it needs; it then fits every fusio that has them. */
  handle(
    request: NoInfer<Request<ValueOf<P, unknown>, FilledOr<Q, unknown>, FilledOr<H, unknown>, ValueOf<B, unknown>>>,
    configuration: NoInfer<FilledOr<C, undefined>>,
    context: Context,
  ): NoInfer<Awaitable<Plain<R> | Reply>>;
}

const definitionKeys: readonly string[] = Object.keys({
  name: true,
  description: true,
  configuration: true,
  params: true,
  query: true,
  headers: true,
  body: true,
  response: true,
  handle: true,
} satisfies Record<keyof ActionDefinition<never, never, never, never, never, never, never>, true>);

/**
 * Defines a reusable, configured action. Declared slots say which operations it fits.
 * Throws `NAME_INVALID` for a name that is not kebab-case.
 */
export function defineAction<
  const C extends Slot = undefined,
  const P extends Slot = undefined,
  const Q extends Slot = undefined,
  const H extends Slot = undefined,
  const B extends Slot = undefined,
  const R extends ResponseSlot = undefined,
  Context = AnyContext,
>(
  definition: ActionDefinition<C, P, Q, H, B, R, Context>,
): ActionFactory<
  InputOr<C, undefined>,
  Request<ValueOf<P, unknown>, FilledOr<Q, unknown>, FilledOr<H, unknown>, ValueOf<B, unknown>>,
  [R] extends [undefined] ? Undeclared : Plain<R> | Reply,
  Context
> {
  const { name, handle } = definition;
  if (typeof name !== 'string' || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) {
    throw new FusioError(
      'NAME_INVALID',
      `action: the name must be kebab-case like "sql-select-all", got ${quote(name)}`,
    );
  }
  if (typeof handle !== 'function') {
    throw new FusioError('ACTION_INVALID', `action "${name}": handle must be a function`);
  }
  const wrong = Object.keys(definition).find((key) => !definitionKeys.includes(key));
  if (wrong !== undefined) {
    throw new FusioError(
      'ACTION_INVALID',
      `action "${name}": unknown option "${wrong}"${didYouMean(wrong, definitionKeys)}`,
    );
  }
  const configure = configurationReader(definition.configuration, name);

  const factory = (given?: unknown) => {
    // Checked by the schema that its type comes from.
    const configuration = configure(given) as Parameters<typeof handle>[1];
    return {
      handle: (request: Parameters<typeof handle>[0], context: Context) =>
        handle.call(definition, request, configuration, context),
    };
  };
  // Whether the factory takes a configuration depends on `C`, which is not known in here.
  return Object.defineProperty(factory, 'action', { value: name, enumerable: true }) as never;
}

function configurationReader(schema: Slot, name: string): (value: unknown) => unknown {
  if (schema === undefined) return () => undefined;
  const where = `action "${name}" configuration`;
  const reader = createSchemas().reader(schema, { where, source: 'value', unknown: 'reject', defaults: true });
  return function configure(value) {
    let configuration = reader.read(value);
    // Called with nothing, where everything has a default.
    if (value === undefined && !reader.check(configuration)) configuration = reader.read({});
    if (reader.check(configuration)) return configuration;
    const issues = reader.issues(configuration, '');
    const text = faultsOf(issues, schema, configuration).join('; ');
    throw new FusioError('ACTION_INVALID', `${where}: ${text}`, { errors: issues });
  };
}

function quote(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}
