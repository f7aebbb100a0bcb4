import { type Around, type Handle, handleOf } from '../action/action.js';
import type { OperationHandle } from '../action/handle.js';
import { FusioError } from '../base/errors.js';
import { isOptional } from '../schema/optional.js';
import type { Reader, Schemas } from '../schema/schemas.js';
import { splitList } from '../schema/text-form.js';
import { type AnswerPlans, isMediaType, planAnswers } from './answers.js';
import { type AnyOperationOptions, checkOperationOptions, consumesOf, operationDefaults } from './options.js';
import { parsePath, type Segment } from './path.js';

/** An operation as the corridor uses it: everything that can be decided at registration is decided here. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly handle: OperationHandle;
  readonly options: AnyOperationOptions;
  readonly segments: readonly Segment[];
  readonly public: boolean;
  readonly scopes: readonly string[];
  readonly active: boolean;
  /** 0: as long as it wants. */
  readonly timeoutMs: number;
  /** Text and parsed JSON that came over the wire. */
  readonly wire: Readers;
  /** Values that came in process. */
  readonly values: Readers;
  readonly answers: AnswerPlans;
  /** The action with the wrappers of the operation itself. */
  inner: Handle;
  /** The action with all wrappers around it; replaced when `fusio.around` adds one. */
  run: Handle;
}

export interface Readers {
  readonly params: Reader | undefined;
  readonly query: Reader | undefined;
  readonly headers: HeaderReader | undefined;
  readonly body: Reader | undefined;
}

/** Reads declared headers under the names that the schema gives them. */
export interface HeaderReader extends Reader {
  /** The declared name and the name on the wire. */
  readonly names: readonly (readonly [declared: string, wire: string])[];
}

export interface OperationParts {
  readonly schemas: Schemas;
  /** Finds an action that was registered by name. */
  readonly action: (name: string) => Handle | undefined;
  readonly actionNames: () => Iterable<string>;
}

/** Reads the options of an operation, or throws with its name, what is wrong and the fix. */
export function makeOperation(options: AnyOperationOptions, parts: OperationParts): Operation {
  const given = (options as { name?: unknown } | null)?.name;
  const where = `operation ${typeof given === 'string' ? `"${given}"` : String(given)}`;
  checkOperationOptions(options, where);
  const { name, method } = options;
  checkName(name, where);
  const segments = parsePath(options.path, where);
  const scopes = Object.freeze([...(options.scopes ?? [])]);
  checkBody(options, where);
  checkDates(options, where);
  checkMediaTypes(options, where);

  const inner = wrap(findAction(options.action, parts, where), aroundsOf(options.around, where));
  return {
    name,
    method,
    handle: Object.freeze({
      kind: 'operation',
      name,
      method,
      path: options.path,
      scopes,
      stability: options.stability ?? operationDefaults.stability,
      ...mediaTypeOf(options),
    }),
    options,
    segments,
    public: options.public ?? operationDefaults.public,
    scopes,
    active: options.active ?? operationDefaults.active,
    timeoutMs: options.timeoutMs ?? operationDefaults.timeoutMs,
    wire: readersOf(options, segments, parts.schemas, where, 'wire'),
    values: readersOf(options, segments, parts.schemas, where, 'values'),
    answers: planAnswers(options, parts.schemas, where),
    inner,
    run: inner,
  };
}

/** What a client has to be told: the one media type of the body, where it is not JSON. */
function mediaTypeOf(options: AnyOperationOptions): Pick<OperationHandle, 'consumes'> {
  const [only, ...more] = consumesOf(options);
  const type = only?.type.toLowerCase();
  return type === undefined || more.length > 0 || type === 'application/json' ? {} : { consumes: type };
}

/** Puts wrappers around an action, the first one outermost. */
export function wrap(run: Handle, arounds: readonly Around[]): Handle {
  return arounds.reduceRight<Handle>(
    (inner, around) =>
      function around_(request, context) {
        return around((changed = request) => inner(changed, context), request, context);
      },
    run,
  );
}

function findAction(action: unknown, parts: OperationParts, where: string): Handle {
  if (typeof action === 'string') {
    const named = parts.action(action);
    if (named) return named;
    const known = [...parts.actionNames()];
    const list =
      known.length > 0 ? `registered are ${known.slice(0, 10).join(', ')}` : 'register it first with fusio.action()';
    throw new FusioError('ACTION_INVALID', `${where}: there is no action "${action}"; ${list}`);
  }
  const handle = handleOf(action);
  if (handle) return handle;
  const hint =
    typeof action === 'object' && action !== null && 'action' in action
      ? ''
      : '; of a class give an instance, and call a configured action: action({ … })';
  throw new FusioError(
    'ACTION_INVALID',
    `${where}: action must be a function, an object with handle() or a name${hint}`,
  );
}

function aroundsOf(around: unknown, where: string): readonly Around[] {
  const list = around === undefined ? [] : Array.isArray(around) ? around : [around];
  if (list.every((one) => typeof one === 'function')) return list as Around[];
  throw new FusioError('OPERATION_INVALID', `${where}: around must be a function or an array of functions`);
}

function readersOf(
  options: AnyOperationOptions,
  segments: readonly Segment[],
  schemas: Schemas,
  where: string,
  origin: 'wire' | 'values',
): Readers {
  const unknown = options.unknown ?? operationDefaults.unknown;
  const text = origin === 'wire' ? 'text' : 'value';
  const isForm = consumesForm(options);
  const reader = (slot: 'params' | 'query' | 'headers' | 'body', source: 'text' | 'json' | 'value') => {
    const schema = options[slot];
    if (schema === undefined) return undefined;
    // Headers always bring more than an operation declares.
    const rule = slot === 'headers' || slot === 'params' ? 'drop' : unknown;
    const made = schemas.reader(schema, { where: `${where} ${slot}`, source, unknown: rule, defaults: true });
    if (source === 'text') checkText(schema, slot, schemas, where);
    return made;
  };
  const params = reader('params', text);
  if (params && origin === 'wire') checkParams(params.schema, segments, where);
  const headers = reader('headers', text);
  const body = reader('body', origin === 'values' ? 'value' : isForm ? 'text' : 'json');
  return {
    params,
    query: reader('query', text),
    headers: headers && withNames(headers, where, origin === 'wire' ? schemas.textForm.listsIn(headers.schema) : []),
    body: body && isOptional(body.schema) ? optional(body) : body,
  };
}

/** What can only be an object would be documented, and never arrive. */
function checkText(schema: object, slot: string, { textForm }: Schemas, where: string): void {
  const name = textForm.unsendable(schema);
  if (name === undefined) return;
  const fix = slot === 'body' ? 'take JSON' : 'take it in body';
  throw new FusioError(
    'SCHEMA_INVALID',
    `${where} ${slot}: "${name}" fits objects only, which cannot be sent as text; declare what is in it one by one, or ${fix}`,
  );
}

/** Lets a body that did not come be undefined. */
function optional(reader: Reader): Reader {
  return {
    schema: reader.schema,
    read: (value) => reader.read(value),
    check: (value) => value === undefined || reader.check(value),
    issues: (value, pointer) => reader.issues(value, pointer),
  };
}

function withNames(reader: Reader, where: string, lists: readonly string[]): HeaderReader {
  const { properties } = reader.schema as { properties?: object };
  if (!properties)
    throw new FusioError('SCHEMA_INVALID', `${where} headers: an object schema with properties is needed`);
  const names = Object.keys(properties).map((declared) => [declared, declared.toLowerCase()] as const);
  return {
    schema: reader.schema,
    names,
    read: lists.length === 0 ? (value) => reader.read(value) : (value) => reader.read(divided(value, lists)),
    check: (value) => reader.check(value),
    issues: (value, pointer) => reader.issues(value, pointer),
  };
}

/** The fields that were picked, those of lists divided: they are ours to change. */
function divided(picked: unknown, lists: readonly string[]): unknown {
  const fields = picked as Record<string, unknown>;
  for (const name of lists) {
    const field = fields[name];
    if (typeof field === 'string') fields[name] = splitList(field);
  }
  return fields;
}

function checkParams(schema: object, segments: readonly Segment[], where: string): void {
  const { properties, required } = schema as { properties?: object; required?: readonly string[] };
  const names = segments.flatMap((segment) => (segment.kind === 'static' ? [] : [segment.name]));
  for (const name of Array.isArray(required) ? required : []) {
    if (!names.includes(name)) {
      throw new FusioError('OPERATION_INVALID', `${where}: params wants "${name}", which the path does not have`);
    }
  }
  for (const name of names) {
    if (properties && !Object.hasOwn(properties, name)) {
      throw new FusioError('OPERATION_INVALID', `${where}: the path has ":${name}", which params does not declare`);
    }
  }
}

function checkName(name: string, where: string): void {
  if (!/^[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)*$/.test(name)) {
    throw new FusioError('NAME_INVALID', `${where}: a name is letters, digits and "_", dotted like "todo.create"`);
  }
  if (name.length > 255) throw new FusioError('NAME_INVALID', `${where}: a name has 255 characters at most`);
  // In the objects that clients make of names these would be something else.
  const reserved = name.split('.').find((word) => ['__proto__', 'constructor', 'prototype'].includes(word));
  if (reserved !== undefined) {
    throw new FusioError('NAME_INVALID', `${where}: "${reserved}" is a word of JavaScript's objects; take another one`);
  }
}

function checkBody(options: AnyOperationOptions, where: string): void {
  if (options.body !== undefined && (options.method === 'GET' || options.method === 'HEAD')) {
    // RFC 9110, 9.3.1: content in a GET has no meaning, and caches and proxies drop it.
    throw new FusioError('OPERATION_INVALID', `${where}: a ${options.method} has no body; use query`);
  }
}

function checkDates({ deprecation }: AnyOperationOptions, where: string): void {
  for (const key of ['since', 'sunset'] as const) {
    const date = deprecation?.[key];
    if (date !== undefined && Number.isNaN(new Date(date).getTime())) {
      throw new FusioError('OPERATION_INVALID', `${where}: deprecation.${key} is no date`);
    }
  }
}

function checkMediaTypes(options: AnyOperationOptions, where: string): void {
  for (const { type } of consumesOf(options)) {
    if (!isMediaType(type)) {
      throw new FusioError('OPERATION_INVALID', `${where}: consumes "${type}" is no media type like "text/csv"`);
    }
  }
}

/** Whether the body is a form, whose values are text. */
function consumesForm(options: AnyOperationOptions): boolean {
  return consumesOf(options).some(
    ({ type }) => type === 'multipart/form-data' || type === 'application/x-www-form-urlencoded',
  );
}
