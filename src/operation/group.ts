import { FusioError } from '../base/errors.js';
import { readBefore } from './before.js';
import { type AnyGroupOptions, type AnyOperationOptions, checkGroupOptions } from './options.js';
import { parsePath } from './path.js';

/** What the operations of a group share, those of the groups around it included. */
export interface Shared {
  /** Put before the path of an operation. */
  readonly path: string;
  /** Schemas of the parameters in that path, by name; undefined for those that stay text. */
  readonly params: ReadonlyMap<string, object | undefined>;
  /** Lists of scopes: of each a caller needs one. */
  readonly demands: readonly (readonly string[])[];
  /** All other options, as an operation has them. */
  readonly options: Partial<AnyOperationOptions>;
}

/** Nothing is shared: the operations of a fusio itself. */
export const nothingShared: Shared = { path: '', params: new Map(), demands: [], options: {} };

/** Joins the options of a group to those of the group around it. Throws `OPERATION_INVALID` with the mistake and the fix. */
export function joinGroup(outer: Shared, options: AnyGroupOptions): Shared {
  const { path: given }: { path?: unknown } = options ?? {};
  const where = `group${typeof given === 'string' ? ` "${given}"` : ''}`;
  checkGroupOptions(options, where);
  readBefore(options.before, where);
  const { path = '', params } = options;
  const names = path === '' ? [] : namesIn(path, where);
  const schemas = params === undefined ? {} : propertiesOf(params, where);
  const unknown = Object.keys(schemas).find((name) => !names.includes(name));
  if (unknown !== undefined) throw invalid(where, `params wants "${unknown}", which the path does not have`);
  return {
    path: outer.path + (path === '/' ? '' : path),
    params: new Map([...outer.params, ...names.map((name) => [name, schemas[name]] as const)]),
    demands: demandsOf(outer, options),
    options: joinOptions(outer.options, options),
  };
}

/** Gives the options of an operation with those that it shares. What cannot be joined is left to the check of the operation. */
export function inGroup({ path, params, options: outer }: Shared, options: AnyOperationOptions): AnyOperationOptions {
  if (typeof options !== 'object' || options === null) return options;
  const joined: AnyOperationOptions = { ...options, ...joinOptions(outer, options) };
  if (params.size > 0) joined.params = joinParams(params, options, `operation "${options.name}"`);
  if (typeof options.path === 'string' && options.path.startsWith('/')) {
    joined.path = options.path === '/' && path !== '' ? path : path + options.path;
  }
  return joined;
}

/** Lists the scopes of the groups and of the operation: of each a caller needs one, so that a group guards all that is in it. */
export function demandsOf({ demands }: Shared, { scopes = [] }: AnyGroupOptions): Shared['demands'] {
  return scopes.length > 0 ? [...demands, [...scopes]] : demands;
}

/** Joins lists that add up, and takes the inner one of other options. */
function joinOptions(outer: Partial<AnyOperationOptions>, inner: AnyGroupOptions): Partial<AnyOperationOptions> {
  const { path: _path, params: _params, ...own } = inner;
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const joined: Partial<AnyOperationOptions> = { ...outer, ...given };
  if (outer.scopes && Array.isArray(own.scopes)) joined.scopes = unique([...outer.scopes, ...own.scopes]);
  if (outer.tags && Array.isArray(own.tags)) joined.tags = unique([...outer.tags, ...own.tags]);
  if (outer.throws && isRecord(own.throws)) joined.throws = { ...outer.throws, ...own.throws };
  if (outer.around && own.around) joined.around = [...listOf(outer.around), ...listOf(own.around)];
  if (outer.before && own.before) joined.before = [...listOf(outer.before), ...listOf(own.before)];
  return joined;
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}

function listOf<Item>(one: Item | readonly Item[]): readonly Item[] {
  // `Array.isArray` does not narrow readonly arrays.
  return Array.isArray(one) ? one : [one as Item];
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function namesIn(path: string, where: string): readonly string[] {
  return parsePath(path, where).flatMap((segment) => (segment.kind === 'static' ? [] : [segment.name]));
}

function propertiesOf(params: object, where: string): Readonly<Record<string, object>> {
  if ('properties' in params && isRecord(params.properties)) return { ...params.properties };
  throw invalid(where, 'params must be an object schema with properties, which those of the group are added to');
}

/** The parameters of an operation, with those of its groups: as they declare them, else as text. */
function joinParams(
  shared: Shared['params'],
  { params, path }: AnyOperationOptions,
  where: string,
): object | undefined {
  if (params === undefined && ![...shared.values()].some(Boolean)) return undefined;
  const own = params === undefined ? ownTexts(path) : propertiesOf(params, where);
  const outer = Object.fromEntries([...shared].map(([name, schema]) => [name, schema ?? text]));
  const { required = [] }: { required?: readonly string[] } = params ?? { required: Object.keys(own) };
  return {
    type: 'object',
    ...params,
    properties: { ...outer, ...own },
    required: unique([...Object.keys(outer).filter((name) => !Object.hasOwn(own, name)), ...required]),
  };
}

const text = { type: 'string' };

/** The parameters of a path without a schema. A path that is none is refused with the operation. */
function ownTexts(path: unknown): Readonly<Record<string, object>> {
  const names = typeof path === 'string' && path.startsWith('/') ? namesIn(path, 'path') : [];
  return Object.fromEntries(names.map((name) => [name, text]));
}

function invalid(where: string, message: string): FusioError {
  return new FusioError('OPERATION_INVALID', `${where}: ${message}`);
}
