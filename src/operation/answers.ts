import { FusioError } from '../base/errors.js';
import type { Reader, Schemas } from '../schema/schemas.js';
import { isMediaType, misspelledType } from './media-type.js';
import { type AnyOperationOptions, operationDefaults } from './options.js';

/** The kind of body that one status may have. */
export type AnswerBody =
  | { readonly kind: 'json'; readonly writer: Reader }
  | { readonly kind: 'any' }
  | { readonly kind: 'raw'; readonly mediaType: string }
  | { readonly kind: 'events' };

/** The answer that an operation declares for one status. */
export interface DeclaredAnswer {
  readonly body: AnswerBody;
  /** A schema, a media type or a description, as it was declared. */
  readonly schema: object | string | undefined;
}

/** The answers of an operation. */
export interface Answers {
  /** The status of a plain result. */
  readonly status: number;
  /** The status of a plain result that is undefined: 204 where the operation says no status. */
  readonly emptyStatus: number;
  /** Whether a 204 is among the answers without being declared: an action without a schema may return nothing. */
  readonly mayBeEmpty: boolean;
  /** The body of a plain result. */
  readonly plain: AnswerBody;
  /** By status; undefined where the operation does not declare it. */
  of(status: number): AnswerBody | undefined;
  /** By declared status. */
  readonly declared: ReadonlyMap<number, DeclaredAnswer>;
  /** False: a result that breaks its schema is logged and sent. */
  readonly enforced: boolean;
}

const any: AnswerBody = { kind: 'any' };

/** Reads `response`, `throws` and `status`. Throws `OPERATION_INVALID` where they do not fit together. */
export function readAnswers(options: AnyOperationOptions, schemas: Schemas, where: string): Answers {
  const { response, throws = {} } = options;
  const enforced = (options.checkResponse ?? operationDefaults.checkResponse) === 'enforce';
  checkStatusKeys(response, where);
  const map = isStatusMap(response) ? response : undefined;
  const declared = new Map<number, DeclaredAnswer>();
  const bodyFor = (schema: object | string | undefined, status: string) =>
    bodyOf(schema, schemas, `${where} response${status}`);

  if (typeof throws !== 'object' || throws === null) {
    throw new FusioError('OPERATION_INVALID', `${where}: throws must be a map of statuses to schemas or texts`);
  }
  for (const [status, schema] of Object.entries(throws)) {
    declared.set(statusOf(status, where, 300), { body: bodyFor(schema, ` ${status}`), schema });
  }
  if (map) {
    for (const [status, schema] of Object.entries(map)) {
      declared.set(statusOf(status, where, 200), { body: bodyFor(schema, ` ${status}`), schema });
    }
    const lowest = Object.keys(map)
      .map(Number)
      .sort((a, b) => a - b)
      .find((status) => status < 300);
    if (lowest === undefined)
      throw new FusioError('OPERATION_INVALID', `${where}: response needs a status from 200 to 299`);
    const status = options.status ?? lowest;
    const main = declared.get(status);
    if (!main) throw new FusioError('OPERATION_INVALID', `${where}: status ${status} is not among those of response`);
    const of = (wanted: number) => declared.get(wanted)?.body;
    return { status, emptyStatus: status, mayBeEmpty: false, plain: main.body, of, declared, enforced };
  }

  const guess = typeof response === 'string' ? misspelledType(response) : undefined;
  if (guess !== undefined) {
    throw new FusioError('OPERATION_INVALID', `${where}: response "${response}" (did you mean "${guess}"?)`);
  }
  if (typeof response === 'string' && !isMediaType(response)) {
    throw new FusioError(
      'OPERATION_INVALID',
      `${where}: response "${response}" is neither a schema nor a media type like "image/png"`,
    );
  }
  const status = options.status ?? operationDefaults.status;
  const plain = bodyFor(response, '');
  if (!declared.has(status)) declared.set(status, { body: plain, schema: response });
  return {
    status,
    emptyStatus: options.status ?? 204,
    mayBeEmpty: response === undefined && options.status === undefined,
    plain,
    // One schema is that of every 2xx; other statuses are free unless they are declared.
    of: (wanted) => declared.get(wanted)?.body ?? (wanted >= 200 && wanted < 300 ? plain : any),
    declared,
    enforced,
  };
}

/** Refuses keys that OpenAPI and other libraries know beside statuses. */
function checkStatusKeys(response: unknown, where: string): void {
  if (typeof response !== 'object' || response === null) return;
  const keys = Object.keys(response);
  const wrong =
    keys.find((key) => /^[1-5]xx$/i.test(key)) ?? (isMixed(keys) ? keys.find((key) => !/^\d+$/.test(key)) : undefined);
  if (wrong === undefined) return;
  throw new FusioError(
    'OPERATION_INVALID',
    `${where}: response "${wrong}" is no status: a map has statuses from 200 to 599, and errors of all kinds are documented by themselves`,
  );
}

function isMixed(keys: readonly string[]): boolean {
  return keys.some((key) => /^\d+$/.test(key));
}

/** A map of statuses has only numbers for keys; a schema has words. */
function isStatusMap(response: unknown): response is Readonly<Record<string, object | string>> {
  if (typeof response !== 'object' || response === null) return false;
  const keys = Object.keys(response);
  return keys.length > 0 && keys.every((key) => /^[0-9]+$/.test(key));
}

function bodyOf(schema: object | string | undefined, schemas: Schemas, where: string): AnswerBody {
  if (schema === undefined) return any;
  if (typeof schema === 'string') {
    if (!isMediaType(schema)) return any;
    return schema.startsWith('text/event-stream') ? { kind: 'events' } : { kind: 'raw', mediaType: schema };
  }
  return { kind: 'json', writer: schemas.reader(schema, { where, source: 'value', unknown: 'drop', defaults: false }) };
}

function statusOf(text: string, where: string, least: number): number {
  const status = Number(text);
  if (Number.isInteger(status) && status >= least && status <= 599) return status;
  throw new FusioError('OPERATION_INVALID', `${where}: ${text} is no status from ${least} to 599`);
}
