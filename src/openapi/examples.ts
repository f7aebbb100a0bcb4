import { memberOf } from '../base/json-pointer.js';
import { type ExampleRequest, statusOfExample } from '../operation/examples.js';
import { listOf } from '../schema/keywords.js';
import type { Documented } from './documented.js';
import { isJson, type Json } from './openapi.js';
import type { Place } from './path-template.js';

/** Puts the examples of an operation into its description. */
export function placeExamples(operation: Documented, { names }: Place, description: Json): void {
  const slotNames = new Map([...names].map(([own, shown]) => [shown, own]));
  const examples = Object.entries(operation.options.examples ?? {});
  for (const [name, { request: given, response, summary }] of examples) {
    const request: ExampleRequest = isJson(given) ? given : {};
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
    const status = response === undefined ? undefined : statusOfExample(operation.answers, response);
    for (const place of contents(memberOf(description.responses, String(status)))) put(place, response);
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
