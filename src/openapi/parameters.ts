import type { Operation } from '../operation/operation.js';
import type { Segment } from '../operation/path.js';
import type { Components, Property } from './components.js';
import { type Json, pascal } from './openapi.js';
import type { Place } from './path-template.js';

/** An operation as the documents see it. */
export type Documented = Pick<
  Operation,
  'name' | 'method' | 'handle' | 'options' | 'segments' | 'public' | 'scopes' | 'active' | 'timeoutMs' | 'answers'
>;

/** The parameters of path, query and headers, in this order. */
export function parametersOf({ name, options, segments }: Documented, place: Place, components: Components): Json[] {
  const hint = pascal(name);
  const path = options.params && components.propertiesOf(options.params);
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
  components: Components,
  hint: string,
): Json {
  const schema = property
    ? components.translate(property.node, property.scope, `${hint}${pascal(segment.name)}`)
    : { type: 'string' };
  const isText =
    schema.type === 'string' && schema.pattern === undefined && schema.enum === undefined && schema.const === undefined;
  if (segment.kind === 'pattern' && isText) schema.pattern = anchored(segment.source);
  const parameter = { name: names.get(segment.name), in: 'path', required: true, ...described(schema) };
  if (segment.kind !== 'wildcard') return parameter;
  // OpenAPI has no parameter of several segments; servers and clients agree on this one by its extension.
  return {
    ...parameter,
    description: [(parameter as Json).description, 'The rest of the path; it may have slashes.']
      .filter(Boolean)
      .join(' '),
    'x-fusio-wildcard': true,
  };
}

function anchored(source: string): string {
  return source.includes('|') ? `^(?:${source})$` : `^${source}$`;
}

function slotParameters(
  place: 'query' | 'header',
  schema: object | undefined,
  components: Components,
  hint: string,
): Json[] {
  if (!schema) return [];
  const properties = components.propertiesOf(schema);
  if (!properties) {
    // A record or a union has no names to list.
    const name = place === 'query' ? 'query' : 'headers';
    const shown = components.use(schema, `${hint}${pascal(name)}`);
    return place === 'query' ? [{ name, in: place, style: 'form', explode: true, schema: shown }] : [];
  }
  return [...properties].map(([name, property]) => {
    const node = components.resolve(property.node, property.scope);
    const shown = components.translate(property.node, property.scope, `${hint}${pascal(name)}`);
    return {
      name,
      in: place,
      // What has a default may be left out.
      ...(property.isRequired && !components.hasDefault(property.node, property.scope) && { required: true }),
      ...(place === 'query' && node.type === 'array' && { style: 'form', explode: true }),
      ...described(shown),
    };
  });
}

/** A parameter says itself what its schema says about it. */
function described(shown: Json): Json {
  const { description, deprecated, ...schema } = shown;
  return { ...(description !== undefined && { description }), ...(deprecated === true && { deprecated }), schema };
}
