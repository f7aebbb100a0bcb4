import { multipartLimits } from '../operation/multipart.js';
import type { Consumes } from '../operation/options.js';
import { isOptional } from '../schema/optional.js';
import type { Components } from './components.js';
import type { Documented } from './documented.js';
import { type Json, pascal } from './openapi.js';

export const binary = { type: 'string', format: 'binary' };

/** Writes the body by its media types; undefined where the operation takes none. */
export function requestBodyOf({ name, options }: Documented, components: Components): Json | undefined {
  const { body, consumes } = options;
  if (body === undefined && consumes === undefined) return undefined;
  const hint = `${pascal(name)}Body`;
  const content: Record<string, Json> = {};
  for (const one of listOf(consumes ?? 'application/json')) {
    const type = typeof one === 'string' ? one.toLowerCase() : one.type;
    content[type] = {
      schema:
        type === 'multipart/form-data'
          ? formWithFiles(one, body, components, hint)
          : bodySchema(type, body, components, hint),
    };
  }
  // A body with a default may be left out as well.
  const isRequired = body !== undefined && !isOptional(body) && !hasDefault(body, components);
  return { required: isRequired, content };
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

/** Writes a form: its fields are declared, its files are not and may come under any name. */
function formWithFiles(
  consumes: Consumes,
  body: object | undefined,
  { lookup, request }: Components,
  hint: string,
): Json {
  const { maxFiles } = multipartLimits(typeof consumes === 'object' ? consumes : {});
  if (maxFiles === 0) return body ? request.use(body, hint) : { type: 'object' };
  const description = `The fields, and up to ${maxFiles} files under names of the client's choice.`;
  const files = { type: 'object', description, additionalProperties: { ...binary } };
  const properties = body && lookup.propertiesOf(lookup.rootOf(body));
  if (!properties) return files;
  const required = [...properties].flatMap(([name, { schema, inside, isRequired }]) => {
    return isRequired && !lookup.hasDefault(schema, inside) ? [name] : [];
  });
  return {
    ...files,
    properties: Object.fromEntries(
      [...properties].map(([name, { schema, inside }]) => [
        name,
        request.write(schema, inside, `${hint}${pascal(name)}`),
      ]),
    ),
    ...(required.length > 0 && { required }),
  };
}

function listOf(consumes: Consumes | readonly Consumes[]): readonly Consumes[] {
  // TypeScript does not know that a value is no read-only array when Array.isArray says no.
  return Array.isArray(consumes) ? consumes : [consumes as Consumes];
}
