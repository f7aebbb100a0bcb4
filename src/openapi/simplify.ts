import type { Json } from './openapi.js';

/** What stands in place of the variants of a union until `union` writes it down. */
export interface Tagged {
  readonly refs: readonly Json[];
  readonly discriminator: Json;
  readonly isNullable: boolean;
}

/** Writes what TypeBox says in its own way as every tool understands it: records, tuples, enums. */
export function simplify(schema: Json): Json {
  return typed(tuple(record(schema)));
}

/** Writes a union the way generators like it: `null` as a type, constants as an enum, tagged objects with a discriminator. */
export function union(schema: Json): Json {
  const key = schema.anyOf === undefined ? 'oneOf' : 'anyOf';
  const { [key]: variants, ...rest } = schema;
  if (variants === undefined) return schema;
  if (!Array.isArray(variants)) return tagged(rest, variants as Tagged);
  const others = variants.filter((variant: Json) => !isNull(variant));
  const isNullable = others.length < variants.length;
  if (others.length === 0) return { ...rest, type: 'null' };
  if (others.length === 1 && variants.length === 1) return { ...others[0], ...rest };
  const merged = others.length === 1 ? (others[0] as Json) : constants(others);
  if (merged && !isNullable) return { ...merged, ...rest };
  // A reference cannot be told to be null as well.
  if (merged && typeof merged.type === 'string') return { ...nullable(merged), ...rest };
  return { ...rest, [key]: variants };
}

function tagged(rest: Json, { refs, discriminator, isNullable }: Tagged): Json {
  const choice = { oneOf: refs, discriminator };
  return isNullable ? { ...rest, anyOf: [choice, { type: 'null' }] } : { ...rest, ...choice };
}

function isNull(schema: Json): boolean {
  return schema.type === 'null';
}

function nullable(schema: Json): Json {
  const { type, const: constant, ...rest } = schema;
  if (constant !== undefined) return { ...rest, type: [type, 'null'], enum: [constant, null] };
  const { enum: values } = rest;
  return { ...rest, type: [type, 'null'], ...(Array.isArray(values) && { enum: [...values, null] }) };
}

/** Constants of one type with nothing else said about them are an enum. */
function constants(variants: readonly Json[]): Json | undefined {
  const type = variants[0]?.type;
  const fits = variants.every(
    (variant) => variant.const !== undefined && variant.type === type && Object.keys(variant).length === 2,
  );
  return fits ? { type, enum: variants.map((variant) => variant.const) } : undefined;
}

/** `Type.Record(Type.String(), …)` is a pattern that takes every name. */
function record(schema: Json): Json {
  const { patternProperties, ...rest } = schema;
  const entries = Object.entries((patternProperties as Json | undefined) ?? {});
  const takesAll = entries.length === 1 && /^\^?\(?\.\*\)?\$?$/.test(entries[0]![0]);
  return takesAll && rest.additionalProperties === undefined
    ? { ...rest, additionalProperties: entries[0]![1] }
    : schema;
}

/** JSON Schema 2020-12 has `prefixItems`, and `items` for the rest. */
function tuple(schema: Json): Json {
  const { additionalItems, ...rest } = schema;
  if (additionalItems === undefined) return schema;
  if (rest.prefixItems === undefined) return rest;
  const isClosed = additionalItems === false;
  return {
    ...rest,
    items: isClosed ? false : additionalItems,
    ...(isClosed && { maxItems: (rest.prefixItems as unknown[]).length }),
  };
}

/** An enum and a constant say their type. */
function typed(schema: Json): Json {
  if (schema.type !== undefined) return schema;
  const values = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? [] : [schema.const];
  const types = new Set(values.map((value) => (value === null ? 'null' : typeof value)));
  const [type] = types;
  return types.size === 1 && type !== 'object' ? { type, ...schema } : schema;
}
