import { FusioError } from '../base/errors.js';
import { checkOptions } from '../schema/check-options.js';
import type { OpenApiOptions } from './openapi.js';

/** The option `docs` of `createFusio`. */
export interface DocsOptions {
  /** Of the reference page. Default: `/docs`. `false`: the document only, which needs no package. */
  path?: string | false;
  /** Of the API. Default: `API`. */
  title?: string;
  /** Of the API. Default: `1.0.0`. */
  version?: string;
}

const properties = {
  title: { type: 'string' },
  version: { type: 'string' },
  servers: { type: 'array', items: { type: 'string' } },
  as: {},
} satisfies Record<keyof OpenApiOptions, object>;
const schema = { type: 'object', properties, additionalProperties: false };

/** Throws `OPTIONS_INVALID` for what `fusio.openapi` does not take. Who `as` is, is checked where it is used. */
export function checkOpenApiOptions(options: OpenApiOptions): void {
  checkOptions(schema, options, 'openapi', 'OPTIONS_INVALID');
  for (const url of options.servers ?? []) {
    if (isServer(url)) continue;
    throw new FusioError(
      'OPTIONS_INVALID',
      `openapi: servers must be URLs without query and fragment, absolute or like "/api", got ${JSON.stringify(url)}`,
    );
  }
}

// RFC 3986, 2: what else may stand in a URL is percent-encoded. A URL parser would repair it silently.
function isServer(url: string): boolean {
  return /^[\w.~:/[\]@!$&'()*+,;=%-]*$/.test(url) && URL.canParse(url, 'http://localhost');
}
