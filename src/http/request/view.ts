import type { AuthenticateRequest } from '../../access/authenticate.js';
import type { HttpRequest } from './request.js';

/** The view of a request that the host's `authenticate` gets. The address is looked up only when the hook reads it. */
export class RequestView implements AuthenticateRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: AuthenticateRequest['headers'];
  readonly raw: unknown;
  readonly #request: HttpRequest;

  constructor(request: HttpRequest) {
    this.method = request.method;
    this.path = request.fullPath;
    this.headers = request.headers;
    this.raw = request.raw;
    this.#request = request;
  }

  get ip(): string | undefined {
    return this.#request.ip;
  }
}
