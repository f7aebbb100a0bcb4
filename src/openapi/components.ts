import type { Schemas } from '../schema/schemas.js';
import { ComponentNames } from './component-names.js';
import type { Json } from './openapi.js';
import { joinSides } from './request-and-response.js';
import { SchemaLookup } from './schema-lookup.js';
import { SchemaWriter } from './schema-writer.js';

/**
 * Component schemas of a document: schemas named with `fusio.schema`, those that have an `$id` or stand in `$defs`, and whole bodies.
 * They are written for requests and for responses, and brought together in the end.
 */
export interface Components {
  readonly names: ComponentNames;
  readonly lookup: SchemaLookup;
  readonly request: SchemaWriter;
  readonly response: SchemaWriter;
}

export function createComponents(schemas: Pick<Schemas, 'named' | 'nameOf'>): Components {
  const names = new ComponentNames(schemas);
  const lookup = new SchemaLookup(schemas);
  return {
    names,
    lookup,
    request: new SchemaWriter('request', names, lookup),
    response: new SchemaWriter('response', names, lookup),
  };
}

/** Returns all components by name. References to them in `parts` are brought to their final names. */
export function finishComponents({ names, request, response }: Components, parts: unknown): Record<string, Json> {
  return joinSides(request.components, response.components, parts, (name) => names.take(`${name}Input`));
}
