import { FusioError } from '../base/errors.js';
import { groupOf, type OptionRule } from '../base/option.js';
import { checkOptions } from '../schema/check-options.js';
import { isServer } from './description.js';
import type { OpenApiOptions } from './openapi.js';

/** The option `docs` of `createFusio`. */
export interface DocsOptions {
  /** Path of the reference page, under the mount. Default: `/docs`. `false`: the document only, which needs no package. */
  path?: string | false;
  /** Title of the API. Default: `API`. */
  title?: string;
  /** Version of the API. Default: `1.0.0`. */
  version?: string;
}

export const docsDefaults = { path: '/docs', title: 'API', version: '1.0.0' } satisfies Required<DocsOptions>;

const docsProperties = {
  path: { type: ['string', 'boolean'], pattern: '^/[^?#]+$' },
  title: { type: 'string' },
  version: { type: 'string' },
} satisfies Record<keyof DocsOptions, object>;

/** The option `docs`. Default: off. */
export const docsOption: OptionRule<boolean | DocsOptions> = {
  schema: { anyOf: [{ type: 'boolean' }, groupOf(docsProperties)] },
  check(docs) {
    // JavaScript callers may pass true.
    const path: unknown = typeof docs === 'object' ? docs.path : undefined;
    if (path === true) return `docs.path must be a path such as "${docsDefaults.path}", or false`;
    if (typeof path !== 'string' || !path.endsWith('/')) return undefined;
    return `docs.path must not end in "/": write "${path.replace(/\/+$/, '') || docsDefaults.path}"`;
  },
};

const properties = {
  title: { type: 'string' },
  version: { type: 'string' },
  servers: { type: 'array', items: { type: 'string' } },
  as: {},
} satisfies Record<keyof OpenApiOptions, object>;
const schema = groupOf(properties);

/** Checks the options of `fusio.openapi`: throws `OPTIONS_INVALID`. The principal of `as` is checked where it is used. */
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
