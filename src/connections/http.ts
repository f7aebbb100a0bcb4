import { Agent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import axios, {
  AxiosError,
  type AxiosInstance,
  type CreateAxiosDefaults,
  type InternalAxiosRequestConfig,
} from 'axios';
import { FusioError } from '../base/errors.js';
import { withDefaults } from '../base/option.js';
import { didYouMean } from '../base/suggest.js';
import type { Connection } from '../index.js';
import { adapterFor, maxStale } from './http-send.js';

export type { Connection } from '../index.js';

/** Options of axios, and a path for the ping. */
export interface HttpOptions extends CreateAxiosDefaults {
  /** Path under `baseURL` that answers 2xx while the service works. Default: none, and no ping. */
  ping?: string;
}

/**
 * The client of a connection: an `AxiosInstance`, by a name that a declaration file of the app can use where axios is no direct dependency
 * of the app, as with pnpm.
 */
export interface HttpClient extends AxiosInstance {}

/**
 * Connects to one HTTP service through an axios instance. Every request stays under `baseURL`, those of a client that its `create` makes,
 * too.
 * An axios instance of the app is used unchanged and never closed.
 *
 * Defaults, which the options or a single request can replace: keep-alive with at most 100 sockets for each host,
 * a time-out after 10 s without a byte, answers of at most 10 MB after decompression, no proxy from the environment, no redirects.
 * A redirect could send credentials to another host: with `maxRedirects`, redirects are followed to the same origin only.
 * An answer that is said to be JSON and is not fails with `ERR_BAD_RESPONSE`, unless the request sets `responseType`.
 *
 * ```ts
 * const fusio = createFusio({
 *   connections: { billing: http({ baseURL: 'https://billing.internal/v1', headers: { 'X-Api-Key': key }, ping: '/health' }) },
 * });
 * // in an action
 * const { data } = await connections.billing.get('/invoices', { params: { user: user.id } });
 * ```
 */
export function http(options: HttpOptions | string | AxiosInstance): Connection<HttpClient> {
  if (typeof options === 'function') return { open: () => options };
  const { ping, ...given } = checkOptions(typeof options === 'string' ? { baseURL: options } : options);

  // Made here, so that each opened client has its own sockets.
  const agents = new WeakMap<AxiosInstance, readonly Agent[]>();
  return {
    open() {
      const httpAgent = new Agent(agentOptions);
      const httpsAgent = new SecureAgent(agentOptions);
      const client = createClient({ httpAgent, httpsAgent, ...given });
      agents.set(client, [httpAgent, httpsAgent]);
      return client;
    },
    close(client) {
      for (const agent of agents.get(client) ?? []) agent.destroy();
    },
    ...(ping !== undefined && { ping: (client: AxiosInstance) => client.get(ping, { timeout: 3_000 }) }),
  };
}

// Closes a socket that was idle for 30 s. Node closes it earlier if the server sends a shorter `Keep-Alive: timeout=…`.
const agentOptions = { keepAlive: true, maxSockets: 100, maxFreeSockets: maxStale, timeout: 30_000 };

const defaults = {
  timeout: 10_000,
  maxContentLength: 10 * 1024 * 1024,
  proxy: false,
  allowAbsoluteUrls: false,
  maxRedirects: 0,
  // axios would remove Authorization and cookies, but not a credential such as X-Api-Key.
  beforeRedirect(next, _answer, { url }) {
    const isSame = new URL(String(next.href)).origin === new URL(url).origin;
    if (!isSame) throw new Error('The service redirects to another origin');
  },
} satisfies CreateAxiosDefaults;

function createClient(options: CreateAxiosDefaults): AxiosInstance {
  // Undefined would bring back the defaults of axios: redirects, a proxy of the environment, any URL.
  const config = withDefaults<CreateAxiosDefaults>(defaults, options);
  return guarded(axios.create({ ...config, adapter: adapterFor(config.adapter) }));
}

/** Keeps the requests of a client under their base URL, and those of the clients that its `create` makes. */
function guarded(client: AxiosInstance): AxiosInstance {
  const { create } = client;
  client.interceptors.request.use(stayUnderBase);
  client.create = (config) => guarded(create(config));
  return client;
}

function stayUnderBase(request: InternalAxiosRequestConfig): InternalAxiosRequestConfig {
  const { allowAbsoluteUrls, baseURL, url } = request;
  if (allowAbsoluteUrls !== false || !baseURL || isUnder(baseURL, url)) return request;
  throw new AxiosError('The URL leaves the baseURL of the connection', 'ERR_INVALID_URL', request);
}

/**
 * Tells whether a path stays below the base URL after axios has joined them. `allowAbsoluteUrls: false` prevents another host,
 * but `/users/${id}` with the id `../../admin` would still lead out of `/v1`.
 */
function isUnder(baseURL: string, path = ''): boolean {
  const base = baseURL.replace(/\/+$/, '');
  const url = `${base}/${path.replace(/^\/+/, '')}`;
  // axios reports an invalid URL itself.
  if (!URL.canParse(url)) return true;
  const target = new URL(url);
  const root = new URL(base);
  const folder = root.pathname.endsWith('/') ? root.pathname : `${root.pathname}/`;
  return target.origin === root.origin && `${target.pathname}/`.startsWith(folder);
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
  // The message does not contain the URL, which may have a password.
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
