import type { FileRule, FileRules } from '../operation/form-files.js';
import { multipartLimits } from '../operation/multipart.js';
import type { Consumes } from '../operation/options.js';
import { isOptional } from '../schema/optional.js';
import type { Components } from './components.js';
import type { Documented } from './documented.js';
import { type Json, pascal } from './openapi.js';

export const binary = { type: 'string', format: 'binary' };

/** Writes the body by its media types; undefined where the operation takes none. */
export function requestBodyOf({ name, options, files }: Documented, components: Components): Json | undefined {
  const { body, consumes } = options;
  if (body === undefined && consumes === undefined) return undefined;
  const hint = `${pascal(name)}Body`;
  const content: Record<string, Json> = {};
  for (const one of listOf(consumes ?? 'application/json')) {
    const type = typeof one === 'string' ? one.toLowerCase() : one.type;
    if (files) content[type] = formOfFiles(files, body, components, hint);
    else if (type === 'multipart/form-data') content[type] = { schema: formWithFiles(one, body, components, hint) };
    else content[type] = { schema: bodySchema(type, body, components, hint) };
  }
  // A body with a default may be left out as well.
  const hasRequired = body !== undefined && !isOptional(body) && !hasDefault(body, components);
  return { required: hasRequired || [...(files?.values() ?? [])].some(({ required }) => required), content };
}

function hasDefault(body: object, { lookup }: Components): boolean {
  const { node, inside } = lookup.rootOf(body);
  return lookup.hasDefault(node, inside);
}

/** Tells whether files may come beside the declared fields, so that the schema alone is not the whole body. */
export function takesFiles({ consumes }: Documented['options']): boolean {
  return listOf(consumes ?? []).some((one) => {
    return typeof one === 'string' ? one.toLowerCase() === 'multipart/form-data' : one.maxFiles !== 0;
  });
}

function bodySchema(type: string, body: object | undefined, components: Components, hint: string): Json {
  if (body !== undefined) return components.request.use(body, hint);
  if (type === 'application/json' || type.endsWith('+json')) return {};
  if (type === 'application/x-www-form-urlencoded') return { type: 'object', additionalProperties: true };
  return type.startsWith('text/') ? { type: 'string' } : { ...binary };
}

/** Writes a form with declared files beside its fields. */
function formOfFiles(files: FileRules, body: object | undefined, components: Components, hint: string): Json {
  const rules = [...files.values()];
  const fields = body && fieldsOf(body, components, hint);
  const required = [...(fields?.required ?? []), ...rules.filter((rule) => rule.required).map(({ name }) => name)];
  const form: Json = {
    type: 'object',
    properties: { ...fields?.properties, ...Object.fromEntries(rules.map((rule) => [rule.name, fileOf(rule)])) },
    ...(required.length > 0 && { required }),
  };
  const typed = rules.filter(({ mediaTypes }) => mediaTypes);
  const encoding = typed.map(({ name, mediaTypes }) => [name, { contentType: mediaTypes?.join(', ') }]);
  return {
    // A union of forms has no list of fields.
    schema: body && !fields ? { allOf: [components.request.use(body, hint), form] } : form,
    ...(encoding.length > 0 && { encoding: Object.fromEntries(encoding) }),
  };
}

/** Writes a file, or a list of files. Tools that know only OpenAPI 3.0 take `format: 'binary'`, those of 3.1 both (OpenAPI 3.1.1, 4.6.2). */
function fileOf({ description, mediaTypes, maxBytes, maxCount, required }: FileRule): Json {
  const [only, ...more] = mediaTypes ?? [];
  const isOne = only !== undefined && more.length === 0 && !only.endsWith('*');
  const limits = `${mediaTypes ? `${mediaTypes.join(' or ')}, at` : 'At'} most ${maxBytes} bytes.`;
  const text = [description, limits].filter(Boolean).join(' ');
  const file = { ...binary, ...(isOne && { contentMediaType: only }) };
  if (maxCount === 1) return { ...file, description: text };
  return { type: 'array', items: file, ...(required && { minItems: 1 }), maxItems: maxCount, description: text };
}

/** Writes a form: its fields are declared, its files are not and may come under any name. */
function formWithFiles(consumes: Consumes, body: object | undefined, components: Components, hint: string): Json {
  const { maxFiles } = multipartLimits(typeof consumes === 'object' ? consumes : {});
  if (maxFiles === 0) return body ? components.request.use(body, hint) : { type: 'object' };
  const description = `The fields, and up to ${maxFiles} files under names of the client's choice.`;
  const files = { type: 'object', description, additionalProperties: { ...binary } };
  const fields = body && fieldsOf(body, components, hint);
  if (!fields) return files;
  const { properties, required } = fields;
  return { ...files, properties, ...(required.length > 0 && { required }) };
}

/** Writes the fields of a form; undefined where its schema has no list of them. */
function fieldsOf(
  body: object,
  { lookup, request }: Components,
  hint: string,
): { readonly properties: Json; readonly required: readonly string[] } | undefined {
  const properties = lookup.propertiesOf(lookup.rootOf(body));
  if (!properties) return undefined;
  const all = [...properties];
  return {
    properties: Object.fromEntries(
      all.map(([name, { schema, inside }]) => [name, request.write(schema, inside, `${hint}${pascal(name)}`)]),
    ),
    required: all.flatMap(([name, { schema, inside, isRequired }]) => {
      return isRequired && !lookup.hasDefault(schema, inside) ? [name] : [];
    }),
  };
}

function listOf(consumes: Consumes | readonly Consumes[]): readonly Consumes[] {
  // TypeScript does not know that a value is no read-only array when Array.isArray says no.
  return Array.isArray(consumes) ? consumes : [consumes as Consumes];
}
