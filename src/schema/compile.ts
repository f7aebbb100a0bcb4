import { Build, Check as checkBySchema } from 'typebox/schema';
import { isStackOverflow } from './json-form.js';
import { eachSubschemaIn, isNode, keywords, type SchemaNode } from './keywords.js';

export type Check = (value: unknown) => boolean;

// typebox writes a list of n parts as n nested parentheses, and the engine's parser has a stack: it ends at about 1,500 of them,
// or earlier where the caller is deep in its own stack.
const mostNested = 500;

/**
 * Compiles a schema to the function that checks it. Only that is kept: its source text is larger than the function. A schema with
 * more parts than code can nest is checked without code: slower for each part, but with nothing to compile.
 */
export function compile(schema: SchemaNode): Check {
  if (nestingOf(schema) > mostNested) return interpreted(schema);
  try {
    return compiled(schema);
  } catch (error) {
    if (isStackOverflow(error)) return interpreted(schema);
    throw error;
  }
}

function compiled(schema: SchemaNode): Check {
  const result = Build(schema).Evaluate();
  // typebox declares the function as private.
  const check: unknown = Reflect.get(result, 'check');
  return isCheck(check) ? check : (value) => result.Check(value);
}

function interpreted(schema: SchemaNode): Check {
  return (value) => checkBySchema(schema, value);
}

function isCheck(value: unknown): value is Check {
  return typeof value === 'function';
}

/** Counts how deep the code for a schema nests at most. References do not count: their code is in functions of their own. */
function nestingOf(schema: unknown): number {
  if (!isNode(schema)) return 1;
  const keys = Object.keys(schema);
  let most = 0;
  for (const key of keys) most = Math.max(most, nestingOfKeyword(key, schema[key]));
  return keys.length + most;
}

function nestingOfKeyword(keyword: string, value: unknown): number {
  const kind = keywords.get(keyword);
  if (kind === 'names') return sizeOf(value);
  let most = 0;
  if (kind === 'nameMap' && isNode(value)) {
    for (const names of Object.values(value)) most = Math.max(most, sizeOf(names));
    return sizeOf(value) + most;
  }
  eachSubschemaIn(keyword, value, (sub) => {
    // In `dependencies` a list of names may stand for a schema.
    most = Math.max(most, Array.isArray(sub) ? sub.length : nestingOf(sub));
  });
  const isOne = kind === 'schema' || kind === 'definitions' || (kind === 'items' && isNode(value));
  return isOne || most === 0 ? most : sizeOf(value) + most;
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isNode(value) ? Object.keys(value).length : 0;
}
