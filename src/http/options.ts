import { functionOption, type OptionRule } from '../base/option.js';
import type { ClientIpRequest } from './request/request.js';

/** The options of `createFusio` that say how operations are served over HTTP; `cors` has a file of its own. */
export interface HttpServingOptions {
  baseUrl?: string;
  clientIp?(request: ClientIpRequest): string | undefined;
  fallthrough?: boolean;
}

/** `baseUrl` comes from the request where it is not given, the address from Express's `req.ip` or the socket. */
export const httpDefaults = { fallthrough: true } satisfies HttpServingOptions;

export const httpOptions = {
  baseUrl: { schema: { type: 'string', format: 'uri' }, check: faultOfBaseUrl },
  clientIp: functionOption('clientIp'),
  fallthrough: { schema: { type: 'boolean' } },
} satisfies Record<keyof HttpServingOptions, OptionRule<never>>;

/** The documents publish it, and paths are put behind it. */
function faultOfBaseUrl(baseUrl: string): string | undefined {
  if (!/^https?:\/\//i.test(baseUrl)) return 'baseUrl must begin with http:// or https://';
  if (/[?#]/.test(baseUrl)) return 'baseUrl must have no query and no fragment';
  if (!URL.canParse(baseUrl)) return 'baseUrl is no URL';
  const { username, password } = new URL(baseUrl);
  if (username === '' && password === '') return undefined;
  return 'baseUrl must have no user and no password: the documents show it';
}
