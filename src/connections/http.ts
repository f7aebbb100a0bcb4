import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import axios, {
  AxiosError,
  type AxiosInstance,
  type CreateAxiosDefaults,
  type InternalAxiosRequestConfig,
} from 'axios';
import { FusioError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import type { Connection } from '../connection/connection.js';

export type { Connection } from '../connection/connection.js';

/** The options of axios, and what to get to see whether the service lives. */
export interface HttpOptions extends CreateAxiosDefaults {
  /** A path under `baseURL` that answers 2xx while the service works. Default: none, and then there is no ping. */
  ping?: string;
}

/**
 * Connects to one HTTP service through an axios instance: `baseURL` says which, and what is asked for stays under it.
 * An axios instance that the app has already is used as it is and left alone.
 *
 * The defaults, each of which the options or one request can replace: keep-alive with at most 100 sockets a host,
 * 10 s without a byte are too long, an answer has at most 10 MB when unpacked, no proxy from the environment, and no redirects.
 * A service that is called with credentials has no business sending them elsewhere; with `maxRedirects` set, redirects are
 * followed to the same origin only.
 *
 * ```ts
 * const fusio = createFusio({
 *   connections: { billing: http({ baseURL: 'https://billing.internal/v1', headers: { 'X-Api-Key': key }, ping: '/health' }) },
 * });
 * // in an action
 * const { data } = await connections.billing.get('/invoices', { params: { user: user.id } });
 * ```
 */
export function http(options: HttpOptions | string | AxiosInstance): Connection<AxiosInstance> {
  if (typeof options === 'function') return { open: () => options };
  const { ping, ...given } = checkOptions(typeof options === 'string' ? { baseURL: options } : options);

  // Sockets belong to the client, not to the options: opened twice, they are two sets.
  const agents = new WeakMap<AxiosInstance, readonly Agent[]>();
  return {
    open() {
      const httpAgent = new Agent(agentOptions);
      const httpsAgent = new SecureAgent(agentOptions);
      const client = createClient({ httpAgent, httpsAgent, ...given }, given.baseURL);
      agents.set(client, [httpAgent, httpsAgent]);
      return client;
    },
    close(client) {
      for (const agent of agents.get(client) ?? []) agent.destroy();
    },
    ...(ping !== undefined && { ping: (client: AxiosInstance) => client.get(ping, { timeout: 3_000 }) }),
  };
}

// A socket that has been idle for 30 s is closed by us; one whose server says `Keep-Alive: timeout=…` earlier, by Node.
const agentOptions = { keepAlive: true, maxSockets: 100, maxFreeSockets: 20, timeout: 30_000 };

const defaults = {
  timeout: 10_000,
  maxContentLength: 10 * 1024 * 1024,
  proxy: false,
  allowAbsoluteUrls: false,
  maxRedirects: 0,
} satisfies CreateAxiosDefaults;

function createClient(options: CreateAxiosDefaults, baseURL: string): AxiosInstance {
  const client = axios.create({ ...defaults, beforeRedirect: stayAtOrigin(new URL(baseURL).origin), ...options });
  client.interceptors.request.use(function stayUnderBase(request: InternalAxiosRequestConfig) {
    if (request.baseURL !== baseURL || request.allowAbsoluteUrls !== false || isUnder(baseURL, request.url)) {
      return request;
    }
    throw new AxiosError('The URL leaves the baseURL of the connection', 'ERR_INVALID_URL', request);
  });
  return client;
}

/**
 * Whether a path stays below the base once it is joined as axios joins it. With `allowAbsoluteUrls: false` another host is out of
 * reach, but `/users/${id}` with the id `../../admin` would still leave `/v1`.
 */
function isUnder(baseURL: string, path = ''): boolean {
  const base = baseURL.replace(/\/+$/, '');
  const url = `${base}/${path.replace(/^\/+/, '')}`;
  // What is no URL at all is for axios to say.
  if (!URL.canParse(url)) return true;
  const target = new URL(url);
  const root = new URL(base);
  const folder = root.pathname.endsWith('/') ? root.pathname : `${root.pathname}/`;
  return target.origin === root.origin && `${target.pathname}/`.startsWith(folder);
}

/** Headers like X-Api-Key are credentials too, and only Authorization and cookies would be taken off on the way elsewhere. */
function stayAtOrigin(origin: string): NonNullable<CreateAxiosDefaults['beforeRedirect']> {
  return function checkRedirect(next) {
    if (new URL(String(next.href)).origin !== origin) throw new Error('The service redirects to another origin');
  };
}

function checkOptions(options: HttpOptions): HttpOptions & { baseURL: string } {
  if (typeof options !== 'object' || options === null) {
    throw new FusioError('OPTIONS_INVALID', `http() needs a base URL, options or an axios instance, got ${options}`);
  }
  const { baseURL, ping } = options;
  if (baseURL === undefined) {
    const near = Object.keys(options).find((key) => didYouMean(key, ['baseURL']) !== '');
    const but = near === undefined ? '' : `, got "${near}" (did you mean "baseURL"?)`;
    throw new FusioError('OPTIONS_INVALID', `http() needs baseURL, the address of the service${but}`);
  }
  // The message does not show it: there may be a password in it.
  if (typeof baseURL !== 'string' || !URL.canParse(baseURL) || !/^https?:$/.test(new URL(baseURL).protocol)) {
    throw new FusioError('OPTIONS_INVALID', 'http(): baseURL must be a whole URL, as in https://billing.internal/v1');
  }
  if (/[?#]/.test(baseURL)) {
    throw new FusioError('OPTIONS_INVALID', 'http(): baseURL has no query: give what every request needs as params');
  }
  if (ping !== undefined && (typeof ping !== 'string' || ping === '')) {
    throw new FusioError('OPTIONS_INVALID', `http(): ping must be a path under baseURL, got ${typeof ping}`);
  }
  return { ...options, baseURL };
}
