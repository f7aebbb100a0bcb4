import type { IncomingHttpHeaders } from 'node:http';

export interface CorsOptions {
  /** Origins that may read answers: texts, patterns, or `'*'` for any. */
  origins: readonly (string | RegExp)[] | '*';
  /** Cookies and credentials may be sent along. Not together with `'*'`. */
  credentials?: boolean;
  /** How long a browser may remember the answer to a preflight. Default: 600,000. */
  maxAgeMs?: number;
  exposeHeaders?: readonly string[];
}

/** The CORS fields (Fetch, 3.2) for a request, names and values in turn; `preflight` where a browser asks for leave. */
export interface Cors {
  headers(headers: IncomingHttpHeaders): readonly string[];
  isPreflight(method: string, headers: IncomingHttpHeaders): boolean;
  /** Beside those of every answer. */
  preflight(headers: IncomingHttpHeaders, methods: readonly string[]): readonly string[];
}

/** `true` is any origin without credentials. */
export function createCors(options: true | CorsOptions): Cors {
  const {
    origins,
    credentials = false,
    maxAgeMs = 600_000,
    exposeHeaders = [],
  }: CorsOptions = options === true ? { origins: '*' } : options;
  const exposed = [...new Set(['x-request-id', 'retry-after', 'deprecation', 'sunset', ...exposeHeaders])].join(', ');

  function allowed(origin: string | undefined): string | undefined {
    if (origin === undefined) return undefined;
    if (origins === '*') return '*';
    return origins.some((one) => (typeof one === 'string' ? one === origin : one.test(origin))) ? origin : undefined;
  }

  function originHeaders(headers: IncomingHttpHeaders): string[] {
    const origin = allowed(headers.origin);
    // The answer differs by origin, also for those that are not let in: a cache must know.
    const vary = origins === '*' ? [] : ['vary', 'origin'];
    if (origin === undefined) return vary;
    return [
      ...vary,
      'access-control-allow-origin',
      origin,
      ...(credentials ? ['access-control-allow-credentials', 'true'] : []),
    ];
  }

  return {
    headers: (headers) => {
      const own = originHeaders(headers);
      return own.includes('access-control-allow-origin') ? [...own, 'access-control-expose-headers', exposed] : own;
    },
    isPreflight: (method, headers) => method === 'OPTIONS' && headers['access-control-request-method'] !== undefined,
    preflight: (headers, methods) => {
      if (allowed(headers.origin) === undefined) return [];
      const wanted = headers['access-control-request-headers'];
      return [
        'access-control-allow-methods',
        methods.join(', '),
        ...(wanted !== undefined && /^[\w\s,-]{1,1000}$/.test(wanted) ? ['access-control-allow-headers', wanted] : []),
        'access-control-max-age',
        String(Math.floor(maxAgeMs / 1000)),
      ];
    },
  };
}
