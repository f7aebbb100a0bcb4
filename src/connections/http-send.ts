import type { ClientRequest } from 'node:http';
import axios, {
  type AxiosAdapter,
  AxiosError,
  type AxiosRequestConfig,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';

/**
 * Makes the adapter of a client of `http()` from the one that is given.
 *
 * - An idempotent request that meets a connection which the service has closed meanwhile is sent again (RFC 9112, 9.3.1).
 * - JSON that cannot be read and an answer that a reset cuts off are `ERR_BAD_RESPONSE`; axios gives the text of the one, and takes the
 *   other for a service that is away.
 */
export function adapterFor(adapter: AxiosRequestConfig['adapter'] = axios.defaults.adapter): AxiosAdapter {
  const send = axios.getAdapter(adapter);
  return async function sendHonestly(request) {
    for (let tries = 1; ; tries++) {
      try {
        const response = await send(request);
        if (isJson(response) && !saysHowToRead(request)) readStrictly(request);
        return response;
      } catch (error) {
        if (!isReset(error)) throw error;
        const sent = nativeRequest(error);
        if (sent?.res) throw AxiosError.from(error, 'ERR_BAD_RESPONSE', request, error.request);
        if (!sent?.reusedSocket || tries > maxStale || !isRepeatable(request)) throw error;
      }
    }
  };
}

/** The sockets that an agent keeps for a host. After a restart of the service all may be closed, and each try finds out about one. */
export const maxStale = 20;

/** The connection went away without an answer, or in the middle of one. */
function isReset(error: unknown): error is AxiosError {
  return axios.isAxiosError(error) && !error.response && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** The request of Node: where redirects are followed, axios gives that of the package follow-redirects, which has the last one of Node. */
function nativeRequest({ request }: AxiosError): (ClientRequest & { res?: unknown }) | undefined {
  return request?._currentRequest ?? request;
}

/** RFC 9110, 9.2.2: sent twice, it has the effect that it has once. A stream is read by the first try. */
function isRepeatable({ method = 'get', data }: InternalAxiosRequestConfig): boolean {
  if (!/^(get|head|options|trace|put|delete|query)$/i.test(method)) return false;
  return data === undefined || data === null || typeof data === 'string' || ArrayBuffer.isView(data);
}

function isJson({ headers }: AxiosResponse): boolean {
  return /^(application|text)\/([\w.-]+\+)?json\s*(;|$)/i.test(String(headers['content-type']));
}

function saysHowToRead({ responseType, transitional }: InternalAxiosRequestConfig): boolean {
  return responseType !== undefined || transitional?.forcedJSONParsing === false;
}

/** Takes effect for this answer: axios reads the body after the adapter. */
function readStrictly(request: InternalAxiosRequestConfig): void {
  request.responseType = 'json';
  request.transitional = { ...request.transitional, silentJSONParsing: false };
}
