import type { Segment } from '../operation/path.js';
import { isNode } from '../schema/keywords.js';
import type { Components } from './components.js';
import type { Documented } from './documented.js';
import { type Json, pascal } from './openapi.js';
import type { Place } from './path-template.js';
import type { Property } from './schema-lookup.js';

/** Writes the parameters of path, query and headers, in this order. */
export function parametersOf({ name, options, segments }: Documented, place: Place, components: Components): Json[] {
  const hint = pascal(name);
  const path = options.params && components.lookup.propertiesOf(components.lookup.rootOf(options.params));
  return [
    ...segments.flatMap((segment) => {
      return segment.kind === 'static'
        ? []
        : [pathParameter(segment, path?.get(segment.name), place, components, hint)];
    }),
    ...slotParameters('query', options.query, components, hint),
    // OpenAPI 3.1, 4.8.12.1: these three are described elsewhere.
    ...slotParameters('header', options.headers, components, hint).filter(
      (parameter) => !/^(accept|content-type|authorization)$/i.test(String(parameter.name)),
    ),
  ];
}

function pathParameter(
  segment: Exclude<Segment, { kind: 'static' }>,
  property: Property | undefined,
  { names }: Place,
  { request }: Components,
  hint: string,
): Json {
  const schema = property
    ? request.write(property.schema, property.inside, `${hint}${pascal(segment.name)}`)
    : { type: 'string' };
  const isText =
    schema.type === 'string' && schema.pattern === undefined && schema.enum === undefined && schema.const === undefined;
  if (segment.kind === 'pattern' && isText) schema.pattern = anchored(segment.source);
  const parameter: Json = { name: names.get(segment.name), in: 'path', required: true, ...described(schema) };
  if (segment.kind !== 'wildcard') return parameter;
  // OpenAPI has no parameter of several segments; servers and clients agree on this one by its extension.
  return {
    ...parameter,
    description: [parameter.description, 'The rest of the path; it may have slashes.'].filter(Boolean).join(' '),
    'x-fusio-wildcard': true,
  };
}

function anchored(source: string): string {
  return source.includes('|') ? `^(?:${source})$` : `^${source}$`;
}

function slotParameters(
  place: 'query' | 'header',
  schema: object | undefined,
  { lookup, request }: Components,
  hint: string,
): Json[] {
  if (!schema) return [];
  const properties = lookup.propertiesOf(lookup.rootOf(schema));
  if (!properties) {
    // A record or a union has no names to list.
    const name = place === 'query' ? 'query' : 'headers';
    const shown = request.use(schema, `${hint}${pascal(name)}`);
    return place === 'query' ? [{ name, in: place, style: 'form', explode: true, schema: shown }] : [];
  }
  return [...properties].map(([name, { schema: own, inside, isRequired }]) => {
    const isList = isNode(own) && lookup.resolve({ node: own, inside }).node.type === 'array';
    const shown = request.write(own, inside, `${hint}${pascal(name)}`);
    return {
      name,
      in: place,
      // A property with a default may be left out.
      ...(isRequired && !lookup.hasDefault(own, inside) && { required: true }),
      ...(place === 'query' && isList && { style: 'form', explode: true }),
      ...described(shown),
    };
  });
}

/** Moves the description of a schema, and its `deprecated`, to the parameter itself. */
function described(shown: Json): Json {
  const { description, deprecated, ...schema } = shown;
  return { ...(description !== undefined && { description }), ...(deprecated === true && { deprecated }), schema };
}
