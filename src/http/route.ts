import { validateHeaderValue } from 'node:http';
import { FusioError } from '../base/errors.js';
import { type FileRules, maxBytesOf, maxCountOf } from '../operation/form-files.js';
import { type MultipartLimits, multipartLimits, multipartMaxBodyBytes } from '../operation/multipart.js';
import type { Operation } from '../operation/operation.js';
import { consumesOf, operationDefaults } from '../operation/options.js';
import { eachHeader } from './answer/headers.js';
import type { BodyFormat } from './body/format.js';

/** An operation as HTTP serves it. */
export interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  /** The names of the path's parameters, in order. */
  readonly params: readonly string[];
  /** Whether the last of them is a wildcard, whose value has slashes of its own. */
  readonly hasWildcard: boolean;
  /** How the body is read; undefined where the operation takes none. */
  readonly body: BodyFormat | undefined;
  /** Sent with every answer of the operation, errors too: names and values in turn. */
  readonly always: readonly string[];
  /** Sent with a 2xx or a 304: `always`, and the headers for caches. */
  readonly headers: readonly string[];
  /** Whether answers get an entity tag. */
  readonly etag: boolean;
}

/** Makes the route of an operation. Throws `OPERATION_INVALID` where one of its headers cannot be sent. */
export function makeRoute(operation: Operation): Route {
  const { name, method, segments, options } = operation;
  const always = deprecationHeaders(operation);
  const headers = [...always, ...cacheHeaders(operation)];
  checkHeaders(headers, name);
  return {
    name,
    method,
    path: options.path,
    operation,
    params: segments.flatMap((segment) => (segment.kind === 'static' ? [] : [segment.name])),
    hasWildcard: segments.at(-1)?.kind === 'wildcard',
    body: bodyFormatOf(operation),
    always,
    headers,
    etag: options.cache?.etag === true && method === 'GET',
  };
}

/** A value that would split the answer is found here, not by the first caller. */
function checkHeaders(headers: readonly string[], name: string): void {
  eachHeader(headers, (header, value) => {
    try {
      validateHeaderValue(header, value);
    } catch (cause) {
      const came = JSON.stringify(value);
      throw new FusioError(
        'OPERATION_INVALID',
        `operation "${name}": the header "${header}" cannot be sent, got ${came}`,
        { cause },
      );
    }
  });
}

function bodyFormatOf({ name, options, timeoutMs, files }: Operation): BodyFormat | undefined {
  if (options.body === undefined && options.consumes === undefined) return undefined;
  const declared = consumesOf(options);
  const consumes = declared.length > 0 ? declared : [{ type: 'application/json' }];
  const types = consumes.map(({ type }) => type.toLowerCase());
  const kinds = new Set(types.map(kindOf));
  if (kinds.size > 1) {
    throw new FusioError(
      'OPERATION_INVALID',
      `operation "${name}": consumes mixes ${[...kinds].join(' and ')}; register an operation for each`,
    );
  }
  const [kind = 'json'] = kinds;
  const isMultipart = kind === 'multipart';
  const multipart = multipartLimits(declared.find(({ type }) => type === 'multipart/form-data'));
  const limits = {
    mediaTypes: types,
    maxBytes: options.maxBodyBytes ?? (isMultipart ? formMaxBytes(files, multipart) : operationDefaults.maxBodyBytes),
    maxDepth: 64,
    // The body cannot take longer than the whole invocation may.
    timeoutMs: timeoutMs > 0 ? Math.min(timeoutMs, 30_000) : 30_000,
  };
  if (!isMultipart) return { kind, ...limits };
  if (!files) return { kind, ...limits, multipart };
  // Each declared file has limits of its own. Beside them come the empty parts of inputs where no file was chosen.
  const maxFiles = maxCountOf(files) + multipart.maxFields;
  return { kind, ...limits, files, multipart: { ...multipart, maxFiles, maxFileBytes: Number.POSITIVE_INFINITY } };
}

/** The default of `maxBodyBytes` leaves room for all declared files at their largest, with the fields beside them. */
function formMaxBytes(files: FileRules | undefined, { maxFields, maxFieldBytes }: MultipartLimits): number {
  const declared = files ? maxBytesOf(files) + maxFields * maxFieldBytes : 0;
  return Math.max(multipartMaxBodyBytes, declared);
}

function kindOf(type: string): BodyFormat['kind'] {
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type === 'multipart/form-data') return 'multipart';
  return type.startsWith('text/') ? 'text' : 'binary';
}

function deprecationHeaders({ options }: Operation): string[] {
  const { stability, deprecation } = options;
  const headers: string[] = [];
  if (stability === 'deprecated' || stability === 'legacy' || deprecation) {
    // RFC 9745 wants a date; without one "since ever" is true and can be parsed.
    const since = deprecation?.since === undefined ? 0 : new Date(deprecation.since).getTime();
    headers.push('deprecation', `@${Math.floor(since / 1000)}`);
  }
  if (deprecation?.sunset !== undefined) headers.push('sunset', new Date(deprecation.sunset).toUTCString());
  if (deprecation?.link !== undefined) headers.push('link', `<${encodeURI(deprecation.link)}>; rel="deprecation"`);
  return headers;
}

function cacheHeaders({ options, public: isPublic }: Operation): string[] {
  const { cache } = options;
  // An answer for callers with a credential must not stay in a cache unless the operation says so.
  if (!cache) return isPublic ? [] : ['cache-control', 'no-store'];
  const whose = (cache.private ?? !isPublic) ? 'private' : 'public';
  const age = cache.maxAgeMs === undefined ? 'no-cache' : `max-age=${Math.floor(cache.maxAgeMs / 1000)}`;
  return ['cache-control', `${whose}, ${age}`, ...(cache.vary?.length ? ['vary', cache.vary.join(', ')] : [])];
}
