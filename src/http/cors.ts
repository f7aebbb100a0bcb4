import type { IncomingHttpHeaders } from 'node:http';
import { groupOf, type OptionRule, withDefaults } from '../base/option.js';

/** Cross-origin access for browsers: the option `cors` of `createFusio`. */
export interface CorsOptions {
  /** Origins that may read answers: texts such as `https://app.example.com`, patterns without the flags `g` and `y`, or `'*'` for any. */
  origins: readonly (string | RegExp)[] | '*';
  /** Whether a browser may send cookies and credentials along. Default: false. Not together with `'*'`. */
  credentials?: boolean;
  /** How long a browser may remember the answer to a preflight, in milliseconds. Default: 600,000. */
  maxAgeMs?: number;
  /** Names of response headers that scripts may read, beside `X-Request-Id`, `Retry-After`, `Deprecation` and `Sunset`. */
  exposeHeaders?: readonly string[];
}

const defaults = { credentials: false, maxAgeMs: 600_000, exposeHeaders: [] } satisfies Omit<CorsOptions, 'origins'>;

const properties = {
  origins: {},
  credentials: { type: 'boolean' },
  maxAgeMs: { type: 'integer', minimum: 0 },
  exposeHeaders: { type: 'array', items: { type: 'string' } },
} satisfies Record<keyof CorsOptions, object>;

/** The option `cors`. Default: off. */
export const corsOption: OptionRule<boolean | CorsOptions> = {
  schema: { anyOf: [{ type: 'boolean' }, { ...groupOf(properties), required: ['origins'] }] },
  check(cors) {
    if (typeof cors === 'boolean') return undefined;
    const { origins, credentials, exposeHeaders = [] } = cors;
    if (origins !== '*' && !(Array.isArray(origins) && origins.every(isOrigin))) {
      return 'cors.origins must be "*" or an array of texts and of patterns without the flags g and y';
    }
    if (!exposeHeaders.every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name))) {
      return 'cors.exposeHeaders must be names of headers';
    }
    // Fetch, 3.2.5: a browser refuses this pair, and echoing any origin instead would let any site act as the user.
    return origins === '*' && credentials ? 'cors.credentials needs cors.origins to be named, not "*"' : undefined;
  },
};

/** A pattern with `g` or `y` remembers where it was, and would let every second request in. */
function isOrigin(origin: unknown): boolean {
  return typeof origin === 'string' || (origin instanceof RegExp && !origin.global && !origin.sticky);
}

/** Writer of the CORS fields (Fetch, 3.2) for a request, names and values in turn. */
export interface Cors {
  headers(headers: IncomingHttpHeaders): readonly string[];
  isPreflight(method: string, headers: IncomingHttpHeaders): boolean;
  /** Beside those of every answer. */
  preflight(headers: IncomingHttpHeaders, methods: readonly string[]): readonly string[];
}

/** Makes the writer of CORS fields. `true` is any origin, without credentials. */
export function createCors(options: true | CorsOptions): Cors {
  const given: CorsOptions = options === true ? { origins: '*' } : options;
  const { origins, credentials, maxAgeMs, exposeHeaders } = withDefaults<Required<CorsOptions>>(defaults, given);
  const exposed = [...new Set(['x-request-id', 'retry-after', 'deprecation', 'sunset', ...exposeHeaders])].join(', ');

  function allowed(origin: string | undefined): string | undefined {
    // Without an Origin as well: a cache may give the answer to a page later.
    if (origins === '*') return '*';
    if (origin === undefined) return undefined;
    return origins.some((one) => (typeof one === 'string' ? one === origin : one.test(origin))) ? origin : undefined;
  }

  function originHeaders(headers: IncomingHttpHeaders): string[] {
    const origin = allowed(headers.origin);
    // The answer differs by origin, also for an origin that is not allowed: a cache must know.
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
