import type { ClientRequest } from 'node:http';
import axios, {
  type AxiosAdapter,
  AxiosError,
  type AxiosRequestConfig,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
} from 'axios';

/**
 * Makes the adapter of a client of `http()`: the one that is given, with errors that tell what happened. JSON that cannot be read and an
 * answer that a reset cuts off are `ERR_BAD_RESPONSE`; axios gives the text of the one, and takes the other for a service that is away.
 */
export function adapterFor(adapter: AxiosRequestConfig['adapter'] = axios.defaults.adapter): AxiosAdapter {
  const send = axios.getAdapter(adapter);
  return async function sendHonestly(request) {
    try {
      const response = await send(request);
      if (isJson(response) && !saysHowToRead(request)) readStrictly(request);
      return response;
    } catch (error) {
      throw isCutOff(error) ? AxiosError.from(error, 'ERR_BAD_RESPONSE', request, error.request) : error;
    }
  };
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

function isCutOff(error: unknown): error is AxiosError {
  return isReset(error) && Boolean(nativeRequest(error)?.res);
}

/** The connection went away without a complete answer. */
function isReset(error: unknown): error is AxiosError {
  return axios.isAxiosError(error) && !error.response && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** The request of Node: where redirects are followed, axios gives that of the package follow-redirects, which has the last one of Node. */
function nativeRequest({ request }: AxiosError): (ClientRequest & { res?: unknown }) | undefined {
  return request?._currentRequest ?? request;
}
