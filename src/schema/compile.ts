import { Build } from 'typebox/schema';

export type Check = (value: unknown) => boolean;

/** Compiles a schema to the function that checks it. Only that is kept: the text it was made of is larger than the function. */
export function compile(schema: object): Check {
  const result = Build(schema).Evaluate();
  const { check } = result as unknown as { check?: Check };
  return typeof check === 'function' ? check : (value) => result.Check(value);
}
