import { FusioError } from '../base/errors.js';
import type { Schemas } from '../schema/schemas.js';
import type { Documented } from './documented.js';
import type { Json } from './openapi.js';
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
  for (const [name, { request = {}, response, summary }] of examples) {
    checkExample(operation, name, request as Requests, response, schemas);
    const { params, query, headers, body } = request as Requests;
    const put = (place: Json | undefined, value: unknown) => {
      if (!place || value === undefined) return;
      place.examples = { ...(place.examples as Json), [name]: { ...(summary !== undefined && { summary }), value } };
    };
    for (const parameter of (description.parameters as Json[] | undefined) ?? []) {
      const slot = { path: params, query, header: headers }[parameter.in as 'path'] as Json | undefined;
      const shown = String(parameter.name);
      put(parameter, slot?.[parameter.in === 'path' ? (slotNames.get(shown) ?? shown) : shown]);
    }
    const responses = description.responses as Record<string, Json>;
    for (const place of contents(description.requestBody as Json | undefined)) put(place, body);
    for (const place of contents(responses[operation.answers.status])) put(place, response);
  }
}

function contents(part: Json | undefined): Json[] {
  return Object.values((part?.content as Record<string, Json> | undefined) ?? {});
}

function checkExample(
  { name, options, answers }: Documented,
  example: string,
  request: Requests,
  response: unknown,
  schemas: Pick<Schemas, 'reader'>,
): void {
  const where = `operation "${name}": example "${example}"`;
  const check = (schema: object, value: unknown, pointer: string, defaults: boolean) => {
    const reader = schemas.reader(schema, { where, source: 'value', unknown: 'keep', defaults });
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
    check(declared.schema as object, response, '/response', false);
}
