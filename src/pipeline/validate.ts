import type { Request } from '../action/request.js';
import { FusioError } from '../base/errors.js';
import type { Readers } from '../operation/readers.js';
import type { Reader } from '../schema/schemas.js';
import type { RawRequest } from './transport.js';

/** Brings the four slots into the form that the schemas declare. Throws `REQUEST_INVALID` with every issue of all of them. */
export function validateRequest(readers: Readers, raw: RawRequest): Request {
  const { params, query, headers, body } = readers;
  const request = {
    params: params ? params.read(raw.params) : raw.params,
    query: query ? query.read(raw.query) : raw.query,
    headers: headers ? headers.read(pick(raw.headers, headers.names)) : raw.headers,
    body: body ? body.read(raw.body) : raw.body,
  };
  if (
    (params && !params.check(request.params)) ||
    (query && !query.check(request.query)) ||
    (headers && !headers.check(request.headers)) ||
    (body && !body.check(request.body))
  ) {
    throw requestInvalid(readers, request);
  }
  return request;
}

function requestInvalid(readers: Readers, request: Request): FusioError {
  const issues = slots.flatMap((slot) => {
    const reader: Reader | undefined = readers[slot];
    return reader && !reader.check(request[slot]) ? reader.issues(request[slot], `/${slot}`) : [];
  });
  return new FusioError('REQUEST_INVALID', undefined, { errors: issues });
}

const slots = ['params', 'query', 'headers', 'body'] as const;

/** Picks the declared headers, under their declared names. */
function pick(headers: unknown, names: readonly (readonly [string, string])[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  // A call in process may pass anything, a text or a number, too.
  const given: Record<string, unknown> = Object(headers ?? {});
  for (const [declared, wire] of names) {
    const value = given[wire] ?? given[declared];
    if (value !== undefined) picked[declared] = value;
  }
  return picked;
}
