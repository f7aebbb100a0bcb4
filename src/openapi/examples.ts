import { FusioError } from '../base/errors.js';
import { memberOf } from '../base/json-pointer.js';
import { withFiles } from '../operation/form-reader.js';
import { listOf } from '../schema/keywords.js';
import type { Schemas } from '../schema/schemas.js';
import type { Documented } from './documented.js';
import { isJson, type Json } from './openapi.js';
import type { Place } from './path-template.js';

const slots = ['params', 'query', 'headers', 'body'] as const;

type Requests = { readonly [Slot in (typeof slots)[number]]?: unknown };

/** Puts the examples of an operation into its description. Throws `OPERATION_INVALID` where one does not fit its schema. */
export function placeExamples(
  operation: Documented,
  { names }: Place,
  description: Json,
  schemas: Pick<Schemas, 'reader'>,
): void {
  const slotNames = new Map([...names].map(([own, shown]) => [shown, own]));
  const examples = Object.entries(operation.options.examples ?? {});
  for (const [name, { request: given, response, summary }] of examples) {
    const request: Requests = isJson(given) ? given : {};
    checkExample(operation, name, request, response, schemas);
    const { params, query, headers } = request;
    const body = shownBody(request.body, operation);
    const byPlace: Json = { path: params, query, header: headers };
    const put = (place: unknown, value: unknown) => {
      if (!isJson(place) || value === undefined) return;
      const before = isJson(place.examples) ? place.examples : {};
      place.examples = { ...before, [name]: { ...(summary !== undefined && { summary }), value } };
    };
    for (const parameter of listOf(description.parameters).filter(isJson)) {
      const shown = String(parameter.name);
      const own = parameter.in === 'path' ? (slotNames.get(shown) ?? shown) : shown;
      put(parameter, memberOf(byPlace[String(parameter.in)], own));
    }
    for (const place of contents(description.requestBody)) put(place, body);
    for (const place of contents(memberOf(description.responses, String(operation.answers.status)))) {
      put(place, response);
    }
  }
}

/** Writes a form without its files. One that is required is there with its name: without it the example would not fit. */
function shownBody(body: unknown, { files }: Documented): unknown {
  if (!files || !isJson(body)) return body;
  const shown = Object.entries(body).filter(([name]) => files.get(name)?.required !== false);
  return Object.fromEntries(shown.map(([name, value]) => [name, files.has(name) ? namesOf(value) : value]));
}

function namesOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(namesOf);
  return value instanceof File ? value.name : 'blob';
}

function contents(part: unknown): unknown[] {
  return isJson(part) && isJson(part.content) ? Object.values(part.content) : [];
}

function checkExample(
  { name, options, answers, files }: Documented,
  example: string,
  request: Requests,
  response: unknown,
  schemas: Pick<Schemas, 'reader'>,
): void {
  const where = `operation "${name}": example "${example}"`;
  const check = (schema: object, value: unknown, pointer: string, defaults: boolean) => {
    const fields = schemas.reader(schema, { where, source: 'value', unknown: 'keep', defaults });
    const reader = files && pointer === '/request/body' ? withFiles(fields, files, false) : fields;
    const read = reader.read(value);
    if (reader.check(read)) return;
    const issues = reader.issues(read, pointer);
    const text = issues.map((issue) => `${issue.pointer || 'the value'} ${issue.message}`).join('; ');
    throw new FusioError('OPERATION_INVALID', `${where} does not fit: ${text}`, { errors: issues });
  };
  for (const slot of slots) {
    const schema = options[slot];
    if (schema !== undefined && request[slot] !== undefined) check(schema, request[slot], `/request/${slot}`, true);
  }
  const declared = answers.declared.get(answers.status);
  if (response !== undefined && declared?.body.kind === 'json')
    check(declared.body.writer.schema, response, '/response', false);
}
