import { FusioError } from '../base/errors.js';

/** One segment of an operation's path. */
export type Segment =
  | { readonly kind: 'static'; readonly text: string }
  | { readonly kind: 'pattern'; readonly name: string; readonly source: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'wildcard'; readonly name: string };

/**
 * Reads `/todo/:id`, `/file/*rest` and `/report/$year<[0-9]+>` (one segment that fits the whole pattern).
 * Throws `OPERATION_INVALID` naming the operation and the segment.
 */
export function parsePath(path: unknown, where: string): readonly Segment[] {
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw invalid(where, `path must begin with "/", got ${quote(path)}`);
  if (/:\w+\?/.test(path))
    throw invalid(where, `path "${path}": there are no optional parameters; register a second operation without it`);
  if (/[?#\s]/.test(path.replace(/<[^/]*>/g, '')))
    throw invalid(where, `path "${path}" must not have "?", "#" or white space`);
  if (path === '/') return [];
  const names = new Set<string>();
  const texts = path.slice(1).split('/');
  return texts.map((text, index) => {
    const segment = parseSegment(text, path, where);
    if (segment.kind === 'static') return segment;
    if (names.has(segment.name)) throw invalid(where, `path "${path}" has two parameters "${segment.name}"`);
    names.add(segment.name);
    if (segment.kind === 'wildcard' && index < texts.length - 1) {
      throw invalid(where, `path "${path}": a wildcard must be the last segment`);
    }
    return segment;
  });
}

function parseSegment(text: string, path: string, where: string): Segment {
  if (text === '') throw invalid(where, `path "${path}" has an empty segment`);
  const first = text[0];
  if (first === ':') return { kind: 'param', name: nameOf(text.slice(1), path, where) };
  if (first === '*') return { kind: 'wildcard', name: nameOf(text.slice(1), path, where) };
  if (first === '$') {
    const match = /^\$([^<]*)<(.+)>$/.exec(text);
    if (!match) throw invalid(where, `path "${path}": write a pattern as $name<pattern>, got "${text}"`);
    const [, name = '', source = ''] = match;
    return { kind: 'pattern', name: nameOf(name, path, where), source: patternOf(source, path, where) };
  }
  checkStatic(text, path, where);
  if (text === '.' || text === '..') throw invalid(where, `path "${path}" must not have "${text}"`);
  const decoded = decodeSegment(text);
  // Half of a surrogate pair has no encoding.
  if (decoded === undefined || decoded.includes('/') || /\p{Surrogate}/u.test(decoded))
    throw invalid(where, `path "${path}": "${text}" cannot be a segment`);
  return { kind: 'static', text: decoded };
}

/** Refuses what is a parameter, an option or a pattern in the paths of other libraries: here it would be a fixed text. */
function checkStatic(text: string, path: string, where: string): void {
  const sign = /[:*+()[\]{}<>|\\^"`]/.exec(text)?.[0];
  if (sign === undefined) return;
  const [, name] = /^[{[<(]:?([a-zA-Z_]\w*)[)>\]}]$/.exec(text) ?? [];
  const fix =
    name === undefined
      ? `a parameter is a whole segment, such as ":id" (for the sign itself write "%${hex(sign)}")`
      : `write ":${name}"`;
  throw invalid(where, `path "${path}": "${text}" is no fixed text; ${fix}`);
}

function hex(sign: string): string {
  return sign.charCodeAt(0).toString(16).toUpperCase();
}

function nameOf(name: string, path: string, where: string): string {
  if (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && name !== '__proto__' && name !== 'constructor') return name;
  const [, plain, pattern] = /^(\w+)\((.+)\)$/.exec(name) ?? [];
  const fix = pattern === undefined ? '' : `; write "$${plain}<${pattern}>"`;
  throw invalid(where, `path "${path}": a parameter's name is letters, digits and "_", got "${name}"${fix}`);
}

function patternOf(source: string, path: string, where: string): string {
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${source})$`, 'u');
  } catch (cause) {
    throw invalid(where, `path "${path}": "${source}" is not a regular expression`, cause);
  }
  // A pattern that takes everything would hide the operations beside it.
  if (['a', '0', '-', 'é', '.~!', 'A b'].every((probe) => pattern.test(probe))) {
    throw invalid(where, `path "${path}": the pattern "${source}" takes anything; write :name`);
  }
  return source;
}

/** Decodes one raw segment; gives undefined for a broken percent-encoding. */
export function decodeSegment(raw: string): string | undefined {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

/**
 * Writes a fixed text as it stands in a path (RFC 3986, 3.3). Requests are compared with this one spelling: the host's routes and
 * guards are, too, and any other one would pass them by.
 */
export function encodeSegment(text: string): string {
  return encodeURIComponent(text).replace(/%(3A|40|24|26|2B|2C|3B|3D)/g, (escaped) => decodeURIComponent(escaped));
}

/** Writes the path of an operation with values in place of its parameters, for links and clients. */
export function fillPath(segments: readonly Segment[], params: Readonly<Record<string, unknown>>): string {
  const parts = segments.map((segment) => {
    if (segment.kind === 'static') return encodeSegment(segment.text);
    const value = String(params[segment.name]);
    return segment.kind === 'wildcard' ? value.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(value);
  });
  return `/${parts.join('/')}`;
}

function invalid(where: string, message: string, cause?: unknown): FusioError {
  return new FusioError('OPERATION_INVALID', `${where}: ${message}`, { cause });
}

function quote(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}
