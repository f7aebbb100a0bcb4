import { type Handle, handleOf } from '../action/action.js';
import type { AnyAround } from '../action/around.js';
import type { OperationHandle } from '../action/handle.js';
import { FusioError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { Schemas } from '../schema/schemas.js';
import { type Answers, readAnswers } from './answers.js';
import { type Middleware, readBefore } from './before.js';
import { checkDescription } from './description.js';
import { checkExamples } from './examples.js';
import { type FileRules, fileRulesOf } from './form-files.js';
import { demandsOf, inGroup, nothingShared } from './group.js';
import { isMediaRange, isMediaType, misspelledType } from './media-type.js';
import { type AnyOperationOptions, checkOperationOptions, consumesOf, operationDefaults } from './options.js';
import { parsePath, type Segment } from './path.js';
import { makeReaders, type Readers } from './readers.js';

/** A registered operation: everything that can be decided at registration is decided here. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly handle: OperationHandle;
  readonly options: AnyOperationOptions;
  readonly segments: readonly Segment[];
  readonly public: boolean;
  /** Whether the host is asked who calls. */
  readonly authenticate: boolean;
  /** All scopes that it or a group of it names. */
  readonly scopes: readonly string[];
  /** Lists of scopes, its own and those of its groups: of each a caller needs one. */
  readonly demands: readonly (readonly string[])[];
  readonly active: boolean;
  /** In milliseconds; 0: no limit. */
  readonly timeoutMs: number;
  /** The declared files of a form. */
  readonly files: FileRules | undefined;
  /** Read text and parsed JSON that came over the wire. */
  readonly wire: Readers;
  /** Read values that came in process. */
  readonly values: Readers;
  readonly answers: Answers;
  /** Middleware of Express that runs before the caller is known. */
  readonly before: readonly Middleware[];
  /** The wrappers around the action, the first one outermost. */
  readonly arounds: readonly AnyAround[];
  /** The action. */
  readonly run: Handle;
}

export interface OperationParts {
  readonly schemas: Schemas;
  /** Finds an action that was registered by name. */
  readonly action: (name: string) => Handle | undefined;
  readonly actionNames: () => Iterable<string>;
  /** The wrappers of `fusio.around`, outside those of the operation. */
  readonly arounds: readonly AnyAround[];
  /** The names that the documents have for the ways to show a credential. */
  readonly securitySchemes: readonly string[];
}

/** Reads the options of an operation, or throws with its name, what is wrong and the fix. */
export function makeOperation(own: AnyOperationOptions, parts: OperationParts, shared = nothingShared): Operation {
  const options = shared === nothingShared ? own : inGroup(shared, own);
  const { name: given }: { name?: unknown } = options ?? {};
  const where = `operation ${typeof given === 'string' ? `"${given}"` : String(given)}`;
  checkOperationOptions(options, where);
  const { name, method } = options;
  checkName(name, where);
  const segments = parsePath(options.path, where);
  const scopes = Object.freeze([...(options.scopes ?? [])]);
  checkAccess(options, where);
  checkBody(options, where);
  checkDates(options, where);
  checkMediaTypes(options, where);
  checkFiles(options, where);
  const { authenticate = operationDefaults.authenticate } = options;
  const files = options.files && fileRulesOf(options.files);

  const answers = readAnswers(options, parts.schemas, where);
  if (options.openapi) {
    const statuses = [...answers.declared.keys(), ...(answers.mayBeEmpty ? [204] : [])];
    checkDescription(options.openapi, { statuses, securitySchemes: parts.securitySchemes }, where);
  }
  checkExamples(options, { schemas: parts.schemas, answers, files }, where);

  const run = findAction(options.action, parts, where);
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
    public: options.public ?? (authenticate ? operationDefaults.public : true),
    authenticate,
    scopes,
    demands: demandsOf(shared, own),
    active: options.active ?? operationDefaults.active,
    timeoutMs: options.timeoutMs ?? operationDefaults.timeoutMs,
    files,
    wire: makeReaders(options, segments, parts.schemas, where, 'wire', files),
    values: makeReaders(options, segments, parts.schemas, where, 'values', files),
    answers,
    before: readBefore(options.before, where),
    arounds: [...parts.arounds, ...aroundsOf(options.around, where)],
    run,
  };
}

/** The one media type of the body, where it is not JSON: a client has to be told. */
function mediaTypeOf(options: AnyOperationOptions): Pick<OperationHandle, 'consumes'> {
  const [only, ...more] = consumesOf(options);
  const type = only?.type.toLowerCase();
  return type === undefined || more.length > 0 || type === 'application/json' ? {} : { consumes: type };
}

function findAction(action: unknown, parts: OperationParts, where: string): Handle {
  if (typeof action !== 'string') return handleOf(action, `${where}: action`);
  const named = parts.action(action);
  if (named) return named;
  const known = [...parts.actionNames()];
  const guess = didYouMean(action, known);
  const list =
    known.length > 0 ? `registered are ${known.slice(0, 10).join(', ')}` : 'register it first with fusio.action()';
  throw new FusioError('ACTION_INVALID', `${where}: there is no action "${action}"${guess || `; ${list}`}`);
}

function aroundsOf(around: unknown, where: string): readonly AnyAround[] {
  const list: readonly unknown[] = around === undefined ? [] : Array.isArray(around) ? around : [around];
  if (list.every(isAround)) return list;
  throw new FusioError('OPERATION_INVALID', `${where}: around must be a function or an array of functions`);
}

function isAround(value: unknown): value is AnyAround {
  return typeof value === 'function';
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

/** Whoever sets two of these believes that the operation is protected. */
function checkAccess(options: AnyOperationOptions, where: string): void {
  const { public: isPublic, authenticate, scopes = [] } = options;
  const refuse = (fault: string): never => {
    throw new FusioError('OPERATION_INVALID', `${where}: ${fault}`);
  };
  if (authenticate === false) {
    const wrong = isPublic === false ? 'public: false' : scopes.length > 0 ? 'scopes' : undefined;
    if (wrong) refuse(`authenticate: false lets everybody call it, as nobody; leave ${wrong} out, or authenticate`);
  }
  if (isPublic === true && scopes.length > 0) {
    refuse('public: true lets everybody call it, so that scopes ask nobody for anything; leave one of them out');
  }
}

function checkBody(options: AnyOperationOptions, where: string): void {
  const { method, body, consumes, files } = options;
  if ([body, consumes, files].some((option) => option !== undefined) && (method === 'GET' || method === 'HEAD')) {
    // RFC 9110, 9.3.1: content in a GET has no meaning, and caches and proxies drop it.
    throw new FusioError('OPERATION_INVALID', `${where}: a ${method} has no body; use query`);
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

function checkFiles({ method, files, ...options }: AnyOperationOptions, where: string): void {
  if (files === undefined) return;
  const refuse = (fault: string): never => {
    throw new FusioError('OPERATION_INVALID', `${where}: ${fault}`);
  };
  const form = consumesOf({ method, ...options }).find(({ type }) => type.toLowerCase() === 'multipart/form-data');
  if (!form) return refuse("files come in a form: set consumes: 'multipart/form-data'");
  const limit = (['maxFiles', 'maxFileBytes'] as const).find((name) => form[name] !== undefined);
  if (limit) refuse(`consumes.${limit} is for files that are not declared; use maxCount and maxBytes in files`);
  const wrong = Object.keys(files).find((name) => ['', '__proto__', 'constructor'].includes(name));
  if (wrong !== undefined) refuse(`"${wrong}" cannot be the name of a file`);
  for (const [name, { mediaTypes = [] }] of Object.entries(files)) {
    const unfit = mediaTypes.find((type) => !isMediaRange(type));
    if (unfit !== undefined)
      refuse(`files.${name}.mediaTypes: "${unfit}" is no media type like "image/png" or "image/*"`);
  }
}

function checkMediaTypes(options: AnyOperationOptions, where: string): void {
  for (const { type } of consumesOf(options)) {
    const guess = misspelledType(type);
    if (guess !== undefined) {
      throw new FusioError('OPERATION_INVALID', `${where}: consumes "${type}" (did you mean "${guess}"?)`);
    }
    if (!isMediaType(type)) {
      throw new FusioError('OPERATION_INVALID', `${where}: consumes "${type}" is no media type like "text/csv"`);
    }
  }
}
