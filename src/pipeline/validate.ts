import type { Request } from '../action/request.js';
import { errors, FusioError } from '../base/errors.js';
import type { OptionRule } from '../base/option.js';
import type { Readers } from '../operation/readers.js';
import { shownIssues } from '../schema/issues.js';
import type { Reader } from '../schema/schemas.js';
import type { RawRequest } from './transport.js';

/** The option `validationStatus`. */
export type ValidationStatus = 400 | 422;

export const defaultValidationStatus: ValidationStatus = 400;

/** The option `validationStatus`. Default: 400. */
export const validationStatusOption: OptionRule<ValidationStatus> = { schema: { enum: [400, 422] } };

/** The members of a request. */
export const slots = ['params', 'query', 'headers', 'body'] as const satisfies readonly (keyof Request)[];

/** Brings the four slots into the form that the schemas declare. Throws `REQUEST_INVALID` with every issue of all of them. */
export function validateRequest(readers: Readers, raw: RawRequest, status: ValidationStatus): Request {
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
    throw requestInvalid(readers, request, status);
  }
  return request;
}

function requestInvalid(readers: Readers, request: Request, status: ValidationStatus): FusioError {
  const issues = slots.flatMap((slot) => {
    const reader: Reader | undefined = readers[slot];
    return reader && !reader.check(request[slot]) ? reader.issues(request[slot], `/${slot}`) : [];
  });
  const { shown, more } = shownIssues(issues);
  return new FusioError('REQUEST_INVALID', more === '' ? undefined : `${errors.REQUEST_INVALID[2]}${more}`, {
    status,
    errors: shown,
  });
}

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
