import { isJson, type Json } from './openapi.js';

/** Variants of a union that a discriminator names; stands in place of their list until `union` writes it down. */
export interface Discriminated {
  readonly refs: readonly Json[];
  readonly discriminator: Json;
  readonly isNullable: boolean;
}

/** Writes records, tuples and enums, which TypeBox has its own way for, as every tool understands them. */
export function simplify(schema: Json): Json {
  return typed(tuple(record(schema)));
}

/** Writes a union the way generators like it: `null` as a type, constants as an enum, tagged objects with a discriminator. */
export function union(schema: Json): Json {
  const key = schema.anyOf === undefined ? 'oneOf' : 'anyOf';
  const { [key]: variants, ...rest } = schema;
  if (isDiscriminated(variants)) return discriminated(rest, variants);
  if (!Array.isArray(variants)) return schema;
  const others = variants.filter(isJson).filter(({ type }) => type !== 'null');
  const isNullable = others.length < variants.length;
  const [only] = others;
  if (!only) return { ...rest, type: 'null' };
  if (variants.length === 1) return { ...only, ...rest };
  const merged = others.length === 1 ? only : constants(others);
  if (merged && !isNullable) return { ...merged, ...rest };
  // A reference cannot be told to be null as well.
  if (merged && typeof merged.type === 'string') return { ...nullable(merged), ...rest };
  return { ...rest, [key]: variants };
}

function discriminated(rest: Json, { refs, discriminator, isNullable }: Discriminated): Json {
  const choice = { oneOf: refs, discriminator };
  return isNullable ? { ...rest, anyOf: [choice, { type: 'null' }] } : { ...rest, ...choice };
}

function isDiscriminated(variants: unknown): variants is Discriminated {
  return isJson(variants) && 'refs' in variants;
}

function nullable(schema: Json): Json {
  const { type, const: constant, ...rest } = schema;
  if (constant !== undefined) return { ...rest, type: [type, 'null'], enum: [constant, null] };
  const { enum: values } = rest;
  return { ...rest, type: [type, 'null'], ...(Array.isArray(values) && { enum: [...values, null] }) };
}

/** Joins constants of one type, about which nothing else is said, to an enum. */
function constants(variants: readonly Json[]): Json | undefined {
  const type = variants[0]?.type;
  const fits = variants.every(
    (variant) => variant.const !== undefined && variant.type === type && Object.keys(variant).length === 2,
  );
  return fits ? { type, enum: variants.map((variant) => variant.const) } : undefined;
}

/** Writes `Type.Record(Type.String(), …)`, a pattern that takes every name, as `additionalProperties`. */
function record(schema: Json): Json {
  const { patternProperties, ...rest } = schema;
  if (!isJson(patternProperties) || rest.additionalProperties !== undefined) return schema;
  const [first, ...others] = Object.entries(patternProperties);
  if (!first || others.length > 0 || !/^\^?\(?\.\*\)?\$?$/.test(first[0])) return schema;
  return { ...rest, additionalProperties: first[1] };
}

/** Writes tuples as JSON Schema 2020-12 does: `prefixItems`, and `items` for the rest. */
function tuple(schema: Json): Json {
  const { additionalItems, ...rest } = schema;
  if (additionalItems === undefined) return schema;
  if (!Array.isArray(rest.prefixItems)) return rest;
  const isClosed = additionalItems === false;
  return {
    ...rest,
    items: isClosed ? false : additionalItems,
    ...(isClosed && { maxItems: rest.prefixItems.length }),
  };
}

/** Adds the type of an enum and of a constant. */
function typed(schema: Json): Json {
  if (schema.type !== undefined) return schema;
  const values = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? [] : [schema.const];
  const types = new Set(values.map((value) => (value === null ? 'null' : typeof value)));
  const [type] = types;
  return types.size === 1 && type !== 'object' ? { type, ...schema } : schema;
}
