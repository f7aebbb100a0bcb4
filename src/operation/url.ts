import type { HttpExchange } from '../action/context.js';
import type { OperationHandle } from '../action/handle.js';
import { FusioError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { Operation } from './operation.js';
import { fillPath, type Segment } from './path.js';

/** The part of an action's context that knows the mount path of its request. */
export interface UrlContext {
  /** The request of Express; undefined for any other. */
  readonly http?: HttpExchange | undefined;
}

type Arguments<Params> = {} extends Params
  ? [params?: Params, context?: UrlContext]
  : [params: Params, context?: UrlContext];

/** Writes the URL of an operation. */
export interface Url {
  /**
   * Writes the URL of an operation, with its values encoded: `fusio.url(getBook, { id })`. It begins with `baseUrl`, else with the mount
   * path of the request whose context is given, else it is the path of the operation. Throws `OPTIONS_INVALID` for a value that is
   * missing or cannot be in the path, and `OPERATION_INVALID` for an operation of another fusio.
   */
  <Params>(operation: OperationHandle<Params>, ...rest: Arguments<NoInfer<Params>>): string;
}

/** Makes `fusio.url`. */
export function createUrl(find: (handle: OperationHandle, by: string) => Operation, baseUrl: string | undefined): Url {
  const server = baseUrl?.replace(/\/+$/, '');
  return function url(handle: OperationHandle, params?: unknown, context?: UrlContext): string {
    const { name, segments, handle: known } = find(handle, 'url');
    const path = fillPath(segments, valuesOf(params ?? {}, segments, `url: operation "${name}", path ${known.path}`));
    return (server ?? mountPathOf(context)) + path;
  };
}

/** Gives the mount path of a request, `/api` under `app.use('/api', fusio.router)`: Express keeps it while the router has the request. */
export function mountPathOf({ http }: UrlContext = {}): string {
  const { baseUrl } = (http?.req ?? {}) as { baseUrl?: unknown };
  return typeof baseUrl === 'string' ? baseUrl : '';
}

function valuesOf(params: unknown, segments: readonly Segment[], where: string): Readonly<Record<string, string>> {
  const refuse = (fault: string): never => {
    throw new FusioError('OPTIONS_INVALID', `${where}: ${fault}`);
  };
  if (typeof params !== 'object' || params === null) return refuse('the values must be an object by name');
  const given = new Map<string, unknown>(Object.entries(params));
  const places = segments.flatMap((segment) => (segment.kind === 'static' ? [] : [segment]));
  const names = places.map(({ name }) => name);
  const unknown = [...given.keys()].find((name) => !names.includes(name));
  if (unknown !== undefined) refuse(`there is no "${unknown}" in the path${didYouMean(unknown, names)}`);
  const values = places.map((place): [string, string] => {
    const value = given.get(place.name);
    if (value === undefined || value === null || value === '') return refuse(`"${place.name}" is missing`);
    const text = textOf(value);
    if (text === undefined || !fits(text, place)) {
      return refuse(`"${place.name}" cannot be ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`);
    }
    return [place.name, text];
  });
  return Object.fromEntries(values);
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return ['string', 'bigint', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

/** Tells whether a text comes back from a URL as it went in: clients take "." and ".." away, also encoded (WHATWG URL, 4.4). */
function fits(text: string, place: Exclude<Segment, { kind: 'static' }>): boolean {
  // Half of a surrogate pair has no encoding.
  if (/\p{Surrogate}/u.test(text)) return false;
  if (place.kind === 'pattern') return new RegExp(`^(?:${place.source})$`, 'u').test(text);
  const parts = place.kind === 'wildcard' ? text.split('/') : [text];
  return parts[0] !== '' && !parts.some((part) => part === '.' || part === '..');
}
